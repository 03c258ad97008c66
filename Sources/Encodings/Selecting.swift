// Some elements of an encoding as a vector of their own, stored the same way: what index schemes with
// zeros, and pruning after quantizing, ask for.
import Tensors

extension EncodingTable {
  /// The elements at these places, in this order, as they are; 0 where a place is -1.
  /// - Returns: nil where they have no scale in common, or a 0 is wanted that the encoding has not.
  package static func vector(
    of encoding: any Encoding, at places: [Int]
  ) -> (any Encoding)? {
    let shape = [places.count]
    func codes<T>(_ all: [T], zero: T?) -> [T]? {
      if zero == nil, places.contains(-1) { return nil }
      return places.compactMap { $0 < 0 ? zero : all[$0] }
    }
    switch encoding {
    case let dense as Dense:
      return codes(dense.decoded().elements, zero: 0).map {
        Dense(Tensor(vector: $0), as: dense.format)
      }
    case let affine as Affine where affine.scales.count == 1:
      return codes(affine.codes, zero: affine.zeroPoints[0]).flatMap {
        try? Affine(
          shape: shape, bits: affine.bits, isSigned: affine.isSigned,
          granularity: affine.granularity, codes: $0, scales: affine.scales,
          scaleFormat: affine.scaleFormat,
          zeroPoints: affine.isSymmetric ? nil : affine.zeroPoints)
      }
    case let levels as Levels where levels.scales.count == 1:
      let zero = levels.table.levels.firstIndex(of: 0).map { UInt8($0) }
      return codes(levels.codes, zero: zero).flatMap {
        try? Levels(
          shape: shape, table: levels.table, granularity: levels.granularity, codes: $0,
          scales: levels.scales)
      }
    case let codebook as Codebook where codebook.block == 1:
      let centroids = codebook.centroids.decoded().elements
      if let zero = centroids.firstIndex(of: 0) ?? (places.contains(-1) ? nil : 0) {
        return codes(codebook.codes, zero: Int32(zero)).flatMap {
          try? Codebook(shape: shape, centroids: codebook.centroids, codes: $0, tie: codebook.tie)
        }
      }
      guard let dense = codebook.centroids as? Dense else { return nil }
      // As Han et al. have it: the first centroid is 0.
      return codes(codebook.codes.map { $0 + 1 }, zero: 0).flatMap {
        try? Codebook(
          shape: shape, centroids: Dense(Tensor(vector: [0] + centroids), as: dense.format),
          codes: $0)
      }
    case let scaled as Scaled where scaled.scales.count == 1 && !places.contains(-1):
      return vector(of: scaled.values, at: places).flatMap {
        try? Scaled(
          $0, granularity: scaled.granularity, scales: scaled.scales, offsets: scaled.offsets)
      }
    default: return nil
    }
  }
}
