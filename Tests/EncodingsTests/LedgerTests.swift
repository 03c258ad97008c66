// Ledgers: one line per purpose, and sums that hold.
import Encodings
import Testing

@Suite struct LedgerTests {
  @Test func linesMerge() {
    var ledger = Ledger([.init(.codes, bits: 5), .init(.padding, bits: 0), .init(.codes, bits: 3)])
    #expect(ledger.lines == [.init(.codes, bits: 8)])
    ledger.add(.scales, bits: 32)
    let sum = ledger + Ledger([.init(.scales, bits: 32), .init(.header, bits: 8)])
    #expect(sum.bits == 80)
    #expect(sum.bits(for: .scales) == 64)
    #expect(sum.bits(for: .codebook) == 0)
    #expect(sum.lines.map(\.purpose) == [.codes, .scales, .header])
  }
}
