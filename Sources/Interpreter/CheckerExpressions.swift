// The checker's expressions: operands, names, and calls with their arguments at their parameters.
import Syntax

extension Checker {
  /// An expression whose value is used: its blocks may not jump out of it.
  mutating func operand(_ value: Expression) -> Node {
    let (loop, returns) = (scope.allowsLoopJump, scope.allowsReturn)
    defer { (scope.allowsLoopJump, scope.allowsReturn) = (loop, returns) }
    (scope.allowsLoopJump, scope.allowsReturn) = (false, false)
    return expression(value)
  }

  private mutating func expression(_ value: Expression) -> Node {
    let span = value.span
    switch value.kind {
    case .number(let number): return ConstantNode(.number(number), span)
    case .percent(let percent): return ConstantNode(.quantity(percent / 100, .fraction), span)
    case .size(let bytes): return ConstantNode(.quantity(bytes, .bytes(.plain)), span)
    case .time(let seconds): return ConstantNode(.quantity(seconds, .seconds), span)
    case .boolean(let bool): return ConstantNode(.boolean(bool), span)
    case .none: return ConstantNode(.none, span)
    case .choice(let name): return ConstantNode(.choice(name), span)
    case .text(let pieces): return text(pieces, span)
    case .name(let name): return self.name(name, span)
    case .list(let items): return ListNode(items.map { operand($0) }, span)
    case .record(let fields):
      return RecordNode(fields.map(\.name.text), fields.map { operand($0.value) }, span)
    case .range(let lower, let upper, let isClosed):
      return RangeNode(
        lower.map { operand($0) }, upper.map { operand($0) }, isClosed: isClosed, span)
    case .wholeAxis: return RangeNode(nil, nil, isClosed: false, span)
    case .unary(let operation, let inner): return UnaryNode(operation, operand(inner), span)
    case .binary(let operation, let left, let right):
      let (left, right) = (operand(left), operand(right))
      return BinaryNode.of(operation, left, right, span)
    case .logical(let operation, let left, let right):
      let (left, right) = (operand(left), operand(right))
      return LogicalNode(operation, left, right, span)
    case .call(let call): return self.call(call, span)
    case .member(let owner, let name): return MemberNode(operand(owner), name, span)
    case .index(let owner, let items):
      let owner = operand(owner)
      let before = scope.bindings
      let keys = items.map { operand($0) }
      return IndexNode(owner, keys, bindsNothing: scope.bindings == before, span)
    case .lambda(let lambda): return self.lambda(lambda, named: nil).0
    case .conditional: return conditional(value)
    case .forLoop, .whileLoop: return loop(value)
    case .missing: return Node(span)
    }
  }

  private mutating func text(_ pieces: [Expression.TextPiece], _ span: Span) -> Node {
    if pieces.isEmpty { return ConstantNode(.text(""), span) }
    if pieces.count == 1, case .plain(let text) = pieces[0] {
      return ConstantNode(.text(text), span)
    }
    return TextNode(
      pieces.map { piece in
        switch piece {
        case .plain(let text): .plain(text)
        case .code(let value): .code(operand(value))
        }
      }, span)
  }

  private mutating func name(_ name: String, _ span: Span) -> Node {
    if let slot = scope.own(name) ?? capture(name, in: scope) {
      if slot == scope.selfSlot { scope.usesItself = true }
      return SlotNode(slot, span)
    }
    if let word = outside.registry[name] { return ConstantNode(.function(word), span) }
    let known = scope.visibleNames + outside.names() + Array(outside.registry.names)
    var help = Spelling.suggestion(for: name, among: known)
    help = Habits.advice[name] ?? help
    if help == nil, outside.registry.words.contains(where: { $0.offers(choice: name) }) {
      help = "a choice is written with a dot: .\(name)"
    }
    report("E0201", "nothing here is called `\(name)`", span, help: help)
    return Node(span)
  }

  // MARK: Calls

