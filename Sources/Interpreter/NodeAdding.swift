// Names that grow: `x = x + …`.
import Syntax

/// `x = x + …`: a string or a list that nothing else holds grows where it stands.
final class AddToNode: Node, @unchecked Sendable {
  let slot: Int
  private let sum: AddNode
  private let added: Node
  private let operand: Operand
  private let isCellName: Bool
  /// The only item of the list that is added.
  private let item: Node?
  /// - Parameter sum: whose left side is the slot, and whose right side binds nothing.
  init(_ slot: Int, _ sum: AddNode, isCellName: Bool, _ span: Span) {
    self.slot = slot
    self.sum = sum
    added = sum.right
    operand = Operand(sum.right)
    item = (sum.right as? ListNode).flatMap { $0.items.count == 1 ? $0.items[0] : nil }
    self.isCellName = isCellName
    super.init(span)
  }

  override func evaluate(_ machine: Machine) throws(Failure) -> Value {
    _ = try perform(machine)
    return .none
  }
  override var isSilent: Bool { true }

  override func perform(_ machine: Machine) throws(Failure) -> Machine.Jump {
    switch operand.place {
    case .constant: try add(operand.constant, machine)
    case .slot:
      if let number = machine.number(in: operand.slot) {
        try add(number, machine)
      } else {
        try add(machine[operand.slot], machine)
      }
    case .node:
      if let item, machine.holdsList(in: slot) {
        try append(item, machine)
        break
      }
      let value = try added.evaluate(machine)
      if case .number(let number) = value {
        try add(number, machine)
      } else {
        try add(value, machine)
      }
    }
    if isCellName { machine.markBound(slot) }
    return .none
  }

  @inline(__always)
  private func add(_ number: Double, _ machine: Machine) throws(Failure) {
    if machine.add(number, in: slot) { return }
    try add(.number(number), machine)
  }

  @inline(never)
  private func add(_ value: Value, _ machine: Machine) throws(Failure) {
    if fits(machine[slot], value) {
      machine.append(value, in: slot)
    } else {
      machine[slot] = try sum.other(machine[slot], value, machine)
    }
  }

  /// `x = x + [item]`.
  @inline(never)
  private func append(_ item: Node, _ machine: Machine) throws(Failure) {
    let value = try item.evaluate(machine)
    guard value.depth < Limits.nesting, machine.append(item: value, in: slot) else {
      return try add(try machine.checked(.list([value]), added.span), machine)
    }
  }

  private func fits(_ whole: Value, _ part: Value) -> Bool {
    switch (whole, part) {
    case (.text(let a), .text(let b)): a.utf8.count + b.utf8.count <= Limits.textBytes
    case (.list(let a), .list(let b)): a.weight + b.weight <= Limits.items
    default: false
    }
  }
}
