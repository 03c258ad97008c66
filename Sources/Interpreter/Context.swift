// What a word may ask of the run that it is called in: random numbers, whether to stop, the folder that it
// may read, a place for what it shows.

import Synchronization
package import Tensors

/// What a cell shows, in order.
package enum Output: Sendable {
  case value(Value)
  case text(String)
  case warning(String)
}

/// Set from a signal handler, read everywhere.
package final class InterruptFlag: Sendable {
  private let flag = Atomic<Bool>(false)
  package init() {}
  @inline(__always)
  package var isSet: Bool { flag.load(ordering: .relaxed) }
  package func set() { flag.store(true, ordering: .relaxed) }
  package func clear() { flag.store(false, ordering: .relaxed) }
}

/// A file that a cell read: part of its key.
package struct FileRead: Sendable, Equatable {
  package let path: String
  package let digest: String
  package init(path: String, digest: String) {
    self.path = path
    self.digest = digest
  }
}

/// Where a program stands in the world.
package struct Surroundings: Sendable {
  /// Relative paths start here.
  package var folder: String
  /// The folders that may be read; nil allows every one.
  package var readable: [String]?
  /// The folders that may be written; nil allows every one.
  package var writable: [String]?
  /// Long work reports here; nil where nobody watches.
  package var progress: (@Sendable (ProgressReport) -> Void)?
  /// Environment variables that the library may look at.
  package var variables: [String: String]

  package init(
    folder: String, readable: [String]? = nil, writable: [String]? = nil,
    variables: [String: String] = [:], progress: (@Sendable (ProgressReport) -> Void)? = nil
  ) {
    self.folder = folder
    self.readable = readable
    self.writable = writable
    self.variables = variables
    self.progress = progress
  }
}

/// Where long work is; for a terminal only.
package struct ProgressReport: Sendable {
  /// Such as "train, epoch 2 of 8".
  package var label: String
  /// Examples done; `total` will be done at the end.
  package var done: Int
  package var total: Int
  package var loss: Double?
  /// A fraction in 0...1.
  package var accuracy: Double?

  package init(label: String, done: Int, total: Int, loss: Double? = nil, accuracy: Double? = nil) {
    self.label = label
    self.done = done
    self.total = total
    self.loss = loss
    self.accuracy = accuracy
  }
}

package final class Context {
  package let surroundings: Surroundings
  package let registry: Registry
  package let interrupt: InterruptFlag
  /// The seed of the file or session.
  package private(set) var seed: UInt64
  /// The names that the standard library provides without an `import`.
  package let provided: @Sendable () -> [String]
  private let cell: String
  private let emitOutput: (Output) -> Void
  private var streams = 0
  package private(set) var filesRead: [FileRead] = []
  /// How the several arguments of the word being called are written, for naming what they stand for.
  package internal(set) var argumentTexts: [String] = []
  /// The arguments of the word being called, as written; only of words that finish their results.
  package internal(set) var arguments: [(name: String, value: Value)] = []
  /// Set by the evaluator: runs a function value.
  var apply: ((Function, [Value]) throws -> Value)?
  /// The same with one argument.
  var applyToOne: ((Function, Value) throws -> Value)?

  init(
    surroundings: Surroundings, registry: Registry, interrupt: InterruptFlag, seed: UInt64,
    provided: @escaping @Sendable () -> [String], cell: String,
    emit: @escaping (Output) -> Void
  ) {
    self.surroundings = surroundings
    self.registry = registry
    self.interrupt = interrupt
    self.seed = seed
    self.provided = provided
    self.cell = cell
    emitOutput = emit
  }

  /// A stream of random numbers that follows from the seed, the cell, and how many streams the cell drew
  /// before: other cells do not change it.
  package func randomStream() -> RandomStream {
    defer { streams += 1 }
    return RandomStream(seed: seed).split("\(cell)/\(streams)")
  }

  /// From here on, and for later cells.
  package func setSeed(_ seed: UInt64) { self.seed = seed }

  package func emit(_ output: Output) { emitOutput(output) }
  package func warn(_ text: String) { emit(.warning(text)) }
  package func didRead(_ file: FileRead) {
    if !filesRead.contains(file) { filesRead.append(file) }
  }

  package func call(_ function: Function, _ arguments: [Value]) throws -> Value {
    guard let apply else { throw Problem("E0399", "there is no evaluator here") }
    return try apply(function, arguments)
  }

  /// The same with one argument: a loop over items that makes no list of arguments for each.
  package func call(_ function: Function, with argument: Value) throws -> Value {
    guard let applyToOne else { return try call(function, [argument]) }
    return try applyToOne(function, argument)
  }

  package func checkInterrupt() throws(Problem) {
    if interrupt.isSet { throw .interrupt }
  }
}