  private mutating func call(_ call: Call, _ span: Span) -> Node {
    let isItself = callsItself(call.callee)
    let callee = isItself ? ItselfNode(call.callee.span) : operand(call.callee)
    if case .function(let function) = callee.constant, let builtin = function.builtin {
      return wordCall(builtin, call, span)
    }
    var arguments = call.arguments.map { (label: $0.label, value: operand($0.value)) }
    if let block = call.block { arguments.append((nil, blockList(block))) }
    if let signature = knownSignature(call.callee) {
      do throws(CallProblem) {
        _ = try Call.places(of: arguments.map(\.label), parameters: signature)
      } catch { report(error.problem, error.span ?? span) }
    } else if let value = knownValue(call.callee) {
      report(notCallable(value, call), call.callee.span)
    }
    let node = CallNode(callee, arguments, isCommand: call.isCommand, span)
    let slot = steadySlot(call.callee, callee)
    guard isItself || slot != nil, arguments.allSatisfy({ $0.label == nil }) else { return node }
    return HeldCallNode(slot, arguments.map(\.value), general: node)
  }

  /// A call of the function that is being checked, by a name that stays its own.
  private func callsItself(_ callee: Expression) -> Bool {
    guard case .name(let name) = callee.kind, let slot = scope.selfSlot else { return false }
    return scope.own(name) == slot && !scope.bound.contains(name)
  }

  /// The slot of a name that no function's text binds anew.
  private func steadySlot(_ callee: Expression, _ node: Node) -> Int? {
    guard !scope.isCell, case .name(let name) = callee.kind, !scope.bound.contains(name) else {
      return nil
    }
    return (node as? SlotNode)?.slot
  }

  /// What the name called stands for, where that is known before anything runs.
  private func knownSignature(_ callee: Expression) -> CallSignature? {
    guard case .name(let name) = callee.kind else { return nil }
    if let slot = scope.own(name), let code = scope.known[slot] { return CallSignature(code) }
    guard case .function(let function) = knownValue(callee) else { return nil }
    return function.code.map { CallSignature($0) } ?? function.builtin.map { CallSignature($0) }
  }

  private func knownValue(_ callee: Expression) -> Value? {
    guard case .name(let name) = callee.kind, !rebound.contains(name) else { return nil }
    if let value = imported[name] { return value }
    guard scope.own(name) == nil || scope.captures.contains(where: { $0.name == name }) else {
      return nil
    }
    var outermost = scope
    while let outer = outermost.outer {
      if outer.own(name) != nil, !outer.captures.contains(where: { $0.name == name }) { return nil }
      outermost = outer
    }
    return outside.value(name)
  }

  private func notCallable(_ value: Value, _ call: Call) -> Problem {
    let name = source.text(in: call.callee.span)
    let help = call.isCommand ? "is an operator or a line end missing?" : nil
    return Problem("E0304", "`\(name)` is \(value.kind) and cannot be called", help: help)
  }

  private mutating func blockList(_ block: Block) -> Node {
    BlockListNode(block.statements.map { collecting($0) }, block.span)
  }

  /// A statement of a block behind a call: branches and turns of loops give all their values, too.
  private mutating func collecting(_ statement: Statement) -> Node {
    guard case .expression(let value) = statement.kind else { return self.statement(statement) }
    switch value.kind {
    case .conditional: return conditional(value, collects: true)
    case .forLoop: return loop(value, collects: true)
    default: return self.statement(statement)
    }
  }

  mutating func collected(_ block: Block) -> Node {
    inBlock { checker in
      block.statements.count == 1
        ? checker.collecting(block.statements[0]) : checker.blockList(block)
    }
  }

