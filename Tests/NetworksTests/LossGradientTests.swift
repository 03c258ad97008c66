// Slopes of the mean loss are the same bits for any number of threads, with pieces held or not.
import Kernels
import Networks
import Tensors
import Testing

@Suite struct LossGradientTests {
  private func network() throws -> Network {
    let layers: [Blueprint] = [
      .layer(try Conv2D(filters: 6, kernel: [3, 3])), .layer(try Activation(.relu)),
      .layer(try MaxPool(size: [2, 2])), .layer(Flatten()), .layer(try DenseLayer(units: 40)),
      .layer(try Activation(.relu6)), .layer(try DenseLayer(units: 10)),
    ]
    return try Network.build(
      name: "slopes", input: [1, 12, 12], blueprint: layers, random: RandomStream(seed: 2))
  }

  private func data() throws -> Dataset {
    var random = RandomStream(seed: 7)
    let inputs = try random.normal(shape: [70, 1, 12, 12])
    return Dataset(
      name: "random", part: "", inputs: inputs, labels: (0..<70).map { $0 * 3 % 10 }, classes: 10,
      digest: "")
  }

  @Test(arguments: [false, true]) func threadsDoNotMatter(_ holds: Bool) throws {
    let network = try network()
    let data = try data()
    func slopes(_ threads: Int) throws -> [[Float]] {
      let gradient = try LossGradient(
        network, on: data, batch: 40, holds: holds, workers: Workers(threads: threads))
      #expect(gradient.batches == [0..<35, 35..<70])
      var all: [[Float]] = []
      for batch in gradient.batches {
        for place in gradient.places.indices {
          let node = gradient.places[place].node
          gradient.move(place, to: network.nodes[node].parameters[0].value.elements)
        }
        if holds {
          try gradient.choosePieces(batch, monitor: .silent)
          gradient.move(0, to: network.nodes[0].parameters[0].value.elements.map { $0 + 0.01 })
        }
        try gradient.run(batch, monitor: .silent)
        all += gradient.places.indices.map { gradient.gradient($0) }
      }
      return all
    }
    let one = try slopes(1)
    #expect(try slopes(2) == one)
    #expect(try slopes(5) == one)
  }
}
