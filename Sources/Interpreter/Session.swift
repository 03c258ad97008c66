// A program that grows cell by cell: what is bound, and how a cell is checked and run against it.
package import Syntax

/// A cell to run.
package struct CellInput: Sendable {
  package let source: Source
  /// What the cell's random numbers follow from, beside the seed: its id, or its position.
  package let identity: String
  /// Names bound before the cell runs, in place of the values that it gives them: `--set bits=4`.
  package let parameters: [String: Value]

  package init(source: Source, identity: String, parameters: [String: Value] = [:]) {
    self.source = source
    self.identity = identity
    self.parameters = parameters
  }
}

package struct CellResult: Sendable {
  package enum Status: Sendable {
    case finished
    /// Nothing ran.
    case rejected([Diagnostic])
    /// It ran up to here; what was bound before stays bound.
    case failed(Diagnostic)
    case interrupted(Diagnostic)
  }
  package let status: Status
  /// The value of the last expression, for `_`; of work that failed, what it had come to.
  package let last: Value
  package let bound: [String]
  /// Names from above that the cell read.
  package let reads: [String]
  package let filesRead: [FileRead]
  package let warnings: [Diagnostic]

  package var diagnostics: [Diagnostic] {
    switch status {
    case .finished: warnings
    case .rejected(let diagnostics): diagnostics
    case .failed(let diagnostic), .interrupted(let diagnostic): warnings + [diagnostic]
    }
  }

  package var isFinished: Bool {
    if case .finished = status { return true }
    return false
  }
}

/// Where `import` and the names of the standard library come from.
package struct Modules: Sendable {
  /// The cells of a module; throws a `Problem` where there is none.
  package let cells: @Sendable (_ name: String) throws -> [Source]
  /// The module of the standard library that provides a name without an `import`.
  package let provider: @Sendable (_ name: String) -> String?
  package let provided: @Sendable () -> [String]

  package init(
    cells: @escaping @Sendable (String) throws -> [Source],
    provider: @escaping @Sendable (String) -> String?,
    provided: @escaping @Sendable () -> [String]
  ) {
    self.cells = cells
    self.provider = provider
    self.provided = provided
  }

  package static let none = Modules(
    cells: { throw Problem("E0211", "there is no module `\($0)`") }, provider: { _ in nil },
    provided: { [] })
}

