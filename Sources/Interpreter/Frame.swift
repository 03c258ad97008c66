// Where a running program's values stand: slots on a stack, a jump under way, the limits of one run.
// Nodes get it as one plain pointer, so that reaching a slot costs no counting of references.
import Syntax

/// A run under way. A copy is the same run; its owner frees it.
struct Machine {
  /// Calls in calls; deeper ones are a recursion that does not end.
  static let callLimit = 1000
  private static let slotLimit = 1 << 20
  /// What must be left of the thread's stack to go one call deeper: a body nests that deep at most.
  private static let stackReserve = 6 << 20

  enum Jump { case none, `break`, `continue`, `return` }

  private struct State {
    let slots: UnsafeMutablePointer<Value>
    let end: UnsafeMutablePointer<Value>
    /// Behind the last slot in use.
    var top: UnsafeMutablePointer<Value>
    var jump = Jump.none
    var returned = Value.none
    var calls = 0
    let stackFloor: UInt
    let isBound: UnsafeMutablePointer<Bool>
    let cellSlots: Int
    let interrupt: Unmanaged<InterruptFlag>
    let context: Context
    var wordSpan = Span(0, 0)
    /// The function that is running, which its caller holds; nil in the cell's own text.
    var function: Unmanaged<Function>?
  }
  private let state: UnsafeMutablePointer<State>
  /// The first slot of the function that is running.
  private let frame: Place

  /// - Parameter stackFloor: from `stackFloor(withBytesLeft:)` on this thread.
  init(cellSlots: Int, context: Context, stackFloor: UInt) {
    let slots = UnsafeMutablePointer<Value>.allocate(capacity: Machine.slotLimit)
    let isBound = UnsafeMutablePointer<Bool>.allocate(capacity: cellSlots)
    isBound.initialize(repeating: false, count: cellSlots)
    slots.initialize(repeating: .none, count: cellSlots)
    frame = slots
    state = .allocate(capacity: 1)
    state.initialize(
      to: State(
        slots: slots, end: slots + Machine.slotLimit, top: slots + cellSlots,
        stackFloor: stackFloor, isBound: isBound, cellSlots: cellSlots,
        interrupt: Unmanaged.passUnretained(context.interrupt), context: context))
  }

  private init(_ state: UnsafeMutablePointer<State>, frame: Place) {
    self.state = state
    self.frame = frame
  }

  /// Ends the run: its values go.
  func free() {
    unwind(to: state.pointee.slots)
    state.pointee.isBound.deallocate()
    state.pointee.slots.deallocate()
    state.deinitialize(count: 1)
    state.deallocate()
  }

  var context: Context { state.pointee.context }

  /// Another thread or a signal asked to stop.
  @inline(__always)
  var isInterrupted: Bool { state.pointee.interrupt._withUnsafeGuaranteedRef { $0.isSet } }

  // MARK: Slots

  @inline(__always)
  subscript(_ slot: Int) -> Value {
    get { frame[slot] }
    nonmutating set {
      // What counts no references need not be given back: a number stands where a number stood.
      switch frame[slot] {
      case .number, .none: (frame + slot).initialize(to: newValue)
      default: frame[slot] = newValue
      }
    }
  }

  /// The number in a slot, where there is one.
  @inline(__always)
  func number(in slot: Int) -> Double? {
    if case .number(let number) = frame[slot] { return number }
    return nil
  }

  /// Adds to the number in a slot; false where there is none.
  @inline(__always)
  func add(_ number: Double, in slot: Int) -> Bool {
    guard case .number(let before) = frame[slot] else { return false }
    (frame + slot).initialize(to: .number(before + number))
    return true
  }

  /// Takes the value out of a slot, so that nothing but the taker holds it.
  @inline(__always)
  func take(_ slot: Int) -> Value {
    let value = (frame + slot).move()
    (frame + slot).initialize(to: .none)
    return value
  }

