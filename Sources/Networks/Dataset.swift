// Labelled examples: what a network is trained on and measured with.
internal import Kernels
package import Tensors

package struct Dataset: Sendable {
  /// Such as "digits".
  package let name: String
  /// Which part: "train", "test", or "" for the whole.
  package let part: String
  /// `[N, …]`, where `…` is the shape of one example (channels first).
  package let inputs: Tensor
  /// One class per example, counted from 0.
  package let labels: [Int]
  package let classes: Int
  /// SHA-256 of the files that it was read from, in hexadecimal.
  package let digest: String

  package var count: Int { labels.count }
  package var exampleShape: [Int] { Array(inputs.shape.dropFirst()) }

  package init(
    name: String, part: String, inputs: Tensor, labels: [Int], classes: Int, digest: String
  ) {
    self.name = name
    self.part = part
    self.inputs = inputs
    self.labels = labels
    self.classes = classes
    self.digest = digest
  }

  /// Some of the examples, in the order given.
  package func selecting(_ rows: [Int]) -> Dataset {
    let size = exampleShape.reduce(1, *)
    var elements: [Float] = []
    elements.reserveCapacity(rows.count * size)
    for row in rows { elements += inputs.elements[row * size..<(row + 1) * size] }
    return Dataset(
      name: name, part: part, inputs: Tensor(trusted: [rows.count] + exampleShape, elements),
      labels: rows.map { labels[$0] }, classes: classes, digest: digest)
  }

  /// Copies the examples `order[places]` one after the other.
  func fill(_ rows: Floats, _ order: [Int], _ places: Range<Int>) {
    let size = exampleShape.reduce(1, *)
    for (i, place) in places.enumerated() {
      rows.slice(i * size, size).copy(from: inputs.elements, at: order[place] * size)
    }
  }
}
