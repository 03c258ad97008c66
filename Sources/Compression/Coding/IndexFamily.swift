// How the positions of pruned weights are written down, as a choice: one table of index schemes by name.
import Encodings

package struct IndexFamily: Sendable, Equatable {
  package let name: String
  package let summary: String
  package let source: String
  /// The numbers of bits to choose from; empty where there is no choice.
  package let bits: ClosedRange<Int>?
  /// The schemes, all of the family or those of so many bits.
  let schemes: @Sendable (_ bits: Int?) -> [IndexScheme]

  package static func == (left: IndexFamily, right: IndexFamily) -> Bool { left.name == right.name }

  private static let han = "Han et al. 2016, arXiv:1510.00149"

  package static let smallest = IndexFamily(
    name: "smallest", summary: "whichever takes the fewest bits, for each tensor anew",
    source: "one after the other", bits: nil,
    schemes: { _ in IndexScheme.all.filter { !$0.storesFillers } })

  package static let bitmask = IndexFamily(
    name: "bitmask", summary: "one bit per weight, kept or not", source: "a map of bits", bits: nil,
    schemes: { _ in [.bitmask] })

  package static let gaps = IndexFamily(
    name: "gaps",
    summary: "how many are skipped before each kept weight; a code of all ones skips more",
    source: han + ", without values for fillers", bits: 2...8,
    schemes: { bits in (bits.map { $0...$0 } ?? 2...8).map { .gaps(bits: $0) } })

  package static let relative = IndexFamily(
    name: "relative",
    summary: "how many are skipped before each kept weight; fillers are stored zeros",
    source: han, bits: 2...8,
    schemes: { bits in (bits.map { $0...$0 } ?? 2...8).map { .relative(bits: $0) } })

  package static let csr = IndexFamily(
    name: "csr", summary: "how many are kept in each row, and the column of each",
    source: "compressed sparse rows: Tinney and Walker 1967, doi:10.1109/PROC.1967.6011", bits: nil,
    schemes: { _ in [.rows] })

  package static let csc = IndexFamily(
    name: "csc", summary: "how many are kept in each column, and the row of each",
    source: "compressed sparse columns", bits: nil, schemes: { _ in [.columns] })

  package static let positions = IndexFamily(
    name: "positions", summary: "the position of each kept weight in 16 or 32 bits",
    source: "lists of coordinates", bits: 16...32,
    schemes: { bits in [.absolute(bits: 16), .absolute(bits: 32)].filter { $0.takes(bits) } })

  package static let all = [smallest, bitmask, gaps, relative, csr, csc, positions]
}

extension IndexScheme {
  fileprivate func takes(_ wanted: Int?) -> Bool {
    guard case .absolute(let bits) = self, let wanted else { return true }
    return bits == wanted
  }
}
