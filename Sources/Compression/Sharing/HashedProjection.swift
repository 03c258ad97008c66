// Hashed weights while they are trained: what moves is the values of the buckets, and what is rounded on
// the way is these values, too.
package import Encodings
import Kernels
import Networks
import Tensors

extension Hashed {
  /// Training of the values: the gradient of each is the signed sum over its weights. Chen et al. 2015,
  /// arXiv:1504.04788, section 4.3.
  func projection() -> SharedProjection {
    SharedProjection(
      index: buckets, factors: isSigned ? signs : nil, start: values.decoded().elements
    ) { storing(Encodings.Dense(Tensor(vector: $0))) }
  }

  /// Other values in the same buckets.
  /// - Parameter values: as many.
  package func storing(_ values: any Encoding) -> Hashed {
    do {
      return try Hashed(shape: shape, values: values, seed: seed, isSigned: isSigned)
    } catch {
      preconditionFailure("as many values as before: \(error.message)")
    }
  }
}

/// Hashed weights whose values are on a grid.
struct HashedGridProjection: Projection {
  private let hashed: Hashed
  private let shared: SharedProjection
  private let grid: any Projection

  /// - Parameter grid: of the vector of values; it has no state that training moves.
  init(_ hashed: Hashed, on grid: any Projection) {
    self.hashed = hashed
    self.grid = grid
    shared = hashed.projection()
  }

  func state(for latent: Tensor) -> [Float] { shared.state(for: latent) }
  var learnsState: Bool { true }
  var stateIsScale: Bool { false }

  func project(_ latent: Floats, state: Floats, step: Int, seed: UInt64, to values: Floats) {
    let memory = [state.count, 0].map { Memory($0) }
    let rounded = memory[0].floats
    grid.project(state, state: memory[1].floats, step: step, seed: seed, to: rounded)
    shared.project(latent, state: rounded, step: step, seed: seed, to: values)
    withExtendedLifetime(memory) {}
  }

  func pullBack(_ gradient: Floats, latent: Floats, state: Floats, stateGradient: Floats) {
    let none = Memory(0)
    shared.pullBack(gradient, latent: latent, state: state, stateGradient: stateGradient)
    grid.pullBack(stateGradient, latent: state, state: none.floats, stateGradient: none.floats)
    withExtendedLifetime(none) {}
  }

  func encoding(of latent: Tensor, state: [Float], pruned: [Bool]?) -> any Encoding {
    hashed.storing(grid.encoding(of: Tensor(vector: state), state: [], pruned: nil))
  }
}