  private mutating func wordCall(_ builtin: Builtin, _ call: Call, _ span: Span) -> Node {
    var labels = call.arguments.map(\.label)
    var isBlock = [Bool](repeating: false, count: labels.count)
    if call.block != nil {
      let last = builtin.parameters.last.map { Name($0.name, span) }
      labels.append(last?.text == nil ? nil : last)
      isBlock.append(true)
    }
    let places: [Int]
    do throws(CallProblem) {
      places = try Call.places(of: labels, parameters: CallSignature(builtin))
    } catch {
      for argument in call.arguments { _ = operand(argument.value) }
      report(error.problem, error.span ?? span)
      return Node(span)
    }
    var nodes = [Node?](repeating: nil, count: builtin.parameters.count)
    var several: [Node] = []
    for (i, place) in places.enumerated() {
      let parameter = builtin.parameters[place]
      let node = argument(isBlock[i] ? nil : call.arguments[i].value, call.block, parameter)
      if parameter.isVariadic {
        several.append(node)
      } else {
        nodes[place] = node
      }
    }
    if let i = builtin.parameters.firstIndex(where: \.isVariadic) {
      nodes[i] = ListNode(several, span)
    }
    for (node, parameter) in zip(nodes, builtin.parameters) { checkConstant(node, parameter) }
    let texts = several.map { source.text(in: $0.span) }
    return WordNode(builtin, nodes, texts: texts, span)
  }

  /// One argument: an expression, or the block behind the call; as a function where the word evaluates it.
  private mutating func argument(
    _ value: Expression?, _ block: Block?, _ parameter: ParameterInfo
  ) -> Node {
    if parameter.isDeferred {
      let span = value?.span ?? block?.span ?? Span(0, 0)
      let body =
        block.flatMap { value == nil ? $0 : nil }
        ?? Block(
          statements: value.map { [Statement(kind: .expression($0), span: span)] } ?? [], span: span
        )
      return lambda(Lambda(parameters: [], body: body, span: span), named: nil).0
    }
    if let value, parameter.keepsOwner, case .member(let owner, let name) = value.kind {
      return MemberOfNode(operand(owner), name, value.span)
    }
    if let value { return operand(value) }
    return block.map { blockList($0) } ?? Node(Span(0, 0))
  }

  /// A literal that the word would refuse is refused before anything runs.
  private mutating func checkConstant(_ node: Node?, _ parameter: ParameterInfo) {
    guard let node, let value = node.constant, let mismatch = parameter.mismatch(value) else {
      return
    }
    var span = node.span
    if parameter.isVariadic, let list = node as? ListNode {
      span =
        list.items.first { item in
          item.constant.map { parameter.mismatch(.list([$0])) != nil } ?? false
        }?.span ?? span
    }
    var found = value
    if parameter.isVariadic, case .list(let list) = value, let first = list.items.first {
      found = first
    }
    report(
      .mismatch(mismatch, found, parameter: parameter.name, choices: parameter.choices), span)
  }
}

extension Builtin {
  func offers(choice: String) -> Bool {
    parameters.contains { $0.choices.contains { $0.name == choice } }
  }
}

/// The comment lines directly above a function are its documentation.
enum Documentation {
  static func above(_ span: Span, in source: Source) -> String {
    var lines: [String] = []
    var line = source.line(at: span.start) - 1
    while line >= 1 {
      let text = source.text(in: source.lineSpan(line))
      guard text.utf8.first == UInt8(ascii: "#") else { break }
      lines.append(String(text.drop { $0 == "#" || $0 == " " }))
      line -= 1
    }
    return lines.reversed().joined(separator: "\n")
  }
}

/// What people bring along from other languages and shells.
private enum Habits {
  static let advice = [
    "let": "a name is bound without a word: x = 3", "var": "a name is bound without a word: x = 3",
    "const": "a name is bound without a word: x = 3", "def": "functions begin with fn",
    "function": "functions begin with fn", "lambda": "write x => x + 1", "len": "write count(x)",
    "length": "write count(x)", "range": "ranges are written 0..<3 or 1...3", "None": "write none",
    "null": "write none", "nil": "write none", "True": "write true", "False": "write false",
    "elif": "write else if", "quit": "type :quit or Ctrl-D", "exit": "type :quit or Ctrl-D",
    "println": "write print", "echo": "write print",
  ]
}
