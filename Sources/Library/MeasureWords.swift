// Words that say what was gained and lost: measure and ledger.
import Charts
import Compression
import Encodings
import Formats
import Interpreter
import Networks

enum MeasureWords {
  static let all = [measure, ledger, receipt]

  static let measure = Builtin(
    "measure",
    "Says what networks weigh, how well they answer, and how fast; the first one is compared with.",
    Parameter<Candidates>("networks", "one, or several to compare, or a list of them"),
    Parameter<DatasetValue?>("on", "labelled examples they were not trained on"),
    Parameter<Bool>("latency", "time the answer to one example", default: true),
    details:
      "accuracy: with its 95% Wilson interval. bytes: of the file that `save` would write. gzip: of "
      + "that file, compressed. ratios: how many times smaller than the first network, each of its own kind. time: "
      + "median of 31 answers to one example after 5 to warm up, with the interquartile range as spread. p: "
      + "McNemar's test; a small one says that the answers differ by more than chance. Where one of the "
      + "networks skips zeros: dense_time and sparse_time of all that have some, and which of the two wins.",
    source: "Wilson 1927, doi:10.1080/01621459.1927.10502953; McNemar 1947, doi:10.1007/BF02295996",
    examples: [
      Example("measure(mlp([64, 16, 10]), latency: false).parameters", shows: "1,210"),
      Example(
        "net = mlp [64, 16, 10]\nmeasure(net, prune(net, 50%), latency: false).nonzero_ratio",
        shows: "[1×, 2×]"),
    ], seeAlso: ["accuracy", "ledger", "plot"]
  ) { context, networks, data, latency -> Value in
    let names = context.argumentTexts
    guard !networks.items.isEmpty else {
      throw Problem("E0206", "`measure` needs at least one network", parameter: "networks")
    }
    let timesZeros = networks.items.contains { $0.network.skipsZeros != nil }
    var measured: [Measured] = []
    for (i, network) in networks.items.enumerated() {
      try context.checkInterrupt()
      let name = TextWidth.cut(
        names.count == networks.items.count ? names[i] : network.network.name, to: 24)
      measured.append(
        try Measured(
          network, name, data?.dataset, latency: latency, timesZeros: timesZeros, context))
      if let warning = network.storedZeros { context.warn("\(name): \(warning)") }
    }
    let comparison = try Comparison(measured.map(\.measurement))
    let (first, isAlone) = (measured[0], measured.count == 1)
    let rows = zip(measured, comparison.rows).map { measured, row in
      Value.record(measured.fields(row, against: isAlone ? nil : first, timesZeros: timesZeros))
    }
    return rows.count == 1 ? rows[0] : .list(rows)
  }

  static let ledger = Builtin(
    "ledger",
    "Says where every bit of a network's file is; the lines add up to 8 times the file's bytes.",
    Parameter<NetworkValue>("network", "any network"),
    examples: [
      Example("net = mlp [64, 16, 10]\nsum(ledger(net).bits) == 8 * net.bytes.value", shows: "true")
    ], seeAlso: ["measure", "save"]
  ) { _, network -> Value in
    let lines = Container.ledger(of: network.network)
    let total = lines.reduce(0) { $0 + $1.bits }
    let loose = Set(
      network.network.parameters.filter { network.sizeVaries($0.parameter) }.map(\.name))
    let rows = lines.map { line in
      let (bits, share) = (Double(line.bits), Double(line.bits) / Double(max(1, total)))
      let isLoose = loose.contains(line.part) && line.purpose != .header
      return Value.record([
        ("part", .text(line.part)), ("stored", .text(line.encoding)),
        ("purpose", .text(line.purpose.rawValue)),
        ("bits", .quantity(bits, .count(.plain), mark: isLoose ? .within(bits * 0.03) : .exact)),
        ("share", .quantity(share, .fraction, mark: loose.isEmpty ? .exact : .within(0.02))),
      ])
    }
    return .list(rows)
  }
}

extension MeasureWords {
  static let receipt = Builtin(
    "receipt",
    "Says how a network came to be, and what each of its tensors is stored as: asked, got, and why.",
    Parameter<NetworkValue>("network", "any network"),
    details: "nominal bits: what the type's name says. effective bits: with scales, zero points, "
      + "positions and padding, as the file has them. Members: steps, tensors, plain.",
    examples: [
      Example("count(receipt(quantize(mlp([64, 16, 10]))).plain)", shows: "2")
    ], seeAlso: ["ledger", "describe", "measure"]
  ) { _, network -> ReceiptValue in ReceiptValue(network) }
}

/// One network, measured.
private struct Measured {
  let value: NetworkValue
  let measurement: Measurement
  private let accuracy: Quantity?

