// Pooling: one number for each window of a plane, or for each whole plane.
internal import Kernels

/// The sizes that maximum and average pooling share.
package struct PoolWindow: Sendable, Equatable {
  package let size: [Int]
  package let stride: [Int]
  package let padding: [Int]

  init(_ kind: String, _ attributes: [String: Attribute]) throws(NetworkError) {
    let read = try AttributeReader(kind, attributes, knows: ["size", "stride", "padding"])
    // A place in the window is kept in one byte.
    size = try read.pair("size", in: 1...16)
    stride = try read.pair("stride", in: 1...1024, default: size)
    padding = try read.pair("padding", in: 0...15, default: [0, 0])
    guard padding[0] < size[0], padding[1] < size[1] else {
      throw .attribute(layer: kind, name: "padding", wanted: "less than the window's size")
    }
  }

  var attributes: [(name: String, value: Attribute)] {
    [("size", .integers(size)), ("stride", .integers(stride)), ("padding", .integers(padding))]
  }

  func window(_ input: [Int]) -> Window? {
    guard input.count == 3 else { return nil }
    return Window(
      channels: input[0], plane: (input[1], input[2]), kernel: (size[0], size[1]),
      stride: (stride[0], stride[1]), padding: (padding[0], padding[1]))
  }

  func outputShape(_ layer: String, _ inputs: [[Int]]) throws(NetworkError) -> [Int] {
    guard inputs.count == 1, let input = inputs.first, let window = window(input) else {
      let wants = "images [channels, height, width] of at least \(size[0])x\(size[1])"
      throw .fit(layer: layer, wants: wants, got: inputs)
    }
    return [input[0], window.outHeight, window.outWidth]
  }
}

/// The greatest value in each window.
package struct MaxPool: Layer, LayerRun {
  package static let kind = "maxpool"
  package let pool: PoolWindow

  package init(size: [Int], stride: [Int]? = nil, padding: [Int] = [0, 0]) throws(NetworkError) {
    try self.init(attributes: [
      "size": .integers(size), "stride": .integers(stride ?? size), "padding": .integers(padding),
    ])
  }

  package init(attributes: [String: Attribute]) throws(NetworkError) {
    pool = try PoolWindow(MaxPool.kind, attributes)
  }

  package var attributes: [(name: String, value: Attribute)] { pool.attributes }
  package var unitFlow: UnitFlow { .passes }

  package func outputShape(for inputs: [[Int]]) throws(NetworkError) -> [Int] {
    try pool.outputShape(stem, inputs)
  }

  package func laneSupport(for inputs: [[Int]]) -> LaneSupport { .follows }

  package var isPairPool: Bool {
    pool.size == [2, 2] && pool.stride == [2, 2] && pool.padding == [0, 0]
  }

  package func workspace(_ setting: Setting) -> Workspace {
    let outputs = setting.outputShape.reduce(1, *)
    return Workspace(savedPerExample: setting.training ? Window.places(outputs) : 0)
  }

  package func forward(_ call: LayerCall, _ turn: Turn) {
    guard let window = pool.window(call.inputShapes[0]) else { return }
    call.each(turn) { item in
      window.maxPool(
        call.input(item), to: call.output(item), places: call.training ? call.saved(item) : nil,
        inLanes: call.setting.arrangement == .lanes)
    }
  }

  package func backward(_ call: LayerCall, _ turn: Turn) {
    guard let window = pool.window(call.inputShapes[0]) else { return }
    call.each(turn) { item in
      guard let dx = call.inputGradient(item) else { return }
      window.maxPoolBack(
        call.outputGradient(item), places: call.saved(item), to: dx,
        inLanes: call.setting.arrangement == .lanes)
    }
  }
}

/// The mean of each window; cells outside the image do not count.
package struct AveragePool: Layer, LayerRun {
  package static let kind = "avgpool"
  package let pool: PoolWindow

  package init(size: [Int], stride: [Int]? = nil, padding: [Int] = [0, 0]) throws(NetworkError) {
    try self.init(attributes: [
      "size": .integers(size), "stride": .integers(stride ?? size), "padding": .integers(padding),
    ])
  }

  package init(attributes: [String: Attribute]) throws(NetworkError) {
    pool = try PoolWindow(AveragePool.kind, attributes)
  }

  package var attributes: [(name: String, value: Attribute)] { pool.attributes }
  package var unitFlow: UnitFlow { .passes }

  package func outputShape(for inputs: [[Int]]) throws(NetworkError) -> [Int] {
    try pool.outputShape(stem, inputs)
  }

  package func laneSupport(for inputs: [[Int]]) -> LaneSupport { .follows }

  package func forward(_ call: LayerCall, _ turn: Turn) {
    guard let window = pool.window(call.inputShapes[0]) else { return }
    window.averagePool(
      call.input(turn.examples), to: call.output(turn.examples),
      inLanes: call.setting.arrangement == .lanes)
  }

  package func backward(_ call: LayerCall, _ turn: Turn) {
    guard let window = pool.window(call.inputShapes[0]),
      let dx = call.inputGradient(turn.examples)
    else { return }
    window.averagePoolBack(
      call.outputGradient(turn.examples), to: dx, inLanes: call.setting.arrangement == .lanes)
  }
}

/// The mean of each whole plane: `[C, H, W]` to `[C]`.
package struct GlobalPool: Layer, LayerRun {
  package static let kind = "globalpool"

  package init() {}

  package init(attributes: [String: Attribute]) throws(NetworkError) {
    _ = try AttributeReader(GlobalPool.kind, attributes, knows: [])
  }

  package var attributes: [(name: String, value: Attribute)] { [] }
  package var unitFlow: UnitFlow { .passes }

  package func outputShape(for inputs: [[Int]]) throws(NetworkError) -> [Int] {
    let wants = "channels with at least one position each, such as [channels, height, width]"
    let input = try single(inputs, wants) { $0.count >= 2 && $0.allSatisfy { $0 > 0 } }
    return [input[0]]
  }

  package func laneSupport(for inputs: [[Int]]) -> LaneSupport { .follows }

  /// Planes of the turn, each `positions` wide.
  private func planes(_ call: LayerCall, _ wide: Floats, _ narrow: Floats) -> Planes {
    Planes(
      wide, means: narrow, positions: call.inputShapes[0].dropFirst().reduce(1, *),
      inLanes: call.setting.arrangement == .lanes)
  }

  package func forward(_ call: LayerCall, _ turn: Turn) {
    planes(call, call.input(turn.examples), call.output(turn.examples)).average()
  }

  package func backward(_ call: LayerCall, _ turn: Turn) {
    guard let dx = call.inputGradient(turn.examples) else { return }
    planes(call, dx, call.outputGradient(turn.examples)).spread()
  }
}
