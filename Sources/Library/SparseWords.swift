// Words about zeros that are skipped: skip_zeros, and what that brings, measured.
import Charts
import Compression
import Interpreter
import Networks

enum SparseWords {
  static let all = [skipZeros, sparseLatency]

  static let skipZeros = Builtin(
    "skip_zeros",
    "Gives the network that skips its weights of 0 when it answers; its numbers stay as they are.",
    Parameter<NetworkValue>("network", "a pruned network"),
    Parameter<ZeroSkipping>("as", "in which format the weights are read", default: .auto),
    details:
      "Pruning alone makes nothing faster: dense loops multiply zeros, too. Here dense and conv layers "
      + "read only what is left. .auto asks each layer's zeros, not the clock: blocks of 4, 8 or 16 "
      + "rows run as such, other zeros as csr where at most 25% of the weights are left, N:M patterns "
      + "where more are; every other layer stays dense, and says so. With a format, a layer whose zeros "
      + "are of another kind is an error. `measure` then shows both times, sparse_latency those of "
      + "each layer. The answers are those of the dense network, up to the rounding of sums. Training "
      + "runs dense; answers in whole numbers do, too.",
    source: "Gale et al. 2020, arXiv:2006.10901; Park et al. 2017, arXiv:1608.01409",
    examples: [
      Example("skip_zeros(prune(mlp([64, 32, 10]), 90%)).layers[0].runs", shows: "csr"),
      Example(
        "net = prune(mlp([64, 32, 10]), 90%)\ndata = load \"digits\"\nx = data.test\n"
          + "max(abs(predict(net, x) - predict(skip_zeros(net), x))) < 0.0001",
        shows: "true"),
    ], seeAlso: ["prune", "sparse_latency", "measure"],
    finish: NetworkValue.recorded(as: "skip_zeros")
  ) { context, network, zeros -> NetworkValue in
    guard let format = zeros.format else {
      var made = network.network
      made.skipsZeros = nil
      return CompressionWords.finished(Compressed(made), network, keepsWeights: true, context)
    }
    let result = try Marking.arguments {
      try Compression.skipZeros(network.network, in: format)
    }
    return CompressionWords.finished(result, network, keepsWeights: true, context)
  }

  static let sparseLatency = Builtin(
    "sparse_latency",
    "Times each pruned layer by itself, dense and skipping its zeros, and says which wins.",
    Parameter<NetworkValue>("network", "a pruned network"),
    Parameter<Int>("batch", "examples at a time", default: 1, rule: .within(1...4096)),
    Parameter<Int>(
      "repetitions", "answers of which each time is the median", default: 31,
      rule: .within(1...10_000)),
    details:
      "density: the share of the weights that is left. dense, csr, block, pattern: medians on this "
      + "machine, after 5 answers to warm up; empty where the zeros do not have that structure. "
      + "wins: the fastest of these. wins_below: the density below which csr was faster than dense, "
      + "with zeros at random places in a layer of this shape, between the rungs of a ladder from 1% "
      + "to 90%; 0% where it never was, 100% where it always was. Everything that follows from the "
      + "clock is marked with ≈, names too.",
    examples: [
      Example(
        "count(sparse_latency(prune(mlp([64, 32, 10]), 90%), repetitions: 1))", shows: "2")
    ], seeAlso: ["skip_zeros", "measure"]
  ) { context, network, batch, repetitions -> Value in
    var options = SparseLatencyOptions()
    (options.batch, options.repetitions) = (batch, repetitions)
    let rows = try Marking.arguments {
      try Compression.sparseLatency(
        network.network, options, monitor: context.monitor("sparse_latency"))
    }
    return .list(rows.map { .record(fields($0)) })
  }

  private static func fields(_ row: SparseLatency) -> [(name: String, value: Value)] {
    func time(_ latency: Latency?) -> Value {
      latency.map { .quantity($0.medianSeconds, .seconds, mark: .volatile) } ?? .none
    }
    let formats = SparseFormat.allCases.filter { $0 != .auto }.map { format in
      (
        name: format.rawValue,
        value: time(row.sparse.first { $0.structure.format == format }?.latency)
      )
    }
    return [
      ("layer", .text(row.layer)), ("density", .quantity(row.density, .fraction)),
      ("dense", time(row.dense)),
    ] + formats + [
      ("wins", Text.volatile(row.fastest?.format.rawValue ?? "dense")),
      (
        "wins_below",
        .quantity((row.crossover * 100).rounded() / 100, .fraction, mark: .volatile)
      ),
    ]
  }
}

/// How a network reads its weights, or that it reads them all.
struct ZeroSkipping: TableEntry {
  let name: String
  let summary: String
  /// Nil for dense loops.
  let format: SparseFormat?
  static let noun = "a format of zeros"
  static let auto = ZeroSkipping(.auto, "what each layer's zeros fit, or dense")
  static let all = [
    auto,
    ZeroSkipping(.csr, "compressed sparse rows: each weight that is left, with its place"),
    ZeroSkipping(.block, "blocks of 4, 8 or 16 neighbors that are left or pruned together"),
    ZeroSkipping(.pattern, "N of every M neighbors in a row are left, as in 2:4"),
    ZeroSkipping(name: "dense", summary: "no zeros are skipped", format: nil),
  ]

  private init(_ format: SparseFormat, _ summary: String) {
    self.init(name: format.rawValue, summary: summary, format: format)
  }

  private init(name: String, summary: String, format: SparseFormat?) {
    (self.name, self.summary, self.format) = (name, summary, format)
  }
}

extension Text {
  /// A word that follows from times: another run may come to another one, and nothing compares it.
  static func volatile(_ word: String) -> Value { .text("≈" + word) }
}
