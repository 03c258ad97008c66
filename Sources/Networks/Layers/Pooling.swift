// Pooling: one number for each window of a plane, or for each whole plane.
internal import Kernels

/// The sizes that maximum and average pooling share.
package struct PoolWindow: Sendable, Equatable {
  package let size: [Int]
  package let stride: [Int]
  package let padding: [Int]
  /// A last window may hang over the edge, where the stride leaves a rest.
  package let ceil: Bool

  init(_ kind: String, _ attributes: [String: Attribute]) throws(NetworkError) {
    let read = try AttributeReader(
      kind, attributes, knows: ["size", "stride", "padding", "ceil"])
    // A place in the window is kept in one byte.
    size = try read.pair("size", in: 1...16)
    stride = try read.pair("stride", in: 1...1024, default: size)
    padding = try read.pair("padding", in: 0...15, default: [0, 0])
    ceil = try read.flag("ceil", default: false)
    guard padding[0] < size[0], padding[1] < size[1] else {
      throw read.refusal("padding", "less than the window (\(size.sizes))", got: padding.sizes)
    }
  }

  var attributes: [(name: String, value: Attribute)] {
    let sizes: [(name: String, value: Attribute)] = [
      ("size", .integers(size)), ("stride", .integers(stride)), ("padding", .integers(padding)),
    ]
    return ceil ? sizes + [("ceil", .integer(1))] : sizes
  }

  /// The settings from which both kinds of pooling are made.
  static func attributes(
    _ size: [Int], _ stride: [Int]?, _ padding: [Int], _ ceil: Bool
  ) -> [String: Attribute] {
    [
      "size": .integers(size), "stride": .integers(stride ?? size),
      "padding": .integers(padding), "ceil": .integer(ceil ? 1 : 0),
    ]
  }

  func window(_ input: [Int]) -> Window? {
    guard input.count == 3 else { return nil }
    return Window(
      channels: input[0], plane: (input[1], input[2]), kernel: (size[0], size[1]),
      stride: (stride[0], stride[1]), padding: (padding[0], padding[1]), ceil: ceil)
  }

  func outputShape(_ layer: String, _ inputs: [[Int]]) throws(NetworkError) -> [Int] {
    guard inputs.count == 1, let input = inputs.first, let window = window(input) else {
      let wants = "images [channels, height, width] of at least \(size[0])×\(size[1])"
      throw .fit(layer: layer, wants: wants, got: inputs)
    }
    return [input[0], window.outHeight, window.outWidth]
  }
}

/// The greatest value in each window.
package struct MaxPool: Layer, LayerRun {
  package static let kind = "maxpool"
  package let pool: PoolWindow

  package init(
    size: [Int], stride: [Int]? = nil, padding: [Int] = [0, 0], ceil: Bool = false
  ) throws(NetworkError) {
    try self.init(attributes: PoolWindow.attributes(size, stride, padding, ceil))
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
    pool.size == [2, 2] && pool.stride == [2, 2] && pool.padding == [0, 0] && !pool.ceil
  }

  package func workspace(_ setting: Setting) -> Workspace {
    let outputs = setting.outputShape.reduce(1, *)
    let isKept = setting.training || setting.arrangement == .rows
    return Workspace(savedPerExample: isKept ? Window.places(outputs) : 0)
  }

  package func forward(_ call: LayerCall, _ turn: Turn) {
    guard let window = pool.window(call.inputShapes[0]) else { return }
    call.each(turn) { item in
      let (x, y) = (call.input(item), call.output(item))
      switch call.setting.arrangement {
      case .rows: window.maxPool(x, to: y, places: call.saved(item))
      case .lanes:
        window.maxPoolLanes(x, to: y, places: call.setting.training ? call.saved(item) : nil)
      }
    }
  }

  package func backward(_ call: LayerCall, _ turn: Turn) {
    guard let window = pool.window(call.inputShapes[0]) else { return }
    call.each(turn) { item in
      guard let dx = call.inputGradient(item) else { return }
      let dy = call.outputGradient(item)
      switch call.setting.arrangement {
      case .rows: window.maxPoolBack(dy, places: call.saved(item), to: dx)
      case .lanes: window.maxPoolLanesBack(dy, places: call.saved(item), to: dx)
      }
    }
  }
}

/// The mean of each window; cells outside the image do not count.
package struct AveragePool: Layer, LayerRun {
  package static let kind = "avgpool"
  package let pool: PoolWindow

  package init(
    size: [Int], stride: [Int]? = nil, padding: [Int] = [0, 0], ceil: Bool = false
  ) throws(NetworkError) {
    try self.init(attributes: PoolWindow.attributes(size, stride, padding, ceil))
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
    pool.window(call.inputShapes[0])?.average(call, turn)
  }

  package func backward(_ call: LayerCall, _ turn: Turn) {
    pool.window(call.inputShapes[0])?.averageBack(call, turn)
  }
}

/// The mean of each whole plane: `[C, H, W]` to `[C]`, or to `[C, 1, 1]`.
package struct GlobalPool: Layer, LayerRun {
  package static let kind = "globalpool"
  /// The axes of the plane stay, with one entry each.
  package let keepdims: Bool

  package init(keepdims: Bool = false) { self.keepdims = keepdims }

  package init(attributes: [String: Attribute]) throws(NetworkError) {
    let read = try AttributeReader(GlobalPool.kind, attributes, knows: ["keepdims"])
    keepdims = try read.flag("keepdims", default: false)
  }

  package var attributes: [(name: String, value: Attribute)] {
    keepdims ? [("keepdims", .integer(1))] : []
  }
  package var unitFlow: UnitFlow { .passes }

  package func outputShape(for inputs: [[Int]]) throws(NetworkError) -> [Int] {
    let wants = "channels with at least one position each, such as [channels, height, width]"
    let input = try single(inputs, wants) { $0.count >= 2 && $0.allSatisfy { $0 > 0 } }
    return keepdims ? [input[0]] + input.dropFirst().map { _ in 1 } : [input[0]]
  }

  package func laneSupport(for inputs: [[Int]]) -> LaneSupport { .follows }

  /// One window over the whole of each plane.
  func window(_ shape: [Int]) -> Window? {
    let plane = (shape[1], shape.dropFirst(2).reduce(1, *))
    return Window(channels: shape[0], plane: plane, kernel: plane, stride: (1, 1), padding: (0, 0))
  }

  package func forward(_ call: LayerCall, _ turn: Turn) {
    window(call.inputShapes[0])?.average(call, turn)
  }

  package func backward(_ call: LayerCall, _ turn: Turn) {
    window(call.inputShapes[0])?.averageBack(call, turn)
  }
}

extension Window {
  fileprivate func average(_ call: LayerCall, _ turn: Turn) {
    let (x, y) = (call.input(turn.examples), call.output(turn.examples))
    switch call.setting.arrangement {
    case .rows: averagePool(x, to: y)
    case .lanes: averagePoolLanes(x, to: y)
    }
  }

  fileprivate func averageBack(_ call: LayerCall, _ turn: Turn) {
    guard let dx = call.inputGradient(turn.examples) else { return }
    let dy = call.outputGradient(turn.examples)
    switch call.setting.arrangement {
    case .rows: averagePoolBack(dy, to: dx)
    case .lanes: averagePoolLanesBack(dy, to: dx)
    }
  }
}
