// What a layer is: its settings, its shapes, its parameters, and forward and backward side by side.

/// A setting of a layer, as it is stored in a file and shown by `describe`.
package enum Attribute: Sendable, Equatable {
  case integer(Int)
  case number(Double)
  case text(String)
  case integers([Int])
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
  /// The same layer where only these units are left: sizes and groups follow.
  func keeping(_ kept: KeptUnits) throws(NetworkError) -> any Layer

  /// What nodes of this layer are called, before their number: "conv" in "conv1".
  var stem: String { get }

  // What the planner asks, before it decides how the layer runs.

  /// The output has the input's elements in the input's order: nothing runs.
  var isView: Bool { get }
  /// Its own loop can apply an activation that follows it.
  var takesActivation: Bool { get }
  /// Whether it works on blocks of eight examples.
  func laneSupport(for inputs: [[Int]]) -> LaneSupport
  /// The maximum of 2x2 windows beside each other: the loop of the layer before it may do that.
  var isPairPool: Bool { get }
  /// Its own loop, in this setting, can pool its output in that way.
  func takesPairPool(_ setting: Setting) -> Bool
  /// How its parameters lie in memory while it runs, where not all of them lie as in their tensors.
  func storages(for inputs: [[Int]]) -> [ParameterStorage]?
  /// The loops for one setting.
  func run(_ setting: Setting) -> any LayerRun
}

/// How a layer works on planned buffers: forward and backward side by side.
package protocol LayerRun: Sendable {
  /// Whether `backward` moves the parameters, too, where `call.updates` says how.
  var takesSteps: Bool { get }
  func division(_ setting: Setting) -> Division
  func workspace(_ setting: Setting) -> Workspace
  /// Called before each pass while training, and once where the weights stay as they are.
  func prepare(_ call: LayerCall)
  /// Writes the output of the turn's examples from their inputs.
  func forward(_ call: LayerCall, _ turn: Turn)
  /// Writes the gradients of the inputs and of the parameters from those of the output.
  func backward(_ call: LayerCall, _ turn: Turn)
}

extension LayerRun {
  package var takesSteps: Bool { false }
  package func division(_ setting: Setting) -> Division { .examples }
  package func workspace(_ setting: Setting) -> Workspace { Workspace() }
  package func prepare(_ call: LayerCall) {}
}

// Most layers have one way to run.
extension Layer where Self: LayerRun {
  package func run(_ setting: Setting) -> any LayerRun { self }
}

extension Layer {
  package var stem: String { Self.kind }
  package var isView: Bool { false }
  package var takesActivation: Bool { false }
  package func laneSupport(for inputs: [[Int]]) -> LaneSupport { .never }
  package var isPairPool: Bool { false }
  package func storages(for inputs: [[Int]]) -> [ParameterStorage]? { nil }
  package func takesPairPool(_ setting: Setting) -> Bool { false }
  package func parameters(for inputs: [[Int]]) -> [ParameterPlan] { [] }
  package func multiplyAccumulates(for inputs: [[Int]]) -> Int { 0 }

  /// The same layer with a bias; nil for one that cannot have any.
  package var withBias: (any Layer)? {
    guard attributes.contains(where: { $0.name == "bias" }) else { return nil }
    return try? with(["bias": .integer(1)])
  }

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
