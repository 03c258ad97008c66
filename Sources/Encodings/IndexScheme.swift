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

  package static let all: [IndexScheme] =
    [.bitmask] + (2...8).map { .gaps(bits: $0) } + [.absolute(bits: 16), .absolute(bits: 32)]

  package var name: String {
    switch self {
    case .bitmask: "bitmask"
    case .gaps(let bits): "\(bits)-bit gaps"
    case .absolute(let bits): "\(bits)-bit positions"
    }
  }

  package var summary: String {
    switch self {
    case .bitmask: "one bit per element"
    case .gaps(let bits): "the distance to the last kept element in \(bits) bits, and fillers"
    case .absolute(let bits): "the position of each kept element in \(bits) bits"
    }
  }

  /// Whether the size follows from where the kept elements are, and not only from how many.
  package var sizeDependsOnPositions: Bool {
    if case .gaps = self { true } else { false }
  }

  /// The byte that names it in a file: its place in the table. New ones go last.
  var tag: UInt8 { UInt8(IndexScheme.all.firstIndex(of: self) ?? 0) }

  /// The most elements that may stand behind one kept element, except in small tensors: a few bytes
  /// of a file never ask for a tensor that fills the memory.
  private static let largestExpansion = 4096
  private static let alwaysAllowed = 1 << 24

  /// Whether this scheme can say which of `count` elements are kept.
  package func allows(kept: Int, of count: Int) -> Bool {
    switch self {
    case .bitmask: return true
    case .absolute(16) where count > 1 << 16: return false
    case .gaps, .absolute:
      return count <= IndexScheme.alwaysAllowed || count / IndexScheme.largestExpansion <= kept
    }
  }

  /// Where the bits of `write` are.
  func ledger(_ positions: Gaps, of count: Int) -> Ledger {
    let kept = positions.kept
    switch self {
    case .bitmask:
      return Ledger([
        .init(.indices, bits: count),
        .init(.padding, bits: BitPacking.paddingBits(of: count, bits: 1)),
      ])
    case .gaps(let bits):
      let fillers = positions.fillers(reach: 1 << bits - 1)
      return Ledger([
        .init(.header, bits: 64), .init(.indices, bits: bits * kept),
        .init(.fillers, bits: bits * fillers),
        .init(.padding, bits: BitPacking.paddingBits(of: kept + fillers, bits: bits)),
      ])
    case .absolute(let bits):
      return Ledger([.init(.header, bits: 32), .init(.indices, bits: bits * kept)])
    }
  }

  func write(_ positions: [Int32], of count: Int, to writer: inout ByteWriter) {
    switch self {
    case .bitmask:
      var bytes = [UInt8](repeating: 0, count: BitPacking.byteCount(of: count, bits: 1))
      for position in positions { bytes[Int(position >> 3)] |= 1 << UInt8(position & 7) }
      writer.append(bytes)
    case .gaps(let bits):
      let codes = codes(positions, bits: bits)
      writer.append(UInt32(positions.count))
      writer.append(UInt32(codes.count - positions.count))
      writer.append(BitPacking.packed(codes, bits: bits))
    case .absolute(let bits):
      writer.append(UInt32(positions.count))
      if bits == 16 {
        writer.append(positions.map { UInt16(truncatingIfNeeded: $0) })
      } else {
        writer.append(positions.map { UInt32(truncatingIfNeeded: $0) })
      }
    }
  }

  private func codes(_ positions: [Int32], bits: Int) -> [UInt8] {
    let reach = 1 << bits - 1
    var codes: [UInt8] = []
    codes.reserveCapacity(positions.count)
    var next = 0
    for position in positions {
      var gap = Int(position) - next
      while gap >= reach {
        codes.append(UInt8(reach))
        gap -= reach
      }
      codes.append(UInt8(gap))
      next = Int(position) + 1
    }
    return codes
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