package final class Session {
  package let registry: Registry
  package let surroundings: Surroundings
  package let interrupt: InterruptFlag
  private let modules: Modules
  package private(set) var bindings: [String: Value] = [:]
  package private(set) var seed: UInt64
  /// Modules being loaded, to see circles; and those that are.
  private var loading: [String] = []
  private var loaded: [String: [String: Value]] = [:]
  private var stackFloor: UInt = 0

  package init(
    registry: Registry, surroundings: Surroundings, modules: Modules = .none, seed: UInt64 = 0,
    interrupt: InterruptFlag = InterruptFlag()
  ) {
    self.registry = registry
    self.surroundings = surroundings
    self.modules = modules
    self.seed = seed
    self.interrupt = interrupt
  }

  package func bind(_ name: String, _ value: Value) { bindings[name] = value }
  package func setSeed(_ seed: UInt64) { self.seed = seed }

  /// The value of a name bound above, or that the standard library provides.
  package func value(of name: String) -> Value? {
    if let value = bindings[name] { return value }
    guard registry[name] == nil, let module = modules.provider(name) else { return nil }
    return (try? load(module))?[name]
  }

  package var visibleNames: [String] { Array(bindings.keys) + modules.provided() }

  /// Checks and runs a cell; `show` is called for each output as it comes, while the caller waits, on
  /// another thread.
  package func run(_ input: CellInput, show: (Output) -> Void) -> CellResult {
    // A module is loaded within a run, where the stack is deep already.
    guard loading.isEmpty else { return checkAndRun(input, show) }
    return DeepStack.run { bytes in
      stackFloor = Machine.stackFloor(withBytesLeft: bytes)
      return checkAndRun(input, show)
    }
  }

  private func checkAndRun(_ input: CellInput, _ show: (Output) -> Void) -> CellResult {
    let (statements, syntax) = Parser.parse(input.source)
    guard syntax.isEmpty else {
      let all = syntax + check(statements, input).diagnostics
      return rejected(all.sorted { ($0.span?.start ?? 0) < ($1.span?.start ?? 0) })
    }
    let (cell, found) = check(statements, input)
    guard let cell else { return rejected(found) }
    return withoutActuallyEscaping(show) { show in execute(cell, input, warnings: found, show) }
  }

  private func rejected(_ diagnostics: [Diagnostic]) -> CellResult {
    CellResult(
      status: .rejected(diagnostics), last: .none, bound: [], reads: [], filesRead: [],
      warnings: [])
  }

  private func check(
    _ statements: [Statement], _ input: CellInput
  ) -> (cell: CheckedCell?, diagnostics: [Diagnostic]) {
    let outside = CheckerScope(
      registry: registry, value: { self.value(of: $0) }, names: { self.visibleNames },
      importModule: { try self.load($0) })
    return Checker.check(
      statements, source: input.source, outside: outside, overrides: input.parameters)
  }

  private func execute(
    _ cell: CheckedCell, _ input: CellInput, warnings: [Diagnostic],
    _ show: @escaping (Output) -> Void
  ) -> CellResult {
    var last = Value.none
    let context = Context(
      surroundings: surroundings, registry: registry, interrupt: interrupt, seed: seed,
      provided: modules.provided, cell: input.identity
    ) { output in
      if case .value(let value) = output { last = value }
      show(output)
    }
    let machine = Machine(cellSlots: cell.slotCount, context: context, stackFloor: stackFloor)
    defer { machine.free() }
    context.apply = { function, arguments in try machine.apply(function, arguments) }
    context.applyToOne = { function, argument in try machine.apply(function, to: argument) }
    defer { (context.apply, context.applyToOne) = (nil, nil) }
    for (name, slot) in cell.reads { machine[slot] = value(of: name) ?? .none }
    var status = CellResult.Status.finished
    do throws(Failure) { _ = try cell.body.evaluate(machine) } catch {
      let failure = error.placed(in: cell.source)
      last = failure.salvage ?? last
      status =
        failure.isInterrupt ? .interrupted(failure.diagnostic) : .failed(failure.diagnostic)
    }
    export(cell, machine)
    seed = context.seed
    return CellResult(
      status: status, last: last,
      bound: cell.names.filter { machine.isBound($0.value) }.keys.sorted(),
      reads: cell.reads.map(\.name), filesRead: context.filesRead, warnings: warnings)
  }

  private func export(_ cell: CheckedCell, _ machine: Machine) {
    for (name, slot) in cell.names where machine.isBound(slot) {
      bindings[name] = machine[slot]
    }
  }

  // MARK: Modules

  private func load(_ name: String) throws -> [String: Value] {
    if let values = loaded[name] { return values }
    guard !loading.contains(name) else {
      throw Problem(
        "E0212",
        "modules import each other in a circle: \((loading + [name]).joined(separator: " → "))")
    }
    loading.append(name)
    defer { loading.removeLast() }
    let cells = try modules.cells(name)
    let inner = Session(
      registry: registry, surroundings: surroundings, modules: modules, seed: 0,
      interrupt: interrupt)
    inner.loading = loading
    inner.loaded = loaded
    inner.stackFloor = stackFloor
    for (i, source) in cells.enumerated() {
      let result = inner.run(CellInput(source: source, identity: "\(name)/\(i)")) { _ in }
      if let diagnostic = result.diagnostics.first(where: { $0.severity == .error }) {
        throw Failure(diagnostic)
      }
    }
    loaded[name] = inner.bindings
    return inner.bindings
  }
}