  /// Lengthens the string or the list in a slot, in place where nothing else holds it.
  func append(_ part: Value, in slot: Int) {
    switch part {
    case .text(let part):
      guard var whole = Machine.text(of: take(slot)) else { return }
      whole += part
      self[slot] = .text(whole)
    case .list(let part):
      guard var whole = Machine.list(of: take(slot)) else { return }
      if isKnownUniquelyReferenced(&whole) {
        whole.append(part)
      } else {
        whole = List(whole, part)
      }
      self[slot] = .list(whole)
    default: break
    }
  }

  @inline(__always)
  func holdsList(in slot: Int) -> Bool {
    if case .list = frame[slot] { return true }
    return false
  }

  /// Lengthens the list in a slot by one item; false where it would grow too large, or not in place.
  func append(item: Value, in slot: Int) -> Bool {
    guard var whole = Machine.list(of: take(slot)) else { return false }
    let weight = item.weight
    let fits = isKnownUniquelyReferenced(&whole) && whole.weight + weight < Limits.items
    if fits { whole.append(item, weight: weight) }
    self[slot] = .list(whole)
    return fits
  }

  /// What the value held; not inlined, so that the value is gone when it returns.
  @inline(never)
  private static func text(of value: consuming Value) -> String? {
    if case .text(let text) = value { return text }
    return nil
  }

  @inline(never)
  private static func list(of value: consuming Value) -> List? {
    if case .list(let list) = value { return list }
    return nil
  }

  /// The entry of a list or of a tensor of one axis in a slot; nil where there is none.
  @inline(__always)
  func entry(in slot: Int, _ key: Double) -> Value? {
    switch frame[slot] {
    case .list(let list): list.entry(key)
    case .tensor(let tensor): Indexing.element(of: tensor, key)
    default: nil
    }
  }

  /// The element of a tensor of two axes in a slot; nil where there is none.
  @inline(__always)
  func element(in slot: Int, _ row: Double, _ column: Double) -> Value? {
    guard case .tensor(let tensor) = frame[slot] else { return nil }
    return Indexing.element(of: tensor, row, column)
  }

  /// The slots of the cell's own names that have been bound so far.
  func isBound(_ slot: Int) -> Bool { state.pointee.isBound[slot] }
  @inline(__always)
  func markBound(_ slot: Int) { state.pointee.isBound[slot] = true }

  // MARK: What nodes hand on

  @inline(__always)
  var jump: Jump {
    get { state.pointee.jump }
    nonmutating set { state.pointee.jump = newValue }
  }

  /// The value on its way with a `return`.
  var returned: Value {
    get { state.pointee.returned }
    nonmutating set { state.pointee.returned = newValue }
  }

  /// The call of the word that is running: where a function that it calls back is called.
  var wordSpan: Span {
    get { state.pointee.wordSpan }
    nonmutating set { state.pointee.wordSpan = newValue }
  }

  // MARK: Frames

  typealias Place = UnsafeMutablePointer<Value>

  /// The stack's top, to unwind to.
  @inline(__always)
  var top: Place { state.pointee.top }

  /// Puts a value on the stack: an argument of the call to come, or a slot of the frame.
  @inline(__always)
  func push(_ value: Value) throws(Failure) {
    guard state.pointee.top < state.pointee.end else { throw tooDeep(Span(0, 0)) }
    state.pointee.top.initialize(to: value)
    state.pointee.top += 1
  }

  /// Fills the stack up to so many slots behind a place.
  @inline(__always)
  func fill(to count: Int, behind place: Place) throws(Failure) {
    let end = place + count
    guard end <= state.pointee.end else { throw tooDeep(Span(0, 0)) }
    var top = state.pointee.top
    while top < end {
      top.initialize(to: .none)
      top += 1
    }
    state.pointee.top = top
  }

  @inline(__always)
  func unwind(to place: Place) {
    var top = state.pointee.top
    while top > place {
      top -= 1
      switch top.pointee {
      case .number, .none: break
      default: top.deinitialize(count: 1)
      }
    }
    state.pointee.top = top
  }

