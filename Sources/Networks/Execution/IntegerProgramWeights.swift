// Layers that multiply by weights, as steps on codes of eight bits.
internal import Encodings
internal import Kernels
internal import Tensors

extension IntegerProgram {
  mutating func dense(_ layer: DenseLayer, _ n: Int) throws(NetworkError) {
    let shape = network.inputShapes(of: n)[0]
    guard !layer.positions else { return try positions(layer, n, CodePlane(shape)) }
    let from = try source(n)
    let plane = tensors[from].plane
    guard
      let window = Window(
        channels: plane.count, plane: (1, 1), kernel: (1, 1), stride: (1, 1), padding: (0, 0))
    else { throw refusal(n, "its input is too large") }
    // Weights count through channels first, codes lie with channels side by side.
    let isMoved = plane.height * plane.width > 1 && plane.channels > 1
    try windows(
      n, from, window, groups: 1, filters: layer.units, hasBias: layer.bias,
      order: isMoved ? (0..<plane.count).map { plane.place(of: $0) } : nil)
  }

  /// The same product at every position: a convolution of one place.
  private mutating func positions(
    _ layer: DenseLayer, _ n: Int, _ plane: CodePlane
  ) throws(NetworkError) {
    guard
      let window = Window(
        channels: plane.channels, plane: (plane.height, plane.width), kernel: (1, 1),
        stride: (1, 1), padding: (0, 0))
    else { throw refusal(n, "its input is too large") }
    let from = moved(try source(n), network.inputShapes(of: n)[0])
    try windows(n, from, window, groups: 1, filters: layer.units, hasBias: layer.bias)
  }

  mutating func convolution(_ layer: Conv2D, _ n: Int) throws(NetworkError) {
    let shape = network.inputShapes(of: n)[0]
    guard let window = layer.window(shape) else {
      throw refusal(n, "its windows have no whole-number form")
    }
    try windows(
      n, moved(try source(n), shape), window, groups: layer.groups, filters: layer.filters,
      hasBias: layer.bias)
  }

  /// - Parameter order: where each weight of a filter lies; nil where they are.
  private mutating func windows(
    _ n: Int, _ from: Int, _ window: Window, groups: Int, filters: Int, hasBias: Bool,
    order: [Int]? = nil
  ) throws(NetworkError) {
    let parameters = network.nodes[n].parameters
    guard let weights = IntegerWeights(exactly: parameters[0]) else {
      throw IntegerWeights.refusal(network.nodes[n].name)
    }
    let (grid, codes) = try target(n)
    let old = tensors[from].grid
    let depth = weights.codes.count / filters
    var bias: [Int32] = []
    for filter in 0..<filters {
      let part = weights.codes[filter * depth..<(filter + 1) * depth]
      let unit = Double(old.scale) * Double(weights.scales[filter])
      let own =
        hasBias && unit > 0 ? (Double(parameters[1].value.elements[filter]) / unit).rounded() : 0
      var (sum, reach) = (0, 0)
      for code in part {
        sum += Int(code)
        reach += abs(Int(code)) * 128
      }
      let total = own - Double(old.zero * sum)
      guard abs(total) + Double(reach) < 0x1p31 else {
        throw refusal(n, "the sums of filter \(filter) would not fit in 32 bits")
      }
      bias.append(Int32(total))
    }
    let multipliers = weights.scales.map {
      Double(old.scale) * Double($0) / Double(grid.scale)
    }
    guard
      let rescale = Rescale(
        multipliers: multipliers, bias: bias, zero: grid.zero, codes: codes)
    else { throw refusal(n, "its scales are too far from its output's") }
    guard sums == .integers else {
      let layer = SimulatedWindows(
        weights.ordered(order), window: window, groups: groups, filters: filters, zero: old.zero,
        rescale: rescale)
      places[n] = make(.simulated(layer), [from], layer.output, grid)
      return
    }
    let layer = IntegerWindows(
      weights.ordered(order), window: window, groups: groups, filters: filters, zero: old.zero,
      lowest: old.codes.lowerBound, rescale: rescale,
      pools: groups == 1 && absorbsPool(n))
    scratchCount = max(scratchCount, layer.scratchCount)
    places[n] = make(.windows(layer), [from], layer.output, grid)
  }

  /// Whether 2 x 2 pooling follows a convolution directly, or behind activations that clip: the
  /// greatest of some sums gives the greatest of their codes.
  private mutating func absorbsPool(_ n: Int) -> Bool {
    var now = n
    while let next = readers.only(of: now) {
      if let pool = network.nodes[next].layer as? MaxPool {
        guard pool.isPairPool, network.shapes[now].count == 3 else { return false }
        absorbed.insert(next)
        return true
      }
      guard absorbed.contains(next) else { return false }
      now = next
    }
    return false
  }
}

extension IntegerWeights {
  /// The codes with those of each row in another order.
  fileprivate func ordered(_ order: [Int]?) -> [Int8] {
    guard let order, !order.isEmpty else { return codes }
    var moved = codes
    for start in stride(from: 0, to: codes.count, by: order.count) {
      for (i, place) in order.enumerated() { moved[start + place] = codes[start + i] }
    }
    return moved
  }
}
