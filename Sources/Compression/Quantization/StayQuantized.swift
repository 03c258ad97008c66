// What is quantized stays so while it is trained: the projection that each encoding stands for.
import Encodings
package import Networks
import Tensors

extension Network {
  /// Projections for every parameter that is stored on a grid or shares values: training moves the
  /// numbers behind the codes, on the scales that the encoding has, or the shared values. What has none
  /// (groups of kept weights, a scale of 0, nothing kept at all) trains as plain numbers.
  package var quantizedProjections: [String: any Projection] { projections(scalesFollow: false) }

  /// - Parameter scalesFollow: scales in fp32 are found anew from the weights in each step.
  func projections(scalesFollow: Bool) -> [String: any Projection] {
    var projections: [String: any Projection] = [:]
    for (name, parameter) in parameters where parameter.role != .step {
      projections[name] = projection(
        staying: parameter.encoding, shape: parameter.value.shape, isWhole: true,
        follows: scalesFollow)
    }
    return projections
  }
}

/// - Parameters:
///   - isWhole: the encoding holds all elements, not only kept ones.
///   - follows: scales in fp32 follow the numbers.
private func projection(
  staying encoding: any Encoding, shape: [Int], isWhole: Bool, follows: Bool
) -> (any Projection)? {
  switch encoding {
  case let affine as Affine:
    guard isWhole || affine.granularity == .tensor, !affine.scales.isEmpty,
      affine.scales.allSatisfy({ $0 > 0 })
    else { return nil }
    return affine.projection(shape, follows: follows)
  case let levels as Levels:
    guard isWhole || levels.granularity == .tensor, !levels.scales.isEmpty,
      levels.scales.allSatisfy({ $0 > 0 }),
      let grid = levels.grid
    else { return nil }
    let settings = Grid.Settings(bits: grid.usualBits)
    let quantizer = Quantizer(grid: grid, settings: settings, granularity: levels.granularity)
    let isFloat = levels.table == .e4m3 || levels.table == .e5m2
    return GridProjection(quantizer, isFloat ? .levels(levels.scales) : .follow, shape: shape)
  case let codebook as Codebook where isWhole:
    return codebook.projection(at: nil, of: codebook.codes.count * codebook.block) { $0 }
  case let sparse as Sparse where sparse.fillerCount > 0:
    // Zeros that only lead to others are not trained.
    return sparse.withoutFillers.flatMap {
      projection(staying: $0, shape: shape, isWhole: isWhole, follows: follows)
    }
  case let sparse as Sparse where sparse.values is Codebook:
    guard isWhole, let codebook = sparse.values as? Codebook else { return nil }
    let count = shape.reduce(1, *)
    return codebook.projection(at: sparse.positions, of: count) {
      (try? sparse.with(values: $0)) ?? sparse
    }
  case let scaled as Scaled where isWhole: return PointProjection(scaled)
  case let hashed as Hashed where isWhole:
    let values = hashed.values
    let inner = projection(
      staying: values, shape: values.shape, isWhole: true, follows: follows)
    guard let grid = (inner as? PointProjection)?.following ?? inner, !grid.learnsState else {
      return hashed.projection()
    }
    return HashedGridProjection(hashed, on: grid)
  case let dense as Encodings.Dense:
    guard let grid = Grid.all.first(where: { $0.format == dense.format }) else { return nil }
    let quantizer = Quantizer(
      grid: grid, settings: Grid.Settings(bits: 16), granularity: .tensor)
    return GridProjection(quantizer, .follow, shape: shape)
  default:
    return encoding.nested.flatMap {
      projection(
        staying: $0, shape: shape, isWhole: isWhole && !(encoding is Sparse), follows: follows)
    }
  }
}

extension Affine {
  fileprivate func projection(_ shape: [Int], follows: Bool) -> any Projection {
    let narrow = isSigned && !usesLowestCode
    let range = Affine.range(bits: bits, isSigned: isSigned)
    let codes = Int(range.lowerBound) + (narrow ? 1 : 0)...Int(range.upperBound)
    let steps = zip(scales, zeroPoints).map {
      Step(scale: $0, zeroPoint: Int($1), codes: codes)
    }
    let grid: Grid =
      !isSymmetric ? .affine : scaleFormat == .exponent ? .powerOfTwo : .symmetric
    let quantizer = Quantizer(
      grid: grid, settings: Grid.Settings(bits: bits, narrow: narrow), granularity: granularity)
    let stays = !follows || scaleFormat == .exponent
    return GridProjection(quantizer, stays ? .fixed(steps) : .follow, shape: shape)
  }
}

extension Levels {
  fileprivate var grid: Grid? {
    Grid.all.first {
      guard case .levels(let table, let rule) = $0.kind, table == self.table else { return false }
      return rule != .one || scales.allSatisfy { $0 == 1 }
    }
  }
}

extension Grid {
  fileprivate var format: FloatFormat? {
    if case .float(let format) = kind { format } else { nil }
  }
}
