// How examples come to a network: in its shape.
package import Tensors

/// Examples with as many numbers as the network wants take its shape: 28×28 images feed 784 inputs.
package enum Fitting {
  package static func fit(_ inputs: Tensor, to network: Network) -> Tensor {
    guard let count = inputs.shape.first, Array(inputs.shape.dropFirst()) != network.inputShape,
      inputs.shape.dropFirst().reduce(1, *) == network.inputShape.reduce(1, *)
    else { return inputs }
    return (try? inputs.reshaped([count] + network.inputShape)) ?? inputs
  }

  package static func fit(_ data: Dataset, to network: Network) -> Dataset {
    Dataset(
      name: data.name, part: data.part, inputs: fit(data.inputs, to: network), labels: data.labels,
      classes: data.classes, digest: data.digest, augmentation: data.augmentation)
  }
}
