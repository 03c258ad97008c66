// Sparse storage: where the kept elements are, and an encoding of their values. All others are 0.
import Kernels
package import Tensors

package struct Sparse: Encoding {
  package static let tag: UInt8 = 3
  package static let name = "sparse"

  package let shape: [Int]
  package let scheme: IndexScheme
  /// The kept values, in order: an encoding of a vector.
  package let values: any Encoding
  private let keptPositions: [Int32]
  private let count: Int
  /// Of a relative index: which stored elements are 0, and only lead to others. Else empty.
  private let fillers: [Bool]

  /// - Parameters:
  ///   - positions: of the kept elements in row-major order, ascending.
  ///   - values: stores a vector with one entry per position.
  ///     A relative index stores zeros among them, where gaps need them.
  /// - Throws: `EncodingError.parts` where the parts do not fit each other, or the scheme cannot
  ///   hold these positions or finds no 0 among the values that can be stored.
  package init(
    shape: [Int], positions: [Int], values: any Encoding, scheme: IndexScheme
  ) throws(EncodingError) {
    let (count, kept) = try Sparse.checked(shape, positions, values)
    guard IndexScheme.all.contains(scheme), scheme.allows(kept: kept.count, of: count) else {
      throw .parts(
        encoding: Sparse.name,
        wanted: "a scheme that fits \(kept.count) of \(count) elements, got \(scheme.name)")
    }
    guard case .relative(let bits) = scheme else {
      self.init(shape, count, kept, values, scheme)
      return
    }
    let (all, places) = IndexScheme.bridged(kept, bits: bits)
    guard
      let stored = all.count == kept.count
        ? values : EncodingTable.vector(of: values, at: places)
    else {
      throw .parts(encoding: Sparse.name, wanted: "values with one scale and a 0 for fillers")
    }
    self.init(shape, count, all, stored, scheme)
  }

  /// With the scheme that takes the fewest bits; the first in the table of equals.
  /// - Throws: as `init`.
  package static func smallest(
    shape: [Int], positions: [Int], values: any Encoding
  ) throws(EncodingError) -> Sparse {
    let (count, kept) = try checked(shape, positions, values)
    return smallest(shape, count, kept, values)
  }

  /// The same of positions in 32 bits.
  package static func smallest(
    shape: [Int], positions: [Int32], values: any Encoding
  ) throws(EncodingError) -> Sparse {
    let (count, kept) = try checked(shape, positions, values)
    return smallest(shape, count, kept, values)
  }

  /// The tensor with all its elements that are not 0 (a negative 0 is kept, so that every bit is)
  /// as 32-bit floats, in the scheme that takes the fewest bits.
  package static func smallest(_ tensor: Tensor) -> Sparse {
    let (positions, kept) = Masking.nonBlanks(of: tensor.elements)
    return smallest(tensor.shape, tensor.count, positions, Dense(Tensor(vector: kept)))
  }

  private static func smallest(
    _ shape: [Int], _ count: Int, _ positions: [Int32], _ values: any Encoding
  ) -> Sparse {
    var best = IndexScheme.bitmask
    var bits = Int.max
    let gaps = Gaps(positions)
    let layout = IndexScheme.Layout(shape: shape, count: count)
    for scheme in IndexScheme.all
    where !scheme.storesFillers && scheme.allows(kept: positions.count, of: count) {
      let needed = scheme.ledger(gaps, of: layout).bits
      if needed < bits { (best, bits) = (scheme, needed) }
    }
    return Sparse(shape, count, positions, values, best)
  }

  private init(
    _ shape: [Int], _ count: Int, _ positions: [Int32], _ values: any Encoding,
    _ scheme: IndexScheme
  ) {
    self.shape = shape
    self.count = count
    self.keptPositions = positions
    self.values = values
    self.scheme = scheme
    fillers = scheme.storesFillers ? values.decoded().elements.map { $0 == 0 } : []
  }

  private var layout: IndexScheme.Layout { .init(shape: shape, count: count) }

  private static func checked(
    _ shape: [Int], _ positions: [some FixedWidthInteger], _ values: any Encoding
  ) throws(EncodingError) -> (count: Int, positions: [Int32]) {
    guard let count = try? Tensor.count(of: shape) else {
      throw .parts(encoding: name, wanted: "a shape, got \(shape)")
    }
    var ascend = true
    for i in positions.indices.dropFirst() { ascend = ascend && positions[i - 1] < positions[i] }
    guard ascend, positions.first ?? 0 >= 0, positions.last.map({ $0 < count }) ?? true else {
      throw .parts(encoding: name, wanted: "ascending positions below \(count)")
    }
    guard values.shape == [positions.count] else {
      throw .parts(
        encoding: name, wanted: "a vector of \(positions.count) values, got \(values.shape)")
    }
    guard EncodingTable.depth(of: values) < EncodingTable.largestDepth else {
      throw .parts(encoding: name, wanted: "fewer encodings inside each other")
    }
    return (count, positions.map { Int32(truncatingIfNeeded: $0) })
  }

  /// Other values at the same positions, in the same scheme.
  /// - Throws: `EncodingError.parts` where they are not as many.
  package func with(values: any Encoding) throws(EncodingError) -> Sparse {
    _ = try Sparse.checked(shape, keptPositions, values)
    return Sparse(shape, count, keptPositions, values, scheme)
  }

  package var positions: [Int] { keptPositions.map { Int($0) } }
  package var nested: (any Encoding)? { values }
  package var summary: String { "sparse (\(scheme.name)), \(values.summary)" }

  package var sizeDependsOnValues: Bool {
    scheme.sizeDependsOnPositions || values.sizeDependsOnValues
  }

  package var ledger: Ledger {
    Ledger([.init(.header, bits: 8)])
      + scheme.ledger(Gaps(keptPositions), of: layout, fillers: fillers.count { $0 })
      + EncodingTable.ledger(of: values)
  }

  package func decoded() -> Tensor {
    Tensor(
      trusted: shape, Masking.spread(values.decoded().elements, to: keptPositions, of: count))
  }

  /// How many of the values only lead to others: stored zeros of a relative index.
  package var fillerCount: Int { fillers.count { $0 } }

  /// The same elements with another scheme.
  /// - Throws: as `init`.
  package func indexed(by scheme: IndexScheme) throws(EncodingError) -> Sparse {
    guard let plain = withoutFillers else {
      throw .parts(encoding: Sparse.name, wanted: "values that can do without fillers")
    }
    return try Sparse(
      shape: shape, positions: plain.positions, values: plain.values, scheme: scheme)
  }

  /// The elements without stored zeros, in the scheme that takes the fewest bits; nil where the zeros
  /// cannot be told from the others.
  package var withoutFillers: Sparse? {
    guard fillerCount > 0 else { return self }
    let places = fillers.indices.filter { !fillers[$0] }
    return EncodingTable.vector(of: values, at: places).map {
      Sparse.smallest(shape, count, places.map { keptPositions[$0] }, $0)
    }
  }

  package func write(to writer: inout ByteWriter) {
    writer.append(scheme.tag)
    if scheme.storesFillers {
      writer.append(count: keptPositions.count)
      EncodingTable.write(values, to: &writer)
    }
    scheme.write(keptPositions, of: layout, fillers: fillers, to: &writer)
    if !scheme.storesFillers { EncodingTable.write(values, to: &writer) }
  }

  package static func read(
    from reader: inout ByteReader, shape: [Int]
  ) throws(BytesError) -> Sparse {
    let count = try reader.count(of: shape)
    let start = reader.offset
    let tag = Int(try reader.integer(UInt8.self))
    guard tag < IndexScheme.all.count else {
      throw BytesError("there is no index scheme with the number \(tag)", at: start)
    }
    let scheme = IndexScheme.all[tag]
    guard scheme.allows(kept: count, of: count) else {
      throw BytesError("\(scheme.name) for \(count) elements", at: start)
    }
    guard case .relative(let bits) = scheme else {
      let positions = try scheme.read(
        from: &reader, of: IndexScheme.Layout(shape: shape, count: count))
      let values = try EncodingTable.read(from: &reader, shape: [positions.count])
      return Sparse(shape, count, positions, values, scheme)
    }
    // Which elements are fillers is known from the values: they come first.
    let kept = try scheme.readKept(from: &reader, of: count)
    let values = try EncodingTable.read(from: &reader, shape: [kept])
    let positions = try scheme.readRelative(
      kept, from: &reader, of: count, bits: bits,
      fillers: values.decoded().elements.map { $0 == 0 })
    return Sparse(shape, count, positions, values, scheme)
  }
}
