// Members and entries of values as nodes.
import Syntax

final class MemberNode: Node, @unchecked Sendable {
  let owner: Node
  let name: Name
  init(_ owner: Node, _ name: Name, _ span: Span) {
    self.owner = owner
    self.name = name
    super.init(span)
  }
  override func evaluate(_ machine: Machine) throws(Failure) -> Value {
    let value = try owner.evaluate(machine)
    if let member = value.member(name.text) { return member }
    let members = value.memberNames
    let near = Spelling.suggestion(for: name.text, among: members)
    let list = members.isEmpty ? nil : "it has " + members.prefix(12).joined(separator: ", ")
    throw machine.fail(
      Problem(
        "E0305", "\(value.kind) has no member `\(name.text)`", help: near ?? list), name.span)
  }
}

final class IndexNode: Node, @unchecked Sendable {
  let owner: Node
  let items: [Node]
  init(_ owner: Node, _ items: [Node], _ span: Span) {
    self.owner = owner
    self.items = items
    super.init(span)
  }
  override func evaluate(_ machine: Machine) throws(Failure) -> Value {
    let value = try owner.evaluate(machine)
    var keys: [Value] = []
    for item in items { keys.append(try item.evaluate(machine)) }
    do throws(Problem) { return try Indexing.entry(of: value, keys) } catch {
      throw machine.fail(error, items.first?.span ?? span)
    }
  }
}