  init(
    _ value: NetworkValue, _ name: String, _ data: Dataset?, latency: Bool, timesZeros: Bool,
    _ context: Context
  ) throws {
    self.value = value
    let options = MeasureOptions(repetitions: latency ? 31 : 0, timesZeros: timesZeros) { network in
      let file = Container.bytes(of: network)
      return (file.count, Deflate.gzip(file).count)
    }
    measurement = try Marking.arguments {
      try Compression.measure(
        value.network, name: name, on: data.map { Fitting.fit($0, to: value.network) }, options,
        monitor: context.monitor("measure"))
    }
    accuracy = measurement.accuracy?.quantity
  }

  private var fileBytes: Value { value.fileBytes(measurement.fileBytes ?? 0) }
  private var gzipBytes: Value { value.gzipBytes(measurement.gzipBytes ?? 0) }

  /// A row of the table: what is lost and gained first, for that is what fits the first page. Ratios
  /// and flips only where there is something to compare with.
  func fields(
    _ row: Comparison.Row, against first: Measured?, timesZeros: Bool
  ) -> [(name: String, value: Value)] {
    let footprint = measurement.footprint
    var fields: [(name: String, value: Value?)] = [
      ("network", .text(measurement.name)), ("accuracy", accuracy?.bridged),
      ("p", first != nil && accuracy != nil ? p(row.flips) : nil), ("bytes", fileBytes),
      ("ratio", ratio(.fileBytes, .file, row, first) { $0.fileBytes }),
    ]
    if let latency = measurement.latency {
      fields.append(("time", .quantity(latency.medianSeconds, .seconds, mark: .volatile)))
    }
    fields += [
      ("loss", measurement.loss.map { .quantity($0, .count(.plain), mark: .loss($0)) }),
      ("gzip", gzipBytes),
      ("gzip_ratio", ratio(.gzipBytes, .gzip, row, first) { $0.gzipBytes }),
      ("parameters", .quantity(Double(footprint.parameters), .count(.plain))),
      ("nonzeros", nonZeros),
      ("nonzero_ratio", ratio(.nonZeros, .nonzeros, row, first) { $0.nonZeros }),
      ("bits_per_weight", value.bitsPerWeight(footprint)),
      ("macs", .quantity(Double(footprint.multiplyAccumulates), .count(.operations))),
    ]
    if let latency = measurement.latency {
      fields.append(("spread", .quantity(latency.spreadSeconds, .seconds, mark: .volatile)))
      if timesZeros { fields += bothTimes }
    }
    return fields.compactMap { field in field.value.map { (field.name, $0) } }
  }

  /// Dense, and skipping zeros; empty for a network that has none to skip.
  private var bothTimes: [(name: String, value: Value?)] {
    func time(_ latency: Latency?) -> Value {
      latency.map { .quantity($0.medianSeconds, .seconds, mark: .volatile) } ?? .none
    }
    let (dense, sparse) = (measurement.denseLatency, measurement.sparseLatency)
    let wins = dense.flatMap { dense in
      sparse.map { $0.medianSeconds < dense.medianSeconds ? "sparse" : "dense" }
    }
    return [
      ("dense_time", time(dense)), ("sparse_time", time(sparse)),
      ("wins", wins.map(Text.volatile) ?? Value.none),
    ]
  }

  private var nonZeros: Value { value.nonZeros(measurement.footprint) }

  /// Known as well as both sizes are.
  private func ratio(
    _ kind: Ratio.Kind, _ basis: Quantity.Basis, _ row: Comparison.Row, _ first: Measured?,
    _ size: (Measured) -> Value
  ) -> Value? {
    guard let first else { return nil }
    guard let ratio = row.ratios.first(where: { $0.kind == kind })?.value else {
      return .quantity(1, .ratio(basis))
    }
    let width = Measured.share(size(self)) + Measured.share(size(first))
    return .quantity(ratio, .ratio(basis), mark: width > 0 ? .within(ratio * width) : .exact)
  }

  /// What a size is known within, as a share of it.
  private static func share(_ size: Value) -> Double {
    guard case .quantity(let quantity) = size, case .within(let width) = quantity.mark,
      quantity.value > 0
    else { return 0 }
    return width / quantity.value
  }

  /// Follows from single answers: another machine may come to another one.
  private func p(_ flips: Flips?) -> Value {
    guard let flips else { return .none }
    return .quantity(flips.p, .count(.plain), mark: .volatile)
  }
}

/// The networks to measure: one after the other, or in lists.
struct Candidates: Bridged {
  let items: [NetworkValue]
  static var kind: String { NetworkValue.kind }
  static var isVariadic: Bool { true }
  init(from value: Value) throws(Mismatch) {
    guard case .list(let list) = value else { throw Mismatch(Self.kind) }
    var items: [NetworkValue] = []
    for item in list.items {
      if case .list(let inner) = item {
        for network in inner.items { items.append(try NetworkValue(from: network)) }
      } else {
        items.append(try NetworkValue(from: item))
      }
    }
    self.items = items
  }
  var bridged: Value { .list(items.map(\.bridged)) }
}
