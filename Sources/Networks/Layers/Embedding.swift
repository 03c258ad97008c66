// Embedding: a learned vector for each entry of a vocabulary.
internal import Kernels

/// y[d, t] = W[index[t], d], with W `[vocabulary, units]` and indices as whole floats.
/// Units come first in the output `[units, length]`, as everywhere in this house.
package struct Embedding: Layer, LayerRun {
  package static let kind = "embedding"
  package let vocabulary: Int
  package let units: Int

  package init(vocabulary: Int, units: Int) throws(NetworkError) {
    try self.init(attributes: ["vocabulary": .integer(vocabulary), "units": .integer(units)])
  }

  package init(attributes: [String: Attribute]) throws(NetworkError) {
    let read = try AttributeReader(Embedding.kind, attributes, knows: ["vocabulary", "units"])
    vocabulary = try read.integer("vocabulary", in: 1...AttributeReader.largest)
    units = try read.integer("units", in: 1...AttributeReader.largest)
  }

  package var attributes: [(name: String, value: Attribute)] {
    [("vocabulary", .integer(vocabulary)), ("units", .integer(units))]
  }

  package var unitFlow: UnitFlow { .looksUp }

  package func keeping(_ kept: KeptUnits) throws(NetworkError) -> any Layer {
    try with(["units": .integer(kept.outputs.count)])
  }

  package func outputShape(for inputs: [[Int]]) throws(NetworkError) -> [Int] {
    [units, try single(inputs, "a list of indices") { $0.count == 1 }[0]]
  }

  package func parameters(for inputs: [[Int]]) -> [ParameterPlan] {
    [ParameterPlan("weight", .weight, [vocabulary, units], .normal(deviation: 1))]
  }

  package func division(_ setting: Setting) -> Division { .batch }

  /// The row of an index. Inputs are checked at the door; computed ones are kept in range.
  private func row(_ value: Float) -> Int {
    value >= 0 && value < Float(vocabulary) ? Int(value) : 0
  }

  package func forward(_ call: LayerCall, _ turn: Turn) {
    let length = call.inputShapes[0][0]
    let table = call.parameters[0]
    call.workers.run(blocks: call.count) { i, _ in
      let x = call.input(i..<i + 1)
      let y = call.output(i..<i + 1)
      for t in 0..<length {
        let vector = table.slice(row(x[t]) * units, units)
        for d in 0..<units { y[d * length + t] = vector[d] }
      }
    }
  }

  package func backward(_ call: LayerCall, _ turn: Turn) {
    // Indices have no slope.
    call.inputGradient(call.batch)?.fill(0)
    guard let gradient = call.gradient(0) else { return }
    let length = call.inputShapes[0][0]
    let width = 16
    call.workers.run(blocks: (units + width - 1) / width) { block, _ in
      let part = block * width..<min(units, (block + 1) * width)
      for entry in 0..<vocabulary {
        gradient.slice(entry * units + part.lowerBound, part.count).fill(0)
      }
      for i in call.batch {
        let x = call.input(i..<i + 1)
        let dy = call.outputGradient(i..<i + 1)
        for t in 0..<length {
          let vector = gradient.slice(row(x[t]) * units, units)
          for d in part { vector[d] += dy[d * length + t] }
        }
      }
    }
  }
}
