// What a function gives as its last act needs no jump: `return x` at the end is x, and what follows
// `if c { return x }` is its other branch.
import Syntax

enum Tail {
  /// Branches in branches; a longer chain goes on with jumps.
  private static let depthLimit = 64

  /// The same function's body, with fewer jumps.
  static func of(_ body: Node) -> Node { of(body, depth: 0) }

  private static func of(_ node: Node, depth: Int) -> Node {
    guard depth < depthLimit else { return node }
    switch node {
    case let leaving as ReturnNode: return leaving.value
    case let block as BlockNode: return of(block.statements, block.span, depth: depth)
    case let branch as ConditionalNode:
      return ConditionalNode(
        branch.test, of(branch.then, depth: depth + 1),
        branch.otherwise.map { of($0, depth: depth + 1) }, branch.span)
    default: return node
    }
  }

  private static func of(_ statements: [Node], _ span: Span, depth: Int) -> Node {
    guard let last = statements.last else { return BlockNode(statements, span) }
    let early = statements.dropLast().firstIndex { leavingBranch($0) != nil }
    guard depth < depthLimit, let early, let branch = leavingBranch(statements[early]) else {
      return block(statements.dropLast() + [of(last, depth: depth + 1)], span)
    }
    let rest = of(Array(statements[(early + 1)...]), span, depth: depth + 1)
    let both = ConditionalNode(branch.test, of(branch.then, depth: depth + 1), rest, branch.span)
    return block(statements[..<early] + [both], span)
  }

  private static func block(_ statements: some Collection<Node>, _ span: Span) -> Node {
    let statements = Array(statements)
    return statements.count == 1 ? statements[0] : BlockNode(statements, span)
  }

  /// `if c { …; return x }` without another branch.
  private static func leavingBranch(_ node: Node) -> ConditionalNode? {
    let inner = (node as? ShowNode)?.value ?? node
    guard let branch = inner as? ConditionalNode, branch.otherwise == nil,
      returns(branch.then)
    else { return nil }
    return branch
  }

  private static func returns(_ node: Node) -> Bool {
    switch node {
    case let block as BlockNode: block.statements.last.map(returns) ?? false
    default: node is ReturnNode
    }
  }
}
