// Every layer there is: one entry each. Files, the language and the tests read this table.

/// A layer as the table knows it.
package struct LayerEntry: Sendable {
  /// Its key in files: the layer's `kind`.
  package let name: String
  package let summary: String
  package let make: @Sendable ([String: Attribute]) throws(NetworkError) -> any Layer
}

package enum LayerTable {
  /// In order of increasing complexity.
  package static let all: [LayerEntry] = [
    entry(Flatten.self, "every example as one list of numbers"),
    entry(Reshape.self, "every example in another shape"),
    entry(Activation.self, "a function of each number by itself"),
    entry(ActivationQuantizer.self, "rounds each number to a grid, as integer hardware would"),
    entry(Dropout.self, "forgets a random share of its inputs while training"),
    entry(Add.self, "the sum of several inputs"),
    entry(Multiply.self, "the product of two inputs, or each unit times its gate"),
    entry(Concatenate.self, "the units of several inputs, one after the other"),
    entry(Slice.self, "some of the units, or of the entries along another axis"),
    entry(ChannelShuffle.self, "the channels of several groups, dealt in turn"),
    entry(Softmax.self, "turns scores into shares that sum to one"),
    entry(DenseLayer.self, "every output is a weighted sum of all inputs"),
    entry(Embedding.self, "a learned vector for each entry of a vocabulary"),
    entry(PositionEmbedding.self, "a learned vector added at each position of a sequence"),
    entry(SegmentEmbedding.self, "the learned vector of the first segment, added everywhere"),
    entry(ClassToken.self, "a learned vector ahead of a sequence"),
    entry(MaxPool.self, "the greatest value in each window"),
    entry(AveragePool.self, "the mean of each window"),
    entry(GlobalPool.self, "the mean of each whole channel"),
    entry(LayerNorm.self, "zero mean and unit deviation over the units of each example"),
    entry(BatchNorm.self, "zero mean and unit deviation of each channel over the batch"),
    entry(Conv2D.self, "filters that slide over images"),
    entry(Attention.self, "what each position's query finds among all positions"),
  ]

  /// The layer of this kind with these settings.
  /// - Throws: `NetworkError.unknownLayer`, or `NetworkError.attribute` as the layer does.
  package static func make(
    _ kind: String, _ attributes: [String: Attribute]
  ) throws(NetworkError) -> any Layer {
    guard let entry = all.first(where: { $0.name == kind }) else { throw .unknownLayer(kind) }
    return try entry.make(attributes)
  }

  private static func entry<L: Layer>(_ layer: L.Type, _ summary: String) -> LayerEntry {
    LayerEntry(name: L.kind, summary: summary) { attributes throws(NetworkError) in
      try L(attributes: attributes)
    }
  }
}
