// Names to slots. Blocks open scopes; a function takes along the values of the names around it.

/// The names of one function, or of the cell itself.
final class FunctionScope {
  /// The function around it; nil for the cell.
  let outer: FunctionScope?
  private(set) var slotCount = 0
  /// Innermost last.
  private var blocks: [[String: Int]] = [[:]]
  /// What is taken along from outside: name and own slot, in order.
  private(set) var captures: [(name: String, slot: Int)] = []
  /// The slots of the outer function that those come from.
  private(set) var captured: [Int] = []
  /// The names that the function's text binds somewhere; every other keeps its value while it runs.
  var bound: Set<String> = []
  /// Where the function finds itself, and whether it does so other than by calling itself.
  var selfSlot: Int?
  var usesItself = false
  /// Bindings checked so far: what leaves it as it was binds nothing.
  var bindings = 0
  /// Code known to stand in a slot, for checking calls of it.
  var known: [Int: FunctionCode] = [:]
  /// Where `break` and `return` may stand.
  var allowsLoopJump = false
  var allowsReturn = false

  init(outer: FunctionScope?) { self.outer = outer }

  var isCell: Bool { outer == nil }
  var isOutermostBlock: Bool { blocks.count == 1 }

  func newSlot() -> Int {
    defer { slotCount += 1 }
    return slotCount
  }

  func declare(_ name: String) -> Int {
    let slot = newSlot()
    blocks[blocks.count - 1][name] = slot
    return slot
  }

  /// In the function's outermost block.
  func declareOutermost(_ name: String, capturedFrom outerSlot: Int? = nil) -> Int {
    let slot = newSlot()
    blocks[0][name] = slot
    captures.append((name, slot))
    if let outerSlot { captured.append(outerSlot) }
    return slot
  }

  func own(_ name: String) -> Int? {
    for block in blocks.reversed() {
      if let slot = block[name] { return slot }
    }
    return nil
  }

  func inBlock<T>(_ body: () -> T) -> T {
    blocks.append([:])
    defer { blocks.removeLast() }
    return body()
  }

  var visibleNames: [String] {
    blocks.flatMap(\.keys) + (outer?.visibleNames ?? [])
  }

  /// The names of the outermost block.
  var outermost: [String: Int] { blocks[0] }
}
