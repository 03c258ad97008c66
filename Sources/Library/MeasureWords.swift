// Words that say what was gained and lost: measure and ledger.
import Compression
import Encodings
import Formats
import Interpreter
import Networks

enum MeasureWords {
  static let all = [measure, ledger]

  static let measure = Builtin(
    "measure", "Says what networks weigh, how well they answer, and how fast; the first one is compared with.",
    Parameter<Several<NetworkValue>>("networks", "one, or several to compare"),
    Parameter<DatasetValue?>("on", "labelled examples they were not trained on"),
    Parameter<Bool>("latency", "time the answer to one example", default: true),
    details: "accuracy: with its 95% Wilson interval. bytes: of the file that `save` would write. gzip: of "
      + "that file, compressed. ratios: how many times smaller than the first network, each of its own kind. time: "
      + "median of 31 answers to one example after 5 to warm up, with the interquartile range as spread. p: "
      + "McNemar's test; a small one says that the answers differ by more than chance.",
    source: "Wilson 1927, doi:10.1080/01621459.1927.10502953; McNemar 1947, doi:10.1007/BF02295996",
    examples: [
      Example("measure(mlp [64, 16, 10], latency: false).parameters", shows: "1,210"),
      Example(
        "net = mlp [64, 16, 10]\ncount(measure(net, prune(net, 50%), latency: false))", shows: "2"),
    ], seeAlso: ["accuracy", "ledger", "plot"]
  ) { context, networks, data, latency -> Value in
    let names = context.argumentTexts
    guard !networks.items.isEmpty else {
      throw Problem("E0206", "`measure` needs at least one network", parameter: "networks")
    }
    var measured: [Measured] = []
    for (i, network) in networks.items.enumerated() {
      try context.checkInterrupt()
      let name = i < names.count ? names[i] : network.network.name
      measured.append(try Measured(network, name, data?.dataset, latency: latency, context))
    }
    let comparison = try Comparison(measured.map(\.measurement))
    let rows = zip(measured, comparison.rows).map { measured, row in
      Value.record(measured.fields(row, against: measured.isOnly(in: networks) ? nil : comparison))
    }
    return rows.count == 1 ? rows[0] : .list(rows)
  }

  static let ledger = Builtin(
    "ledger", "Says where every bit of a network's file is; the lines add up to 8 times the file's bytes.",
    Parameter<NetworkValue>("network", "any network"),
    examples: [
      Example("net = mlp [64, 16, 10]\nsum(ledger(net).bits) == 8 * net.bytes.value", shows: "true")
    ], seeAlso: ["measure", "save"]
  ) { _, network -> Value in
    let lines = Container.ledger(of: network.network)
    let total = lines.reduce(0) { $0 + $1.bits }
    let rows = lines.map { line in
      Value.record([
        ("part", .text(line.part)), ("stored", .text(line.encoding)),
        ("purpose", .text(line.purpose.rawValue)), ("bits", .number(Double(line.bits))),
        ("share", .quantity(Double(line.bits) / Double(max(1, total)), .fraction)),
      ])
    }
    return .list(rows)
  }
}

/// One network, measured.
private struct Measured {
  let value: NetworkValue
  let measurement: Measurement
  private let accuracy: Quantity?

  init(
    _ value: NetworkValue, _ name: String, _ data: Dataset?, latency: Bool, _ context: Context
  ) throws {
    self.value = value
    let network = value.network
    let file = Container.bytes(of: network)
    var right: [Bool]?
    var loss: Double?
    if let data {
      let fitted = Fitting.fit(data, to: network)
      let result = try network.evaluate(on: fitted, monitor: context.monitor("measure"))
      right = zip(result.predictions, fitted.labels).map { $0 == $1 }
      loss = result.loss
    }
    measurement = Measurement(
      name: name, footprint: Footprint(network), right: right, loss: loss, fileBytes: file.count,
      gzipBytes: Deflate.gzip(file).count,
      latency: latency ? try Measured.latency(of: network, context) : nil)
    accuracy = measurement.accuracy?.quantity
  }

  /// Of one example, with the buffers laid out once, as a server would run it.
  private static func latency(of network: Network, _ context: Context) throws -> Latency {
    let predictor = try Predictor(network, batch: 1)
    let example = Fitting.zeros(for: network)
    let monitor = context.monitor("measure")
    let seconds = try Latency.measure { _ = try predictor.predict(example, monitor: monitor) }
    return try Latency(seconds: seconds, warmups: 5)
  }

  func isOnly(in networks: Several<NetworkValue>) -> Bool { networks.items.count == 1 }

  /// A row of the table; ratios and flips only where there is something to compare with.
  func fields(
    _ row: Comparison.Row, against comparison: Comparison?
  ) -> [(name: String, value: Value)] {
    var fields: [(name: String, value: Value)] = [("network", .text(measurement.name))]
    if let accuracy { fields.append(("accuracy", accuracy.bridged)) }
    if let loss = measurement.loss {
      fields.append(("loss", .quantity(loss, .count(.plain), mark: .loss(loss))))
    }
    fields.append(("bytes", value.fileBytes))
    if comparison != nil { fields.append(("ratio", ratio(.fileBytes, .file, row))) }
    fields.append(("gzip", value.gzipBytes))
    if comparison != nil { fields.append(("gzip ratio", ratio(.gzipBytes, .gzip, row))) }
    let footprint = measurement.footprint
    fields.append(("parameters", .quantity(Double(footprint.parameters), .count(.plain))))
    fields.append(("nonzeros", .quantity(Double(footprint.nonZeros), .count(.nonzeros))))
    if comparison != nil { fields.append(("nonzero ratio", ratio(.nonZeros, .nonzeros, row))) }
    fields.append(("bits/weight", .quantity(footprint.bitsPerWeight, .bits)))
    fields.append(
      ("MACs", .quantity(Double(footprint.multiplyAccumulates), .count(.operations))))
    if let latency = measurement.latency {
      fields.append(("time", .quantity(latency.medianSeconds, .seconds, mark: .volatile)))
      fields.append(("spread", .quantity(latency.spreadSeconds, .seconds, mark: .volatile)))
    }
    if comparison != nil, accuracy != nil { fields.append(("p", p(row.flips))) }
    return fields
  }

  private func ratio(
    _ kind: Ratio.Kind, _ basis: Quantity.Basis, _ row: Comparison.Row
  ) -> Value {
    let ratio = row.ratios.first { $0.kind == kind }?.value ?? 1
    let isExact: Bool
    switch basis {
    case .gzip: isExact = false
    case .file: isExact = value.sizeMark(1) == .exact
    default: isExact = true
    }
    return .quantity(ratio, .ratio(basis), mark: isExact ? .exact : .within(ratio * 0.03))
  }

  /// Follows from single answers: another machine may come to another one.
  private func p(_ flips: Flips?) -> Value {
    guard let flips else { return .none }
    return .quantity((flips.p * 1000).rounded() / 1000, .count(.plain), mark: .volatile)
  }
}
