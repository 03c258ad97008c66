// The architectures of the standard library made narrow, from its own building blocks, for images and
// texts so small that their laws can be tested without optimization.
import Interpreter
import Library
import Networks
import Notebook
import Syntax
import Testing

enum Narrow {
  static var names: [String] { all.map(\.name) }

  static func network(_ name: String, seed: UInt64 = 1) throws -> Network {
    let (_, input, layers) = try #require(all.first { $0.name == name })
    let program = "network(input: \(input), name: \"\(name)\") {\n\(layers)\n}"
    return Specimens.trained(try network(program: program), seed: seed)
  }

  /// What a program of the language makes with the standard library.
  static func network(program: String) throws -> Network {
    let session = Session(
      registry: Library.registry, surroundings: Surroundings(folder: "/tmp"),
      modules: ModuleShelf.modules(in: "/tmp"), seed: 7)
    let cell = CellInput(source: Source(name: "test", text: program), identity: "test")
    let result = session.run(cell) { _ in }
    let problem = result.diagnostics.first?.message ?? "no network"
    return try #require(Library.network(result.last), "\(problem)")
  }

  private static let all: [(name: String, input: String, layers: String)] = [
    ("mlp", "6", "dense 7, .relu\ndense 5, .tanh\ndense 3"),
    ("lenet5", "[1, 16, 16]", "conv 4, 5\nmaxpool 2\nconv 6, 5\nmaxpool 2\n\(ending(9))"),
    (
      "alexnet", "[3, 35, 35]",
      """
      conv 8, 11, .relu, stride: 4, padding: 2
      maxpool 3, stride: 2
      conv 12, 5, .relu, padding: 2, groups: 2
      conv 8, 3, .relu, padding: 1
      conv 12, 3, .relu, padding: 1, groups: 2
      conv 8, 3, .relu, padding: 1, groups: 2
      \(ending(12))
      """
    ),
    (
      "vgg16", "[3, 8, 8]",
      """
      for filters in [4, 6] { [conv(filters, 3, .relu, padding: 1), maxpool(2)] }
      \(ending(12))
      """
    ),
    (
      "googlenet", "[3, 16, 16]",
      """
      conv_batchnorm(6, 7, stride: 2, epsilon: 1e-3)
      inception_module([4, 3, 6, 2, 4, 3])
      maxpool 3, stride: 2, ceil: true
      inception_module([3, 4, 5, 3, 2, 2])
      globalpool()
      dense 4
      """
    ),
    (
      "resnet18", "[3, 16, 16]",
      """
      conv_batchnorm(6, 7, stride: 2)
      maxpool 3, stride: 2, padding: 1
      residual_block(6)
      residual_block(10, stride: 2)
      residual_block(10)
      globalpool()
      dense 4
      """
    ),
    (
      "resnet50", "[3, 16, 16]",
      """
      conv_batchnorm(6, 7, stride: 2)
      bottleneck_block(3, widens: true)
      bottleneck_block(3)
      bottleneck_block(5, stride: 2, widens: true)
      globalpool()
      dense 4
      """
    ),
    (
      "squeezenet", "[3, 16, 16]",
      """
      conv 6, 3, .relu, stride: 2
      fire_module(3, 5)
      fire_module(4, 6)
      conv 4, 1, .relu
      globalpool()
      """
    ),
    (
      "densenet121", "[3, 8, 8]",
      """
      conv_batchnorm(6, 3)
      dense_block(2)
      batchnorm()
      activation .relu
      conv 8, 1, bias: false
      avgpool 2
      dense_block(2)
      globalpool()
      dense 4
      """
    ),
    (
      "mobilenet_v2", "[3, 8, 8]",
      """
      conv_batchnorm(6, 3, stride: 2, then: .relu6)
      inverted_residual(6, 4, expansion: 1)
      inverted_residual(4, 5, stride: 2, expansion: 3)
      inverted_residual(5, 5, expansion: 3)
      globalpool()
      dense 4
      """
    ),
    (
      "shufflenet_v2", "[3, 16, 16]",
      """
      conv_batchnorm(6, 3, stride: 2)
      shuffle_block(6, 16, stride: 2)
      for i in 1...2 { shuffle_block(16, 16) }
      shuffle_block(16, 24, stride: 2)
      shuffle_block(24, 24)
      conv_batchnorm(9, 1)
      globalpool()
      dense 4
      """
    ),
    (
      "efficientnet_b0", "[3, 8, 8]",
      """
      conv_batchnorm(8, 3, stride: 2, then: .silu)
      gated_inverted_residual(8, 4, 3, expansion: 1)
      gated_inverted_residual(4, 8, 5, expansion: 3)
      gated_inverted_residual(8, 8, 3, expansion: 3)
      globalpool()
      dense 4
      """
    ),
    (
      "vit_b16", "[3, 8, 8]",
      """
      conv 12, 4, stride: 4
      view [12, 4]
      class_token()
      position_embedding 5
      for i in 1...2 {
        residual { [layernorm(epsilon: 1e-6), self_attention(12, 3)] }
        residual { [layernorm(epsilon: 1e-6), feed_forward(12, 10)] }
      }
      layernorm(epsilon: 1e-6)
      slice 0..<1, axis: 1
      flatten()
      dense 4
      """
    ),
    (
      "bert_base", "5",
      """
      embedding 30, 12
      position_embedding 9
      segment_embedding 2
      layernorm(epsilon: 1e-12)
      for i in 1...2 {
        residual { [self_attention(12, 3), dropout(10%)] }
        layernorm(epsilon: 1e-12)
        residual { [feed_forward(12, 10), dropout(10%)] }
        layernorm(epsilon: 1e-12)
      }
      slice 0..<1, axis: 1
      flatten()
      dense 6, .tanh
      dense 4
      """
    ),
  ]

  private static func ending(_ units: Int) -> String {
    "flatten()\ndropout 50%\ndense \(units), .relu\ndense 4"
  }
}
