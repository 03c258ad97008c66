// Training through the language itself: a session that has the data, and trains the named network for an epoch.

internal import Interpreter
internal import Library
internal import Networks
internal import Notebook
internal import Syntax
internal import Tensors

/// A program of the language, run a cell at a time.
final class Program {
  private let session: Session

  init() {
    session = Session(
      registry: Library.registry, surroundings: Surroundings(folder: "."),
      modules: ModuleShelf.modules(in: "."))
  }

  func dataset(_ expression: String) throws -> Dataset {
    guard let data = Library.dataset(try run(expression)) else {
      throw Refusal("`\(expression)` is no data set")
    }
    return data
  }

  func bind(_ name: String, _ data: Dataset) { session.bind(name, Library.value(data)) }
  func bind(_ name: String, _ network: Network) { session.bind(name, Library.value(network)) }

  /// Runs a cell, and gives its last value.
  @discardableResult
  func run(_ text: String) throws -> Value {
    let cell = CellInput(source: Source(name: "benchmark", text: text), identity: "benchmark")
    let result = session.run(cell) { _ in }
    guard result.isFinished else {
      throw Refusal(result.diagnostics.first?.message ?? "the program did not finish")
    }
    return result.last
  }

  /// A network that the standard library names, or any expression that gives one.
  func network(_ expression: String) throws -> Network {
    guard let network = Library.network(try run(expression)) else {
      throw Refusal("`\(expression)` is no network")
    }
    return network
  }
}

final class Training: Job {
  let units: Double
  private let program = Program()
  private let epoch: String
  private(set) var answer: [Double] = []

  /// - Parameter source: "mnist", or "random" for numbers in the shape of the network's input.
  init(_ network: String, batch: Int, examples: Int, _ source: String) throws {
    units = Double(examples)
    // With the weights that the peers have, too; a residual network draws its own.
    let fresh = try program.network("\(network)()")
    program.bind("net", network == "resnet20" ? fresh : Inference.weighted(fresh))
    program.bind("data", try Training.data(examples, for: fresh, source, program))
    epoch = """
      trained = train net, on: data, epochs: 1, batch: \(batch), optimizer: .sgd, \
      rate: \(0.01 * Double(min(batch, 128)) / 128), momentum: 0.9
      trained.history[0].loss.value
      """
  }

  func run() throws {
    if case .number(let loss) = try program.run(epoch) { answer = [loss] }
  }

  /// - Parameter source: "mnist", or "random".
  static func data(
    _ count: Int, for network: Network, _ source: String, _ program: Program
  ) throws -> Dataset {
    guard source == "mnist" else { return examples(count, for: network) }
    return try program.dataset("(load \"mnist\").train[0..<\(count)]")
  }

  private static func examples(_ count: Int, for network: Network) -> Dataset {
    let shape = network.inputShape
    let pixels = Figures.even(count * shape.reduce(1, *), seed: 1)
    let labels = Figures.even(count, seed: 2).map { Int($0 * 10) }
    return Dataset(
      name: "random", part: "train", inputs: Tensor(trusted: [count] + shape, pixels),
      labels: labels, classes: 10, digest: "")
  }
}
