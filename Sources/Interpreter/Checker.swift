// The tree, checked before anything of it runs: names, labels, numbers of arguments, choices, literals.
// It makes the nodes that the machine runs, and only it does.
import Syntax

/// A cell that may run.
package struct CheckedCell: Sendable {
  let body: Node
  let slotCount: Int
  /// Names from above that the cell reads, and the slots that want their values.
  let reads: [(name: String, slot: Int)]
  /// The cell's own names.
  let names: [String: Int]
  let source: Source
}

/// What the checker may know of the names around a cell.
package struct CheckerScope {
  let registry: Registry
  /// The value of a name bound above, or that the standard library provides.
  let value: (String) -> Value?
  let names: () -> [String]
  /// Makes a module's names available; throws what is wrong with it.
  let importModule: (String) throws -> [String: Value]
}

struct Checker {
  let source: Source
  let outside: CheckerScope
  var scope = FunctionScope(outer: nil)
  var diagnostics: [Diagnostic] = []
  /// Values of names that an `import` of this cell brings.
  var imported: [String: Value] = [:]
  /// Names that this cell binds anew: a value from above says nothing about them any more.
  var rebound: Set<String> = []

  /// Values given on the command line in place of those that the cell binds.
  let overrides: [String: Value]

  init(source: Source, outside: CheckerScope, overrides: [String: Value]) {
    self.source = source
    self.outside = outside
    self.overrides = overrides
  }

  static func check(
    _ statements: [Statement], source: Source, outside: CheckerScope,
    overrides: [String: Value] = [:]
  ) -> (cell: CheckedCell?, diagnostics: [Diagnostic]) {
    var checker = Checker(source: source, outside: outside, overrides: overrides)
    let nodes = statements.map { checker.topStatement($0) }
    let span = Span(0, source.bytes.count)
    guard checker.diagnostics.allSatisfy({ $0.severity != .error }) else {
      return (nil, checker.diagnostics)
    }
    let cell = CheckedCell(
      body: BlockNode(nodes, span), slotCount: checker.scope.slotCount,
      reads: checker.scope.captures, names: checker.scope.outermost, source: source)
    return (cell, checker.diagnostics)
  }

  mutating func report(_ code: String, _ message: String, _ span: Span, help: String? = nil) {
    diagnostics.append(Diagnostic(code, message, source: source, at: span, help: help))
  }

  mutating func report(_ problem: Problem, _ span: Span) {
    report(problem.code, problem.message, span, help: problem.help)
  }

  // MARK: Statements

  /// A statement of the cell itself: an expression's value is shown.
  private mutating func topStatement(_ statement: Statement) -> Node {
    guard case .expression(let expression) = statement.kind else {
      return self.statement(statement)
    }
    if case .name(let name) = expression.kind, let word = outside.registry[name]?.builtin,
      word.runsAlone
    {
      return ShowNode(WordNode(word, word.parameters.map { _ in nil }, texts: [], expression.span))
    }
    return ShowNode(statementExpression(expression))
  }

  mutating func statement(_ statement: Statement) -> Node {
    switch statement.kind {
    case .expression(let expression): return statementExpression(expression)
    case .binding(let name, let value): return binding(name, value, statement.span)
    case .function(let name, let lambda):
      refuseWord(name)
      let (node, code) = self.lambda(lambda, named: name.text)
      let slot = slotForBinding(name.text)
      scope.known[slot] = code
      return AssignNode(slot, node, isCellName: isCellName(slot), statement.span)
    case .import(let name): return importNode(name, statement.span)
    case .return(let value):
      guard scope.allowsReturn else {
        report("E0208", "`return` stands outside a function's own statements", statement.span)
        return Node(statement.span)
      }
      return ReturnNode(value.map { operand($0) } ?? Node(statement.span), statement.span)
    case .break, .continue:
      var isBreak = false
      if case .break = statement.kind { isBreak = true }
      guard scope.allowsLoopJump else {
        let word = isBreak ? "break" : "continue"
        report("E0208", "`\(word)` stands outside a loop's own statements", statement.span)
        return Node(statement.span)
      }
      return JumpNode(isBreak ? .break : .continue, statement.span)
    }
  }

  private mutating func binding(_ name: Name, _ value: Expression, _ span: Span) -> Node {
    let before = scope.bindings
    var node = operand(value)
    let bindsNothing = scope.bindings == before
    if scope.isCell, scope.isOutermostBlock, let given = overrides[name.text] {
      node = ConstantNode(given, value.span)
    }
    refuseWord(name)
    let slot = slotForBinding(name.text)
    scope.known[slot] = nil
    let isCellName = isCellName(slot)
    if bindsNothing, let sum = node as? AddNode, let left = sum.left as? SlotNode,
      left.slot == slot
    {
      return AddToNode(slot, sum, isCellName: isCellName, span)
    }
    return AssignNode(slot, node, isCellName: isCellName, span)
  }

  private mutating func refuseWord(_ name: Name) {
    guard scope.isCell, outside.registry[name.text] != nil else { return }
    report(
      "E0209", "`\(name.text)` is a word of the language and cannot be bound", name.span,
      help: "choose another name")
  }

