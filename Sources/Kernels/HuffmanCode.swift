// Canonical Huffman codes of limited length: the best whole numbers of bits for each symbol.

/// A complete prefix code. Huffman 1952, doi:10.1109/JRPROC.1952.273898; no code is longer than 15
/// bits, and among such codes none is shorter in all (package-merge, Larmore and Hirschberg 1990,
/// doi:10.1145/79147.79150). The limit costs nothing unless some symbol is rarer than one in 1,597.
package struct HuffmanCode: Sendable, Equatable {
  /// By symbol, in bits; 0 for symbols that do not occur, and for one that occurs alone.
  package let lengths: [UInt8]
  /// By symbol: shorter codes come first, equal ones in the order of the symbols.
  private let codes: [UInt16]

  package static let longest = 15

  /// The best code for symbols that occur so often, at most 256 of them.
  package init(counts: [Int]) {
    let used = counts.indices.filter { counts[$0] > 0 }
    var lengths = [UInt8](repeating: 0, count: counts.count)
    if used.count > 1 {
      for symbol in HuffmanCode.merged(used.sorted { (counts[$0], $0) < (counts[$1], $1) }, counts)
      {
        lengths[symbol] += 1
      }
    }
    self.init(trusted: lengths)
  }

  /// - Parameter lengths: by symbol; nil is made of lengths that leave codes over, or want more than
  ///   there are.
  package init?(lengths: [UInt8]) {
    let used = lengths.filter { $0 > 0 }
    guard lengths.count <= 256, used.allSatisfy({ $0 <= HuffmanCode.longest }),
      used.reduce(0, { $0 + HuffmanCode.share($1) }) == (used.isEmpty ? 0 : HuffmanCode.whole)
    else { return nil }
    self.init(trusted: lengths)
  }

  private init(trusted lengths: [UInt8]) {
    self.lengths = lengths
    var codes = [UInt16](repeating: 0, count: lengths.count)
    var next = 0
    for length in 1...UInt8(HuffmanCode.longest) {
      next <<= 1
      for symbol in lengths.indices where lengths[symbol] == length {
        codes[symbol] = UInt16(truncatingIfNeeded: next)
        next += 1
      }
    }
    self.codes = codes
  }

  /// Codes of so many bits take this much of `whole`.
  package static func share(_ length: UInt8) -> Int { whole >> Int(length) }
  package static let whole = 1 << longest

  /// Symbols, each as often as its code has bits.
  private static func merged(_ used: [Int], _ counts: [Int]) -> [Int] {
    struct Coin {
      let weight: Int
      let symbols: [Int]
    }
    let leaves = used.map { Coin(weight: counts[$0], symbols: [$0]) }
    var row = leaves
    for _ in 1..<longest {
      let packages = stride(from: 0, to: row.count - 1, by: 2).map {
        Coin(
          weight: row[$0].weight + row[$0 + 1].weight,
          symbols: row[$0].symbols + row[$0 + 1].symbols)
      }
      row = []
      var (leaf, package) = (0, 0)
      while leaf < leaves.count || package < packages.count {
        let takesLeaf =
          package == packages.count
          || leaf < leaves.count && leaves[leaf].weight <= packages[package].weight
        row.append(takesLeaf ? leaves[leaf] : packages[package])
        if takesLeaf { leaf += 1 } else { package += 1 }
      }
    }
    return row[..<(2 * used.count - 2)].flatMap(\.symbols)
  }

  /// Bits of symbols that occur so often.
  package func bits(of counts: [Int]) -> Int {
    zip(lengths, counts).reduce(0) { $0 + Int($1.0) * $1.1 }
  }

  // MARK: Symbols

  package func encode(_ symbols: [UInt8], to writer: inout BitWriter) {
    for symbol in symbols {
      writer.append(UInt32(codes[Int(symbol)]), bits: Int(lengths[Int(symbol)]))
    }
  }

  /// So many symbols; at least two must have codes.
  package func decode(_ count: Int, from reader: inout BitReader) -> [UInt8] {
    let longest = Int(lengths.max() ?? 1)
    let table = table(longest)
    var reading = reader
    defer { reader = reading }
    let atOnce = 56 / max(1, longest)
    return [UInt8](unsafeUninitializedCapacity: count) { symbols, made in
      table.withUnsafeBufferPointer { table in
        var i = 0
        while i < count {
          reading.fill()
          let end = min(count, i + atOnce)
          while i < end {
            let entry = table[reading.peek(longest)]
            symbols[i] = UInt8(truncatingIfNeeded: entry)
            reading.skip(Int(entry >> 8))
            i += 1
          }
        }
      }
      made = count
    }
  }

  /// By the next `longest` bits: a symbol, and 256 times its bits.
  private func table(_ longest: Int) -> [UInt16] {
    var table = [UInt16](repeating: 0, count: 1 << longest)
    for symbol in lengths.indices where lengths[symbol] > 0 {
      let spare = longest - Int(lengths[symbol])
      let first = Int(codes[symbol]) << spare
      for place in first..<first + 1 << spare {
        table[place] = UInt16(symbol) | UInt16(lengths[symbol]) << 8
      }
    }
    return table
  }
}

// The lengths in few bits: per symbol in use a 1 and by how much its code is longer than the one
// before it; per run of symbols not in use a 0 and how many. No end is written: the code is complete then.
extension HuffmanCode {
  package func writeLengths(to writer: inout BitWriter) {
    var left = HuffmanCode.whole
    var last = HuffmanCode.firstGuess
    var unused = 0
    for length in lengths where left > 0 {
      if length == 0 {
        unused += 1
        continue
      }
      if unused > 0 {
        writer.append(0, bits: 1)
        writer.append(gamma: unused)
        unused = 0
      }
      let step = Int(length) - last
      writer.append(1, bits: 1)
      writer.append(gamma: step > 0 ? 2 * step : 1 - 2 * step)
      last = Int(length)
      left -= HuffmanCode.share(length)
    }
  }

  /// - Returns: nil for lengths that make no complete code.
  package static func lengths(
    ofSymbols count: Int, from reader: inout BitReader
  ) -> HuffmanCode? {
    var lengths = [UInt8](repeating: 0, count: count)
    var left = whole
    var last = firstGuess
    var symbol = 0
    while left > 0 {
      let isUsed = reader.bits(1) == 1
      guard let number = reader.gamma(), symbol < count else { return nil }
      guard isUsed else {
        symbol += number
        continue
      }
      last += number % 2 == 0 ? number / 2 : (1 - number) / 2
      guard (1...longest).contains(last) else { return nil }
      lengths[symbol] = UInt8(last)
      left -= share(UInt8(last))
      symbol += 1
    }
    return left == 0 ? HuffmanCode(lengths: lengths) : nil
  }

  private static let firstGuess = 4
}
