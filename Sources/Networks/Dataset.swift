// Labelled examples: what a network is trained on and measured with.
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
}
