// What a layer is: its settings, its shapes, its parameters, and forward and backward side by side.

/// A setting of a layer, as it is stored in a file and shown by `describe`.
package enum Attribute: Sendable, Equatable {
  case integer(Int)
  case number(Double)
  case text(String)
  case integers([Int])
}

/// How the units (features, channels: axis 0 of one example) of a layer's outputs follow from its inputs'.
/// Removing whole units from a network needs no more than this.
package enum UnitFlow: Sendable, Equatable {
  /// The layer makes its own units: axis 0 of each of its parameters; input units are axis 1 of its weight.
  case makes
  /// Unit i of the output comes from unit i of the input only; parameters, if any, have one entry per unit.
  case passes
  /// Each input unit becomes this many consecutive output units (flatten).
  case spreads(Int)
  /// All inputs share their units one to one (residual add).
  case ties
  /// The inputs' units one after the other (concatenate).
  case joins
  /// Units cannot be followed through this layer.
  case mixes
}

/// A layer: settings only. Its input sizes follow from the network, its parameters live in the network.
package protocol Layer: Sendable {
  /// The field's name, such as "dense": its key in the table of layers and in files.
  static var kind: String { get }
  /// The settings, in the order in which `describe` shows them and files store them.
  var attributes: [(name: String, value: Attribute)] { get }
  /// - Throws: `NetworkError.attribute` for a setting that is missing or out of range.
  init(attributes: [String: Attribute]) throws(NetworkError)
  /// The shape of one example at the output, from those at the inputs (no batch axis).
  /// - Throws: `NetworkError.fit` with both shapes where the layer does not fit.
  func outputShape(for inputs: [[Int]]) throws(NetworkError) -> [Int]
  /// What the layer owns, for inputs that fit.
  func parameters(for inputs: [[Int]]) -> [ParameterPlan]
  /// Multiply-accumulates for one example.
  func multiplyAccumulates(for inputs: [[Int]]) -> Int
  var unitFlow: UnitFlow { get }

  /// What nodes of this layer are called, before their number: "conv" in "conv1".
  var stem: String { get }

  // The run part: how the layer works on planned buffers.

  /// The output has the input's elements in the input's order: nothing runs.
  var isView: Bool { get }
  /// Its own loop can apply an activation that follows it.
  var takesActivation: Bool { get }
  func division(training: Bool) -> Division
  func workspace(for inputs: [[Int]]) -> Workspace
  /// How its parameters lie in memory while it runs, where not all of them lie as in their tensors.
  func storages(for inputs: [[Int]]) -> [ParameterStorage]?
  /// Whether `backward` moves the parameters, too, where `call.updates` says how.
  func takesSteps(_ call: LayerCall) -> Bool
  /// Writes the output of the turn's examples from their inputs.
  func forward(_ call: LayerCall, _ turn: Turn)
  /// Writes the gradients of the inputs and of the parameters from those of the output.
  func backward(_ call: LayerCall, _ turn: Turn)
}

extension Layer {
  package var stem: String { Self.kind }
  package var isView: Bool { false }
  package var takesActivation: Bool { false }
  package func division(training: Bool) -> Division { .examples }
  package func workspace(for inputs: [[Int]]) -> Workspace { Workspace() }
  package func storages(for inputs: [[Int]]) -> [ParameterStorage]? { nil }
  package func takesSteps(_ call: LayerCall) -> Bool { false }
  package func parameters(for inputs: [[Int]]) -> [ParameterPlan] { [] }
  package func multiplyAccumulates(for inputs: [[Int]]) -> Int { 0 }

  /// The one input's shape, where it has what the layer wants.
  func single(
    _ inputs: [[Int]], _ wants: String, _ fits: ([Int]) -> Bool = { _ in true }
  ) throws(NetworkError) -> [Int] {
    guard inputs.count == 1, let shape = inputs.first, fits(shape) else {
      throw .fit(layer: stem, wants: wants, got: inputs)
    }
    return shape
  }
}

/// How a layer's work is shared out among the workers.
package enum Division: Sendable {
  /// Any run of examples by itself; neighbouring layers then run together, while data is near.
  case examples
  /// The layer sees the whole batch, and shares out its own work.
  case batch
}

/// Memory that a layer needs beside its inputs and output, in floats.
package struct Workspace: Sendable {
  /// Kept from forward to backward, for each example.
  package var savedPerExample = 0
  /// Kept from forward to backward, once.
  package var saved = 0
  /// For each worker, during one turn.
  package var scratch = 0
}

/// A parameter that a layer owns, before it has values.
package struct ParameterPlan: Sendable {
  package let name: String
  package let role: Parameter.Role
  package let shape: [Int]
  package let initializer: Initializer
  package init(_ name: String, _ role: Parameter.Role, _ shape: [Int], _ initializer: Initializer) {
    self.name = name
    self.role = role
    self.shape = shape
    self.initializer = initializer
  }
}

package enum Initializer: Sendable, Equatable {
  case zeros, ones
  /// U(-a, a) with a = sqrt(6 / (fanIn + fanOut)). Glorot and Bengio 2010, PMLR 9:249.
  case glorot(fanIn: Int, fanOut: Int)
  /// N(0, 2 / fanIn). He et al. 2015, arXiv:1502.01852.
  case he(fanIn: Int)
  case normal(deviation: Float)
}