  /// A run of the same program in a frame of its own.
  struct Call {
    let machine: Machine
    fileprivate let caller: Unmanaged<Function>?
  }

  /// Begins a function's frame at a place on the stack.
  @inline(__always)
  func enterFrame(
    of function: Function, at place: Place, _ span: Span
  ) throws(Failure) -> Call {
    guard state.pointee.calls < Machine.callLimit, hasStack, !isInterrupted else {
      throw stopped(span)
    }
    state.pointee.calls += 1
    let call = Call(machine: Machine(state, frame: place), caller: state.pointee.function)
    state.pointee.function = .passUnretained(function)
    return call
  }

  @inline(__always)
  func leaveFrame(_ call: Call) {
    unwind(to: call.machine.frame)
    state.pointee.function = call.caller
    state.pointee.calls -= 1
  }

  /// The function that is running, where it takes so many arguments.
  @inline(__always)
  func itself(taking count: Int) -> Unmanaged<Function>? {
    guard let function = state.pointee.function,
      function._withUnsafeGuaranteedRef({ $0.parameterCount }) == count
    else { return nil }
    return function
  }

  /// The function that is running, as a value.
  var itself: Value {
    state.pointee.function.map { .function($0.takeUnretainedValue()) } ?? .none
  }

  /// The function in a slot that holds it, where it takes so many arguments.
  @inline(__always)
  func function(in slot: Int, taking count: Int) -> Unmanaged<Function>? {
    guard case .function(let function) = frame[slot], function.parameterCount == count else {
      return nil
    }
    return .passUnretained(function)
  }

  @inline(never)
  private func stopped(_ span: Span) -> Failure {
    guard state.pointee.calls < Machine.callLimit, hasStack else { return tooDeep(span) }
    return fail(.interrupt, span)
  }

  @inline(never)
  private func tooDeep(_ span: Span) -> Failure {
    fail(
      Problem(
        "E0902", "calls are nested more than \(Machine.callLimit) deep, or fill the stack",
        help: "does the recursion end?"), span)
  }

  // MARK: The thread's own stack

  @inline(__always)
  private var hasStack: Bool {
    var here: UInt8 = 0
    return withUnsafePointer(to: &here) { UInt(bitPattern: $0) } > state.pointee.stackFloor
  }

  /// The lowest address that a call may begin at, where so many bytes of stack are left from here on.
  @inline(never)
  static func stackFloor(withBytesLeft bytes: Int) -> UInt {
    var here: UInt8 = 0
    let room = UInt(max(bytes - stackReserve, bytes / 2))
    return withUnsafePointer(to: &here) { UInt(bitPattern: $0) } - room
  }
}

extension Unmanaged {
  /// Uses what somebody else holds meanwhile, without counting a reference.
  @inline(__always)
  func use<T>(_ body: (Instance) throws(Failure) -> T) throws(Failure) -> T {
    let result = _withUnsafeGuaranteedRef { instance -> Result<T, Failure> in
      do throws(Failure) { return .success(try body(instance)) } catch { return .failure(error) }
    }
    return try result.get()
  }
}

/// The nodes in a node, in order: reaching one counts no references.
struct Children: @unchecked Sendable {
  let nodes: [Node]
  private let held: [Unmanaged<Node>]

  init(_ nodes: [Node]) {
    self.nodes = nodes
    held = nodes.map { .passUnretained($0) }
  }

  @inline(__always)
  var count: Int { held.count }

  @inline(__always)
  func evaluate(_ i: Int, _ machine: Machine) throws(Failure) -> Value {
    try held[i].use { node throws(Failure) in try node.evaluate(machine) }
  }

  @inline(__always)
  func perform(_ i: Int, _ machine: Machine) throws(Failure) -> Machine.Jump {
    try held[i].use { node throws(Failure) in try node.perform(machine) }
  }
}
