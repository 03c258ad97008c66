// Elementwise functions as a layer, and the table of those functions.
internal import Kernels

/// y = f(x), element by element.
package struct Activation: Layer, LayerRun {
  package static let kind = "activation"
  package let function: Function
  /// The slope below zero, for leaky.
  package let slope: Double

  /// A function that a network may put between layers.
  package struct Function: Sendable, Equatable {
    package let name: String
    package let summary: String
    package let formula: String
    package let source: String
    let kernel: ActivationFunction

    package static let relu = Function(
      name: "relu", summary: "keeps what is positive", formula: "max(0, x)",
      source: "Nair and Hinton 2010, ICML, p. 807", kernel: .relu)
    package static let relu6 = Function(
      name: "relu6", summary: "keeps what is between 0 and 6", formula: "min(6, max(0, x))",
      source: "Krizhevsky 2010, Convolutional Deep Belief Networks on CIFAR-10, unpublished",
      kernel: .relu6)
    package static let leaky = Function(
      name: "leaky", summary: "keeps what is positive, and a little of what is negative",
      formula: "x if x > 0, else slope x",
      source: "Maas et al. 2013, Rectifier Nonlinearities Improve Neural Network Acoustic Models",
      kernel: .leaky)
    package static let sigmoid = Function(
      name: "sigmoid", summary: "squashes to between 0 and 1", formula: "1 / (1 + exp(-x))",
      source: "Rumelhart et al. 1986, doi:10.1038/323533a0", kernel: .sigmoid)
    package static let tanh = Function(
      name: "tanh", summary: "squashes to between -1 and 1", formula: "tanh(x)",
      source: "LeCun et al. 1998, doi:10.1007/3-540-49430-8_2", kernel: .tanh)
    package static let gelu = Function(
      name: "gelu", summary: "weighs x by the share of a normal distribution below it",
      formula: "x (1 + erf(x / sqrt 2)) / 2",
      source: "Hendrycks and Gimpel 2016, arXiv:1606.08415", kernel: .gelu)
    package static let silu = Function(
      name: "silu", summary: "weighs x by its own sigmoid", formula: "x / (1 + exp(-x))",
      source: "Elfwing et al. 2018, arXiv:1702.03118", kernel: .silu)

    package static let all: [Function] = [relu, relu6, leaky, sigmoid, tanh, gelu, silu]
  }

  package init(_ function: Function, slope: Double = 0.01) throws(NetworkError) {
    try self.init(attributes: ["function": .text(function.name), "slope": .number(slope)])
  }

  package init(attributes: [String: Attribute]) throws(NetworkError) {
    let read = try AttributeReader(Activation.kind, attributes, knows: ["function", "slope"])
    let name = try read.text("function", of: Function.all.map(\.name))
    function = Function.all.first { $0.name == name } ?? .relu
    slope = try read.number("slope", from: 0, to: 1, default: 0.01)
  }

  package var attributes: [(name: String, value: Attribute)] {
    let name: (name: String, value: Attribute) = ("function", .text(function.name))
    return function == .leaky ? [name, ("slope", .number(slope))] : [name]
  }

  package var stem: String { function.name }
  package var unitFlow: UnitFlow { .passes }

  package func outputShape(for inputs: [[Int]]) throws(NetworkError) -> [Int] {
    try single(inputs, "one input")
  }

  package func laneSupport(for inputs: [[Int]]) -> LaneSupport { .follows }

  var activator: Activator { Activator(function.kernel, slope: Float(slope)) }

  package func forward(_ call: LayerCall, _ turn: Turn) {
    activator.forward(call.input(turn.examples), to: call.output(turn.examples))
  }

  package func backward(_ call: LayerCall, _ turn: Turn) {
    guard let dx = call.inputGradient(turn.examples) else { return }
    activator.backward(
      call.outputGradient(turn.examples), x: call.input(turn.examples),
      y: call.output(turn.examples), to: dx)
  }
}
