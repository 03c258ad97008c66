// Layers that pick and reorder what there is: a slice along an axis, and channels dealt anew.
internal import Kernels

/// The entries `start..<end` along one axis of each example: axis 0 holds the units.
package struct Slice: Layer, LayerRun, PicksNumbers {
  package static let kind = "slice"
  package let start: Int
  package let end: Int
  package let axis: Int

  package init(_ range: Range<Int>, axis: Int = 0) throws(NetworkError) {
    try self.init(attributes: [
      "start": .integer(range.lowerBound), "end": .integer(range.upperBound),
      "axis": .integer(axis),
    ])
  }

  package init(attributes: [String: Attribute]) throws(NetworkError) {
    let read = try AttributeReader(Slice.kind, attributes, knows: ["start", "end", "axis"])
    start = try read.integer("start", in: 0...AttributeReader.largest)
    end = try read.integer("end", in: 1...AttributeReader.largest)
    axis = try read.integer("axis", in: 0...7, default: 0)
    guard start < end else {
      throw read.refusal("end", "more than the start (\(start))", got: "\(end)")
    }
  }

  package var attributes: [(name: String, value: Attribute)] {
    let range: [(name: String, value: Attribute)] = [
      ("start", .integer(start)), ("end", .integer(end)),
    ]
    return axis == 0 ? range : range + [("axis", .integer(axis))]
  }

  package var unitFlow: UnitFlow { axis == 0 ? .picks(start..<end) : .passes }

  package func keeping(_ kept: KeptUnits) throws(NetworkError) -> any Layer {
    guard axis == 0 else { return self }
    let before = kept.inputs[0].count { $0 < start }
    return try with([
      "start": .integer(before), "end": .integer(before + kept.outputs.count),
    ])
  }

  package func outputShape(for inputs: [[Int]]) throws(NetworkError) -> [Int] {
    var shape = try single(inputs, "at least \(end) entries along axis \(axis)") {
      $0.count > axis && $0[axis] >= end
    }
    shape[axis] = end - start
    return shape
  }

  /// Calls `body` with each run of neighbors: where it begins in the input and in the output.
  private func runs(_ input: [Int], _ body: (_ from: Int, _ to: Int, _ count: Int) -> Void) {
    let inner = input.dropFirst(axis + 1).reduce(1, *)
    let count = (end - start) * inner
    for outer in 0..<input.prefix(axis).reduce(1, *) {
      body((outer * input[axis] + start) * inner, outer * count, count)
    }
  }

  func picks(_ input: [Int]) -> [Int] {
    var places: [Int] = []
    runs(input) { from, _, count in places += from..<from + count }
    return places
  }

  package func forward(_ call: LayerCall, _ turn: Turn) {
    for i in turn.examples {
      let (x, y) = (call.input(i..<i + 1), call.output(i..<i + 1))
      runs(call.inputShapes[0]) { from, to, count in
        y.slice(to, count).copy(from: x.slice(from, count))
      }
    }
  }

  package func backward(_ call: LayerCall, _ turn: Turn) {
    for i in turn.examples {
      guard let dx = call.inputGradient(i..<i + 1) else { return }
      let dy = call.outputGradient(i..<i + 1)
      dx.fill(0)
      runs(call.inputShapes[0]) { from, to, count in
        dx.slice(from, count).copy(from: dy.slice(to, count))
      }
    }
  }
}

/// Deals the channels of each example anew: the first of every group, then the second of every
/// group, and so on. Zhang et al. 2018, arXiv:1707.01083.
package struct ChannelShuffle: Layer, LayerRun, PicksNumbers {
  package static let kind = "channel_shuffle"
  package let groups: Int

  package init(groups: Int) throws(NetworkError) {
    try self.init(attributes: ["groups": .integer(groups)])
  }

  package init(attributes: [String: Attribute]) throws(NetworkError) {
    let read = try AttributeReader(ChannelShuffle.kind, attributes, knows: ["groups"])
    groups = try read.integer("groups", in: 1...AttributeReader.largest)
  }

  package var attributes: [(name: String, value: Attribute)] { [("groups", .integer(groups))] }
  package var unitFlow: UnitFlow { .deals(groups: groups) }

  package func outputShape(for inputs: [[Int]]) throws(NetworkError) -> [Int] {
    try single(inputs, "channels first, in \(groups) groups of one size") {
      !$0.isEmpty && $0[0] > 0 && $0[0] % groups == 0
    }
  }

  /// Calls `body` with each channel's beginning before and after.
  private func channels(_ shape: [Int], _ body: (_ old: Int, _ new: Int, _ count: Int) -> Void) {
    let count = shape.dropFirst().reduce(1, *)
    let size = shape[0] / groups
    for group in 0..<groups {
      for place in 0..<size {
        body((group * size + place) * count, (place * groups + group) * count, count)
      }
    }
  }

  func picks(_ input: [Int]) -> [Int] {
    var places = [Int](repeating: 0, count: input.reduce(1, *))
    channels(input) { old, new, count in
      places.replaceSubrange(new..<new + count, with: old..<old + count)
    }
    return places
  }

  package func forward(_ call: LayerCall, _ turn: Turn) {
    for i in turn.examples {
      let (x, y) = (call.input(i..<i + 1), call.output(i..<i + 1))
      channels(call.inputShapes[0]) { old, new, count in
        y.slice(new, count).copy(from: x.slice(old, count))
      }
    }
  }

  package func backward(_ call: LayerCall, _ turn: Turn) {
    for i in turn.examples {
      guard let dx = call.inputGradient(i..<i + 1) else { return }
      let dy = call.outputGradient(i..<i + 1)
      channels(call.inputShapes[0]) { old, new, count in
        dx.slice(old, count).copy(from: dy.slice(new, count))
      }
    }
  }
}