  /// A name of this function is rebound; one from above gets a slot of its own, so that a loop may add
  /// to it; any other begins here.
  private mutating func slotForBinding(_ name: String) -> Int {
    scope.bindings += 1
    if let slot = scope.own(name) { return slot }
    if !scope.isOutermostBlock, let slot = capture(name, in: scope) { return slot }
    if scope.isCell { rebound.insert(name) }
    return scope.declare(name)
  }

  private func isCellName(_ slot: Int) -> Bool {
    scope.isCell && scope.outermost.values.contains(slot)
  }

  private mutating func importNode(_ name: Name, _ span: Span) -> Node {
    guard scope.isCell, scope.isOutermostBlock else {
      report("E0210", "`import` stands at the top of a cell, not in a block", span)
      return Node(span)
    }
    do {
      let values = try outside.importModule(name.text)
      var nodes: [Node] = []
      for (name, value) in values.sorted(by: { $0.key < $1.key }) {
        imported[name] = value
        let slot = scope.declare(name)
        nodes.append(AssignNode(slot, ConstantNode(value, span), isCellName: true, span))
      }
      return BlockNode(nodes + [Node(span)], span)
    } catch {
      report(Problem(error), name.span)
      return Node(span)
    }
  }

  /// An expression that stands as a statement: its blocks may jump.
  private mutating func statementExpression(_ value: Expression) -> Node {
    switch value.kind {
    case .conditional: return conditional(value)
    case .forLoop, .whileLoop: return loop(value)
    default: return operand(value)
    }
  }

  /// - Parameter collects: the branch that is taken gives all its values, not the last alone.
  mutating func conditional(_ value: Expression, collects: Bool = false) -> Node {
    guard case .conditional(let test, let then, let otherwise) = value.kind else {
      return Node(value.span)
    }
    let condition = operand(test)
    return ConditionalNode(
      condition, body(then, collects), otherwise.map { body($0, collects) }, value.span)
  }

  private mutating func body(_ block: Block, _ collects: Bool) -> Node {
    collects ? collected(block) : self.block(block)
  }

  /// Statements in a scope of their own. What none uses of their values is shown; the last is the block's.
  mutating func block(_ block: Block) -> Node {
    let statements = inBlock { checker in
      block.statements.enumerated().map { i, statement in
        let node = checker.statement(statement)
        guard case .expression = statement.kind, i < block.statements.count - 1, !node.isSilent
        else { return node }
        return ShowNode(node)
      }
    }
    return statements.count == 1 ? statements[0] : BlockNode(statements, block.span)
  }

  mutating func inBlock<T>(_ body: (inout Checker) -> T) -> T {
    var copy = self
    let result = scope.inBlock { body(&copy) }
    self = copy
    return result
  }

  /// - Parameter collects: turns give all their values, not the last alone.
  mutating func loop(_ value: Expression, collects: Bool = false) -> Node {
    switch value.kind {
    case .forLoop(let name, let values, let body):
      let values = operand(values)
      return inBlock { checker in
        let slot = checker.scope.declare(name.text)
        let body = checker.loopBody(body, collects: collects)
        return ForNode(slot, in: values, body, skipsNone: collects, value.span)
      }
    case .whileLoop(let test, let body):
      let test = operand(test)
      let node = loopBody(body, collects: false)
      return WhileNode(test, node.isSilent ? node : ShowNode(node), value.span)
    default: return Node(value.span)
    }
  }

  private mutating func loopBody(_ body: Block, collects: Bool) -> Node {
    let before = scope.allowsLoopJump
    scope.allowsLoopJump = true
    defer { scope.allowsLoopJump = before }
    return self.body(body, collects)
  }

  // MARK: Functions

  mutating func lambda(_ lambda: Lambda, named name: String?) -> (LambdaNode, FunctionCode) {
    let outer = scope
    let inner = FunctionScope(outer: outer)
    scope = inner
    defer { scope = outer }
    inner.allowsReturn = true
    var parameters: [FunctionCode.Parameter] = []
    for parameter in lambda.parameters { _ = inner.declare(parameter.name.text) }
    // Captured values follow the parameters, so their slots are handed out by a first walk.
    let names = FreeNames.walk(lambda, named: name)
    inner.bound = names.bound
    for captured in names.free { _ = capture(captured, in: inner) }
    inner.selfSlot = name.flatMap { inner.own($0) == nil ? inner.declare($0) : nil }
    for parameter in lambda.parameters {
      let fallback = parameter.fallback.map { operand($0) }
      parameters.append(FunctionCode.Parameter(name: parameter.name.text, fallback: fallback))
    }
    let body = Tail.of(block(lambda.body))
    let code = FunctionCode(
      name: name, parameters: parameters, source: source, span: lambda.span,
      slotCount: inner.slotCount, selfSlot: inner.usesItself ? inner.selfSlot : nil, body: body,
      documentation: Documentation.above(lambda.span, in: source))
    return (LambdaNode(code, captured: inner.captured, lambda.span), code)
  }

  /// Makes a name of the functions around, or from above the cell, a slot of this function.
  func capture(_ name: String, in scope: FunctionScope) -> Int? {
    guard let outer = scope.outer else {
      guard imported[name] == nil, outside.value(name) != nil else { return nil }
      return scope.declareOutermost(name)
    }
    guard let slot = outer.own(name) ?? capture(name, in: outer) else { return nil }
    if slot == outer.selfSlot { outer.usesItself = true }
    return scope.declareOutermost(name, capturedFrom: slot)
  }
}
