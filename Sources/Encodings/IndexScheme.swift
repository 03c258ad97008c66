// How the positions of kept elements are written down: one table.

/// A way to say which elements of a tensor are kept.
package enum IndexScheme: Sendable, Hashable {
  /// One bit per element of the tensor, the first in the lowest bit.
  case bitmask
  /// Per kept element, how many are skipped before it, in so many bits (2...8). A gap that does not
  /// fit is bridged by fillers: a code of all ones skips `2^bits - 1` elements and keeps none.
  /// After Han et al. 2016, arXiv:1510.00149, whose fillers also take a value of 0 each; these do
  /// not.
  case gaps(bits: Int)
  /// Per kept element, its position in 16 or 32 bits.
  case absolute(bits: Int)
  /// How many are kept in each row, and the column of each: compressed sparse rows.
  case rows
  /// How many are kept in each column, and the row of each: compressed sparse columns. Values stay in
  /// the order of the rows.
  case columns
  /// Gaps whose fillers are stored elements of value 0: Han et al. 2016, arXiv:1510.00149, as in the
  /// files that they released. A gap of all ones may keep an element.
  case relative(bits: Int)

  /// The place in the table names a scheme in files: new ones go last.
  package static let all: [IndexScheme] =
    [.bitmask] + (2...8).map { .gaps(bits: $0) } + [.absolute(bits: 16), .absolute(bits: 32)]
    + [.rows, .columns] + (2...8).map { .relative(bits: $0) }

  package var name: String {
    switch self {
    case .bitmask: "bitmask"
    case .gaps(let bits): "\(bits)-bit gaps"
    case .absolute(let bits): "\(bits)-bit positions"
    case .rows: "csr"
    case .columns: "csc"
    case .relative(let bits): "\(bits)-bit relative index"
    }
  }

  package var summary: String {
    switch self {
    case .bitmask: "one bit per element"
    case .gaps(let bits): "the distance to the last kept element in \(bits) bits, and fillers"
    case .absolute(let bits): "the position of each kept element in \(bits) bits"
    case .rows: "how many are kept in each row, and the column of each"
    case .columns: "how many are kept in each column, and the row of each"
    case .relative(let bits): "distances in \(bits) bits, with fillers that are stored zeros"
    }
  }

  /// Whether the size follows from where the kept elements are, and not only from how many.
  package var sizeDependsOnPositions: Bool {
    switch self {
    case .gaps, .relative: true
    case .bitmask, .absolute, .rows, .columns: false
    }
  }

  /// Whether elements are stored that are 0, and only lead to others.
  package var storesFillers: Bool { if case .relative = self { true } else { false } }

  /// The byte that names it in a file: its place in the table.
  var tag: UInt8 { UInt8(IndexScheme.all.firstIndex(of: self) ?? 0) }

  /// The most elements that may stand behind one kept element, except in small tensors: a few bytes
  /// of a file never ask for a tensor that fills the memory.
  private static let largestExpansion = 4096
  private static let alwaysAllowed = 1 << 24

  /// Whether this scheme can say which of `count` elements are kept, wherever they are.
  package func allows(kept: Int, of count: Int) -> Bool {
    switch self {
    case .bitmask: return true
    case .absolute(16) where count > 1 << 16: return false
    case .gaps, .absolute, .rows, .columns, .relative:
      return count <= IndexScheme.alwaysAllowed || count / IndexScheme.largestExpansion <= kept
    }
  }

  // MARK: Streams

  /// How positions of a matrix are written as streams; a tensor `[O, …]` is O rows, a vector one.
  struct Layout {
    let count: Int
    let columns: Int
    var rows: Int { columns == 0 ? 0 : count / columns }

    init(shape: [Int], count: Int) {
      self.count = count
      columns = count == 0 ? 0 : Affine.rowLength(of: shape)
    }

    /// One bit per element.
    var mask: SymbolStream.Form {
      .init(purpose: .indices, bits: 1, columns: rows > 1 ? columns : nil)
    }

    /// Of `.rows` and `.columns`: how many lines there are, and places in a line.
    func lines(_ scheme: IndexScheme) -> (count: Int, length: Int) {
      scheme == .rows ? (rows, columns) : (columns, rows)
    }
  }

  /// Bits that tell so many numbers apart, from 0.
  static func bits(telling count: Int) -> Int {
    count <= 1 ? 0 : Int.bitWidth - (count - 1).leadingZeroBitCount
  }

  /// A number of so many bits goes into streams of at most eight, the lowest first.
  static func planes(_ bits: Int, _ purpose: Purpose) -> [SymbolStream.Form] {
    stride(from: 0, to: bits, by: 8).map { .init(purpose: purpose, bits: min(8, bits - $0)) }
  }

  func gapForm(_ bits: Int, fillers: [Bool] = []) -> SymbolStream.Form {
    var form = SymbolStream.Form(purpose: .indices, bits: bits)
    if case .relative = self {
      form.fillers = .places(fillers)
    } else {
      form.fillers = .symbol(UInt8(1 << bits - 1))
    }
    return form
  }

  /// Where the bits of `write` are.
  /// - Parameter fillers: of a relative index: how many elements are.
  func ledger(_ positions: Gaps, of layout: Layout, fillers: Int = 0) -> Ledger {
    let kept = positions.kept
    let countOfKept = Ledger([.init(.header, bits: 8 * ByteWriter.size(ofCount: kept))])
    switch self {
    case .bitmask: return layout.mask.packedLedger(of: layout.count)
    case .gaps(let bits):
      let bridged = positions.fillers(reach: 1 << bits - 1)
      return countOfKept
        + Ledger([.init(.header, bits: 8 * ByteWriter.size(ofCount: bridged))])
        + gapForm(bits).packedLedger(of: kept + bridged, fillers: bridged)
    case .relative(let bits):
      return countOfKept + gapForm(bits).packedLedger(of: kept, fillers: fillers)
    case .absolute(let bits): return countOfKept + Ledger([.init(.indices, bits: bits * kept)])
    case .rows, .columns:
      let lines = layout.lines(self)
      let counts = IndexScheme.planes(IndexScheme.bits(telling: lines.length + 1), .indices)
      let places = IndexScheme.planes(IndexScheme.bits(telling: lines.length), .indices)
      return counts.reduce(Ledger()) { $0 + $1.packedLedger(of: lines.count) }
        + places.reduce(Ledger()) { $0 + $1.packedLedger(of: kept) }
    }
  }
}

/// How far kept elements are from each other: how often each distance occurs.
struct Gaps {
  let kept: Int
  /// Of the distances below 256.
  private var counts = [Int](repeating: 0, count: 256)
  private var far: [Int] = []

  init(_ positions: [Int32]) {
    kept = positions.count
    var next = 0
    for position in positions {
      let gap = Int(position) - next
      if gap < 256 { counts[gap] += 1 } else { far.append(gap) }
      next = Int(position) + 1
    }
  }

  /// How many times all the distances skip `reach` elements.
  func fillers(reach: Int) -> Int {
    var fillers = 0
    for (gap, count) in counts.enumerated() { fillers += gap / reach * count }
    return far.reduce(fillers) { $0 + $1 / reach }
  }
}
