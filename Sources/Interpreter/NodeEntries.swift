// Members and entries of values as nodes.
import Syntax

class MemberNode: Node, @unchecked Sendable {
  let owner: Node
  let name: Name
  init(_ owner: Node, _ name: Name, _ span: Span) {
    self.owner = owner
    self.name = name
    super.init(span)
  }
  override func evaluate(_ machine: Machine) throws(Failure) -> Value {
    try member(of: try owner.evaluate(machine), machine)
  }

  func member(of value: Value, _ machine: Machine) throws(Failure) -> Value {
    if let member = value.member(name.text) { return member }
    let members = value.memberNames
    let near = Spelling.suggestion(for: name.text, among: members)
    let list = members.isEmpty ? nil : "it has " + members.prefix(12).joined(separator: ", ")
    throw machine.fail(
      Problem(
        "E0305", "\(value.kind) has no member `\(name.text)`", help: near ?? list), name.span)
  }
}

/// The same, with whose member it is.
final class MemberOfNode: MemberNode, @unchecked Sendable {
  override func evaluate(_ machine: Machine) throws(Failure) -> Value {
    let value = try owner.evaluate(machine)
    return .native(MemberOf(value, name.text, try member(of: value, machine)))
  }
}

final class IndexNode: Node, @unchecked Sendable {
  private let owner: Node
  private let keys: Children
  /// Where the owner stands, if reading the keys leaves it there.
  private let slot: Int?
  /// - Parameter bindsNothing: no key binds a name.
  init(_ owner: Node, _ keys: [Node], bindsNothing: Bool, _ span: Span) {
    self.owner = owner
    self.keys = Children(keys)
    slot = bindsNothing ? (owner as? SlotNode)?.slot : nil
    super.init(span)
  }

  override func evaluate(_ machine: Machine) throws(Failure) -> Value {
    guard let slot else {
      let value = try owner.evaluate(machine)
      return try entry(of: value, try values(machine), machine)
    }
    switch keys.count {
    case 1:
      let key = try keys.evaluate(0, machine)
      if case .number(let key) = key, let found = machine.entry(in: slot, key) { return found }
      return try entry(of: machine[slot], [key], machine)
    case 2:
      let row = try keys.evaluate(0, machine)
      let column = try keys.evaluate(1, machine)
      if case .number(let row) = row, case .number(let column) = column,
        let found = machine.element(in: slot, row, column)
      {
        return found
      }
      return try entry(of: machine[slot], [row, column], machine)
    default: return try entry(of: machine[slot], try values(machine), machine)
    }
  }

  private func values(_ machine: Machine) throws(Failure) -> [Value] {
    var values: [Value] = []
    values.reserveCapacity(keys.count)
    for i in 0..<keys.count { values.append(try keys.evaluate(i, machine)) }
    return values
  }

  @inline(never)
  private func entry(
    of value: Value, _ keys: [Value], _ machine: Machine
  ) throws(Failure) -> Value {
    do throws(Problem) { return try Indexing.entry(of: value, keys) } catch {
      throw machine.fail(error, self.keys.nodes.first?.span ?? span)
    }
  }
}
