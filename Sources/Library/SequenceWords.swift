// Words for sequences: how indices become vectors, and what tells their positions apart.
import Interpreter
import Networks

enum SequenceWords {
  static let all = [embedding, positionEmbedding, segmentEmbedding, classToken]

  static let embedding = Builtin(
    "embedding", "Looks up a learned vector for each index.",
    Parameter<Int>("vocabulary", "how many indices there are", rule: LayerWords.unitsRule),
    Parameter<Int>("units", "the length of a vector", rule: LayerWords.unitsRule),
    details: "A list of indices becomes a sequence [units, positions].",
    examples: [Example("embedding(1000, 16)", shows: "embedding vocabulary 1000, units 16")],
    seeAlso: ["dense", "position_embedding"]
  ) { _, vocabulary, units in
    LayerValue([.layer(try Embedding(vocabulary: vocabulary, units: units))])
  }

  static let positionEmbedding = Builtin(
    "position_embedding", "Adds a learned vector to each position of a sequence.",
    Parameter<Int>(
      "positions", "how many positions a sequence may have", rule: LayerWords.unitsRule),
    details: "Attention alone does not know what comes before what.",
    source: "Gehring et al. 2017, arXiv:1705.03122",
    examples: [Example("position_embedding 512", shows: "position_embedding positions 512")],
    seeAlso: ["attention", "embedding"]
  ) { _, positions in LayerValue([.layer(try PositionEmbedding(positions: positions))]) }

  static let segmentEmbedding = Builtin(
    "segment_embedding", "Adds the learned vector of the first segment to every position.",
    Parameter<Int>("segments", "how many vectors there are", rule: LayerWords.unitsRule),
    details:
      "BERT tells two texts in one input apart by a vector for each. Here there is one text: "
      + "the other vectors are stored, counted, and never used.",
    source: "Devlin et al. 2019, arXiv:1810.04805",
    examples: [Example("segment_embedding 2", shows: "segment_embedding segments 2")],
    seeAlso: ["position_embedding", "embedding"]
  ) { _, segments in LayerValue([.layer(try SegmentEmbedding(segments: segments))]) }

  static let classToken = Builtin(
    "class_token", "Puts a learned vector ahead of a sequence: [units, n] becomes [units, n + 1].",
    Parameter<String?>("name", "its name; without one it is numbered"),
    details: "Attention gathers there what is asked of the sequence as a whole; `slice(0..<1, "
      + "axis: 1)` takes it out again.",
    source: "Dosovitskiy et al. 2021, arXiv:2010.11929",
    examples: [Example("class_token()", shows: "class_token")],
    seeAlso: ["attention", "slice", "position_embedding"]
  ) { _, name in LayerValue([.layer(ClassToken(), name: name)]) }
}
