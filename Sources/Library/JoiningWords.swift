// Words for networks that are no chain: shortcuts, branches and what brings them together, attention.
import Interpreter
import Networks

/// What becomes of the outputs of branches.
enum Join: String, CaseIterable, TableEntry {
  case concatenate, add, multiply

  static var all: [Join] { allCases }
  static var noun: String { "a way to join branches" }
  var name: String { rawValue }
  var summary: String {
    switch self {
    case .concatenate: "their units, one after the other"
    case .add: "their sum"
    case .multiply: "the first times the second, which may have one number for each unit: a gate"
    }
  }
  var layer: any Layer {
    switch self {
    case .concatenate: Concatenate()
    case .add: Add()
    case .multiply: Multiply()
    }
  }
}

enum JoiningWords {
  static let all = [residual, branches, attention]

  static let residual = Builtin(
    "residual", "Adds its input to what its layers make of it.",
    Parameter<LayerValue?>(
      "shortcut", "layers on the way around, where the shapes differ", named: true),
    Parameter<LayerValue>("layers", "the layers, in a block { … } or a list", named: true),
    source: "He et al. 2016, arXiv:1512.03385",
    examples: [Example("residual { dense 64, .relu }", shows: "residual { dense units 64, relu }")],
    seeAlso: ["branches", "network"]
  ) { _, shortcut, layers in
    LayerValue([.residual(layers.steps, shortcut: shortcut?.steps ?? [])])
  }

  static let branches = Builtin(
    "branches", "Gives its input to several rows of layers and joins their outputs.",
    Parameter<[LayerValue]>("rows", "a list of lists of layers; an empty one is the input itself"),
    Parameter<Join>("join", "what becomes of the outputs", default: .concatenate),
    details:
      "With .multiply the second row may give one number for each unit of the first: a gate, "
      + "as in squeeze-and-excitation (Hu et al. 2018, arXiv:1709.01507).",
    examples: [
      Example(
        "branches [[dense(8, .relu)], [dense(8, .tanh)]]",
        shows: "branches { dense units 8, relu } { dense units 8, tanh }"),
      Example(
        "branches([[], [globalpool(), activation(.sigmoid)]], join: .multiply)",
        shows: "branches multiply { } { globalpool, sigmoid }"),
    ], seeAlso: ["residual", "attention", "slice", "network"]
  ) { _, rows, join in
    guard !rows.isEmpty else {
      throw Problem(
        "E0207", "`rows` must be at least one branch, got an empty list",
        help: "such as [[dense(8)], [dense(8)]]", parameter: "rows")
    }
    return LayerValue([.branches(rows.map(\.steps), join: join.layer)])
  }

  static let attention = Builtin(
    "attention", "Lets every position take from all positions what its query finds there.",
    Parameter<Int>(
      "heads", "groups of units that attend each by itself", named: true,
      rule: .within(1...4096)),
    Parameter<LayerValue>("queries", "layers that make the queries", named: true),
    Parameter<LayerValue>("keys", "layers that make the keys", named: true),
    Parameter<LayerValue>("values", "layers that make the values", named: true),
    details: "softmax(K'Q / sqrt(d)) for each head of d units; the values are summed up in those "
      + "shares. It has no weights of its own: the dense layers that it is given have them.",
    source: "Vaswani et al. 2017, arXiv:1706.03762",
    examples: [
      Example(
        "d = dense(8, positions: true)\n"
          + "layer = attention(heads: 2, queries: d, keys: d, values: d)\n"
          + "network(input: [8, 5]) { layer }",
        shows: "network network 8×5 → 8×5, 216 parameters")
    ], seeAlso: ["dense", "branches", "position_embedding", "layernorm"]
  ) { _, heads, queries, keys, values in
    let rows = [queries.steps, keys.steps, values.steps]
    return LayerValue([.branches(rows, join: try Attention(heads: heads))])
  }
}
