// Shared weights while they are trained: what moves is the few values behind the many weights.
package import Encodings
package import Kernels
import Networks
package import Tensors

/// Each weight is one of the shared values, or a sign times it; the gradient of a shared value is
/// the sum over its weights. Han et al. 2016, arXiv:1510.00149; Chen et al. 2015, arXiv:1504.04788.
package struct SharedProjection: Projection {
  /// Of each weight: which of the shared values, or -1 for a weight that is 0 and stays so.
  let index: [Int32]
  /// What each weight is times its shared value; nil where all are 1.
  let factors: [Float]?
  let start: [Float]
  package let tie: Int?
  private let make: @Sendable (_ values: [Float]) -> any Encoding

  /// - Parameters:
  ///   - start: the shared values.
  ///   - tie: parameters with the same one share their values.
  ///   - make: how the parameter is stored with other shared values.
  package init(
    index: [Int32], factors: [Float]? = nil, start: [Float], tie: Int? = nil,
    make: @escaping @Sendable (_ values: [Float]) -> any Encoding
  ) {
    self.index = index
    self.factors = factors
    self.start = start
    self.tie = tie
    self.make = make
  }

  package func state(for latent: Tensor) -> [Float] { start }
  package var learnsState: Bool { true }
  package var stateIsScale: Bool { false }

  package func project(_ latent: Floats, state: Floats, step: Int, seed: UInt64, to values: Floats)
  {
    SharedValues.gather(state, index: index, factors: factors, to: values)
  }

  package func pullBack(_ gradient: Floats, latent: Floats, state: Floats, stateGradient: Floats) {
    SharedValues.scatter(gradient, index: index, factors: factors, to: stateGradient)
    gradient.fill(0)
  }

  package func encoding(of latent: Tensor, state: [Float], pruned: [Bool]?) -> any Encoding {
    make(state)
  }
}

extension Codebook {
  /// Training of the centroids, where this is what the elements at `positions` of a parameter are
  /// (all elements without).
  func projection(
    at positions: [Int]?, of count: Int,
    make: @escaping @Sendable (_ codebook: Codebook) -> any Encoding
  ) -> SharedProjection {
    var index = [Int32](repeating: -1, count: count)
    for (place, code) in codes.enumerated() {
      for i in 0..<block {
        let element = place * block + i
        index[positions?[element] ?? element] = code * Int32(block) + Int32(i)
      }
    }
    let centroids = centroids
    return SharedProjection(
      index: index, start: centroids.decoded().elements, tie: tie == 0 ? nil : tie
    ) { values in
      make((try? with(centroids: centroids.restored(Tensor(vector: values)))) ?? self)
    }
  }
}

extension Encoding {
  /// Other numbers stored as these are: in their float format, else as fp32.
  fileprivate func restored(_ values: Tensor) -> Encodings.Dense {
    Encodings.Dense(values, as: (self as? Encodings.Dense)?.format ?? .fp32)
  }
}
