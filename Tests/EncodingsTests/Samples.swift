// Encodings to hold the laws against: every kind, over shapes that are empty, scalar, odd and
// large.
import Encodings
import Tensors
import Testing

/// Encodings made at random, of which each kind in the table has several per shape.
struct Samples {
  var stream: RandomStream

  init(seed: UInt64) { stream = RandomStream(seed: seed) }

  static let shapes: [[Int]] = [
    [], [0], [1], [7], [0, 3], [3, 0], [1, 1], [3, 5], [8, 16], [2, 3, 5], [4, 3, 3, 3], [17, 33],
    [1000],
  ]

  mutating func tensor(_ shape: [Int], density: Float = 1) throws -> Tensor {
    let values = try stream.normal(shape: shape)
    let mask = try stream.uniform(shape: shape)
    return Tensor(
      trusted: shape, zip(values.elements, mask.elements).map { $1 < density ? $0 : 0 })
  }

  mutating func affine(
    _ shape: [Int], bits: Int, isSigned: Bool, granularity: Affine.Granularity, hasZeros: Bool
  ) throws -> Affine {
    let range = Affine.range(bits: bits, isSigned: isSigned)
    let slices = Affine.sliceCount(of: shape, granularity)
    let span = Int(range.upperBound) - Int(range.lowerBound) + 1
    func codes(_ count: Int) -> [Int32] {
      (0..<count).map { _ in range.lowerBound + Int32(stream.integer(below: span)) }
    }
    return try Affine(
      shape: shape, bits: bits, isSigned: isSigned, granularity: granularity,
      codes: codes(Tensor.count(of: shape)),
      scales: stream.uniform(shape: [slices]).elements.map {
        bits % 3 == 0 ? Float(sign: .plus, exponent: $0.exponent, significand: 1) : $0
      }, scaleFormat: bits % 3 == 0 ? .exponent : .fp32, zeroPoints: hasZeros ? codes(slices) : nil)
  }

  mutating func levels(
    _ tensor: Tensor, _ table: LevelSet, _ granularity: Affine.Granularity
  ) throws -> Levels {
    let slices = Affine.sliceCount(of: tensor.shape, granularity)
    return try Levels(
      shape: tensor.shape, table: table, granularity: granularity,
      codes: tensor.elements.map(table.code(nearest:)),
      scales: stream.uniform(shape: [slices]).elements)
  }

  /// Of 1, few and many centroids, of blocks of one weight and of all that a shape has.
  mutating func codebooks(_ shape: [Int]) throws -> [Codebook] {
    let count = try Tensor.count(of: shape)
    return try [1, 2, 5, 16, 300].flatMap { entries in
      try Set([1, max(1, count), count % 3 == 0 ? 3 : 1]).sorted().map { block in
        let values = try stream.normal(shape: [entries * block])
        return try Codebook(
          shape: shape, block: block, centroids: Dense(values, as: entries == 5 ? .fp16 : .fp32),
          codes: (0..<count / block).map { _ in Int32(stream.integer(below: entries)) },
          tie: entries == 16 ? 3 : 0)
      }
    }
  }

  mutating func sparse(_ shape: [Int]) throws -> [Sparse] {
    var result: [Sparse] = []
    for density: Float in [0, 0.02, 0.3, 1] {
      let tensor = try tensor(shape, density: density)
      let positions = tensor.elements.indices.filter { tensor.elements[$0] != 0 }
      let kept = Tensor(vector: positions.map { tensor.elements[$0] })
      let codes = try affine(
        [positions.count], bits: 5, isSigned: true, granularity: .group(4), hasZeros: true)
      for scheme in IndexScheme.all
      where scheme.allows(kept: positions.count, of: tensor.count) {
        for values: any Encoding in [Dense(kept, as: .bf16), codes] {
          // Groups have no scale in common, and so no zeros to fill gaps with.
          let made = try? Sparse(
            shape: shape, positions: positions, values: values, scheme: scheme)
          #expect(made != nil || scheme.storesFillers && values is Affine)
          if let made { result.append(made) }
        }
      }
      result.append(Sparse.smallest(tensor))
    }
    return result
  }

  mutating func hashed(_ tensor: Tensor) throws -> [Hashed] {
    let count = tensor.count
    return try Set([min(count, 1), (count + 7) / 8, count]).sorted().flatMap { buckets in
      let values = Tensor(vector: Array(tensor.elements.prefix(buckets)))
      let codes = try affine(
        [buckets], bits: 5, isSigned: true, granularity: .group(4), hasZeros: true)
      return try [Dense(values), Sparse.smallest(values), codes].map { (values: any Encoding) in
        try Hashed(
          shape: tensor.shape, values: values, seed: UInt32(stream.integer(below: 1 << 32)),
          isSigned: stream.integer(below: 2) == 0)
      }
    }
  }

  mutating func scaled(_ tensor: Tensor) throws -> [Scaled] {
    var result: [Scaled] = []
    for granularity: Affine.Granularity in [.tensor, .channel, .group(3)] {
      let slices = Affine.sliceCount(of: tensor.shape, granularity)
      result.append(
        try Scaled(
          Dense(tensor, as: .bf16), granularity: granularity,
          scales: stream.uniform(shape: [slices]).elements,
          offsets: stream.normal(shape: [slices]).elements))
    }
    return result
  }

  mutating func encodings(_ shape: [Int]) throws -> [any Encoding] {
    var result: [any Encoding] = []
    let tensor = try tensor(shape)
    for format in FloatFormat.all { result.append(Dense(tensor, as: format)) }
    for bits in [2, 3, 4, 7, 8, 9, 13, 16] {
      for granularity: Affine.Granularity in [.tensor, .channel, .group(1), .group(5), .group(999)]
      {
        for flags in 0..<4 {
          result.append(
            try affine(
              shape, bits: bits, isSigned: flags & 1 == 0, granularity: granularity,
              hasZeros: flags & 2 == 0))
        }
      }
    }
    for table in LevelSet.all {
      for granularity: Affine.Granularity in [.tensor, .channel, .group(3)] {
        result.append(try levels(tensor, table, granularity))
      }
    }
    result += try codebooks(shape) + hashed(tensor) + scaled(tensor)
    // Which schemes there are depends on the positions, and so does all that follows.
    result += try sparse(shape)
    for inner in result.enumerated().filter({ $0.offset % 7 == 0 }).map(\.element) {
      for coder in Coder.all { result.append(try Coded(inner, by: coder)) }
    }
    return result
  }
}

func bits(_ tensor: Tensor) -> [UInt32] { tensor.elements.map { $0.bitPattern } }

func bytes(_ encoding: any Encoding) -> [UInt8] {
  var writer = ByteWriter()
  EncodingTable.write(encoding, to: &writer)
  return writer.bytes
}
