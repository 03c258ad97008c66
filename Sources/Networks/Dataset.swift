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
  /// What training does to each example anew each time; measuring never does.
  package var augmentation: Augmentation?

  package var count: Int { labels.count }
  package var exampleShape: [Int] { Array(inputs.shape.dropFirst()) }

  package init(
    name: String, part: String, inputs: Tensor, labels: [Int], classes: Int, digest: String,
    augmentation: Augmentation? = nil
  ) {
    self.name = name
    self.part = part
    self.inputs = inputs
    self.labels = labels
    self.classes = classes
    self.digest = digest
    self.augmentation = augmentation
  }

  /// Some of the examples, in the order given.
  package func selecting(_ rows: [Int]) -> Dataset {
    let size = exampleShape.reduce(1, *)
    var elements: [Float] = []
    elements.reserveCapacity(rows.count * size)
    for row in rows { elements += inputs.elements[row * size..<(row + 1) * size] }
    return Dataset(
      name: name, part: part, inputs: Tensor(trusted: [rows.count] + exampleShape, elements),
      labels: rows.map { labels[$0] }, classes: classes, digest: digest,
      augmentation: augmentation)
  }

  /// Copies the examples `order[places]` one after the other.
  /// - Parameter seed: augments them, each as follows from it and the place; nil to leave them.
  func fill(_ rows: Floats, _ order: [Int], _ places: Range<Int>, seed: UInt64? = nil) {
    let size = exampleShape.reduce(1, *)
    for (i, place) in places.enumerated() {
      let row = rows.slice(i * size, size)
      row.copy(from: inputs.elements, at: order[place] * size)
      if let seed { augmentation?.change(row, seed: seed &+ UInt64(place)) }
    }
  }
}

/// Changes to images that do not change their class.
package struct Augmentation: Sendable, Equatable {
  /// `[C, H, W]`: what an example is, also where a network takes it as a list.
  package let image: [Int]
  /// Pixels that an image moves at most, along each axis; what moves in is 0.
  package let shift: Int

  package init(image: [Int], shift: Int) {
    precondition(image.count == 3 && shift >= 0, "images, and how far they may move")
    self.image = image
    self.shift = shift
  }

  func change(_ pixels: Floats, seed: UInt64) {
    var random = RandomStream(seed: seed)
    let down = random.integer(below: 2 * shift + 1) - shift
    let right = random.integer(below: 2 * shift + 1) - shift
    let (height, width) = (image[1], image[2])
    let old = pixels.array
    for channel in 0..<image[0] {
      for y in 0..<height {
        for x in 0..<width {
          let isInside =
            (0..<height).contains(y - down) && (0..<width).contains(x - right)
          pixels[(channel * height + y) * width + x] =
            isInside ? old[(channel * height + y - down) * width + x - right] : 0
        }
      }
    }
  }
}
