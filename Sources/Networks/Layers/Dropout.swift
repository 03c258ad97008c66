// Dropout: forgets a random share of its inputs while training, and does nothing otherwise.
internal import Kernels

/// y = x / (1 - share) with probability 1 - share, else 0. Srivastava et al. 2014, JMLR 15:1929.
package struct Dropout: Layer, LayerRun {
  package static let kind = "dropout"
  package let share: Double

  package init(share: Double) throws(NetworkError) {
    try self.init(attributes: ["share": .number(share)])
  }

  package init(attributes: [String: Attribute]) throws(NetworkError) {
    let read = try AttributeReader(Dropout.kind, attributes, knows: ["share"])
    share = try read.share("share", to: 0.999)
  }

  package var attributes: [(name: String, value: Attribute)] { [("share", .number(share))] }
  package var unitFlow: UnitFlow { .passes }

  package func outputShape(for inputs: [[Int]]) throws(NetworkError) -> [Int] {
    try single(inputs, "one input")
  }

  package func laneSupport(for inputs: [[Int]]) -> LaneSupport { .follows }

  /// The numbers of an example follow from its place in the batch, whoever works on it.
  private func seed(_ call: LayerCall, _ example: Int) -> UInt64 {
    var z = call.seed ^ call.salt &+ UInt64(example) &* 0x9E37_79B9_7F4A_7C15
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }

  package func forward(_ call: LayerCall, _ turn: Turn) {
    guard call.setting.learns else {
      return call.output(turn.examples).copy(from: call.input(turn.examples))
    }
    call.each(turn) { item in
      call.output(item)
        .dropout(call.input(item), share: Float(share), seed: seed(call, item.lowerBound))
    }
  }

  package func backward(_ call: LayerCall, _ turn: Turn) {
    guard call.setting.learns else {
      call.inputGradient(turn.examples)?.copy(from: call.outputGradient(turn.examples))
      return
    }
    call.each(turn) { item in
      call.inputGradient(item)?
        .dropout(
          call.outputGradient(item), share: Float(share), seed: seed(call, item.lowerBound))
    }
  }
}
