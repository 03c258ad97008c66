// A tiny network with relu, maximum pooling and tanh, its values given by a formula that PyTorch was
// given, too; and what PyTorch found.
import Foundation
import Networks
import Tensors

/// Recorded with PyTorch 2.15.0 (CPU) in double precision, by
///
///     fill(shape, seed, scale): sin(1.7 k + seed) scale for k = 0, 1, …, rounded to fp32
///     X = fill((12, 2, 6, 6), 0.5, 1); y = 7 i mod 3
///     h = max_pool2d(relu(conv2d(X, fill((3, 2, 3, 3), 1, 0.4), fill((3,), 4, 0.1))), 2)
///     h = tanh(linear(h.flatten(1), fill((5, 12), 2, 0.5), fill((5,), 5, 0.1)))
///     loss = cross_entropy(linear(h, fill((3, 5), 3, 0.8), fill((3,), 6, 0.1)), y)
///
/// traces of torch.autograd.functional.hessian(loss, W); Fisher from torch.autograd.grad of each
/// example's loss, squared, averaged.
enum CurvedNetwork {
  static let layers = ["conv1", "dense1", "dense2"]
  static let weights = [54, 60, 15]
  static let traces = [9.641176440720233, 5.608241712499792, 0.24942332799423833]
  static let fisherSums = [12.381531051958813, 19.56523026301884, 0.4298524372559605]
  static let fisherFirst = [
    [0.12486910538974419, 0.3107666615893637, 0.09904704163374566, 0.13329624852984787],
    [0.4890061778120023, 0.474482519111012, 0.4423941856219749, 0.47069682152000514],
    [0.03829953612587708, 0.0051866726203743255, 0.04078532070200942, 0.0028392505572785716],
  ]
  static let loss = 1.3021939704891252

  static func make() throws -> Network {
    let layers: [Blueprint] = [
      try Specimens.conv(3, 3), .layer(try Activation(.relu)), .layer(try MaxPool(size: [2, 2])),
      .layer(Flatten()), try Specimens.dense(5), .layer(try Activation(.tanh)),
      try Specimens.dense(3),
    ]
    let network = try Network.build(
      name: "curved", input: [2, 6, 6], blueprint: layers, random: RandomStream(seed: 1))
    let fills: [(seed: Double, scale: Double)] = [
      (1, 0.4), (4, 0.1), (2, 0.5), (5, 0.1), (3, 0.8), (6, 0.1),
    ]
    var index = 0
    return network.mapParameters { _, parameter in
      defer { index += 1 }
      return parameter.with(value: fill(parameter.value.shape, fills[index]))
    }
  }

  static func data(_ count: Int = 12) -> Dataset {
    Dataset(
      name: "curved", part: "train", inputs: fill([count, 2, 6, 6], (0.5, 1)),
      labels: (0..<count).map { $0 * 7 % 3 }, classes: 3, digest: "")
  }

  private static func fill(_ shape: [Int], _ fill: (seed: Double, scale: Double)) -> Tensor {
    Tensor(
      trusted: shape,
      (0..<shape.reduce(1, *)).map { Float(sin(1.7 * Double($0) + fill.seed) * fill.scale) })
  }
}
