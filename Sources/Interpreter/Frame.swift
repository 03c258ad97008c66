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
    /// The first slot of the current function.
    var frame: UnsafeMutablePointer<Value>
    /// Behind the last slot in use.
    var top: UnsafeMutablePointer<Value>
    var jump = Jump.none
    var other = Value.none
    var calls = 0
    let stackFloor: UInt
    let isBound: UnsafeMutablePointer<Bool>
    let cellSlots: Int
    let interrupt: Unmanaged<InterruptFlag>
    let context: Context
    var wordSpan = Span(0, 0)
  }
  private let state: UnsafeMutablePointer<State>

  /// - Parameter stackFloor: from `stackFloor(withBytesLeft:)` on this thread.
  init(cellSlots: Int, context: Context, stackFloor: UInt) {
    let slots = UnsafeMutablePointer<Value>.allocate(capacity: Machine.slotLimit)
    let isBound = UnsafeMutablePointer<Bool>.allocate(capacity: cellSlots)
    isBound.initialize(repeating: false, count: cellSlots)
    slots.initialize(repeating: .none, count: cellSlots)
    state = .allocate(capacity: 1)
    state.initialize(
      to: State(
        slots: slots, end: slots + Machine.slotLimit, frame: slots, top: slots + cellSlots,
        stackFloor: stackFloor, isBound: isBound, cellSlots: cellSlots,
        interrupt: Unmanaged.passUnretained(context.interrupt), context: context))
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
    get { state.pointee.frame[slot] }
    nonmutating set { state.pointee.frame[slot] = newValue }
  }

  /// The number in a slot, where there is one.
  @inline(__always)
  func number(in slot: Int) -> Double? {
    if case .number(let number) = state.pointee.frame[slot] { return number }
    return nil
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

  /// The value on its way with a `return`, or one that turned out to be no number.
  @inline(__always)
  var other: Value {
    get { state.pointee.other }
    nonmutating set { state.pointee.other = newValue }
  }

  /// Takes the value that turned out to be no number.
  func takeOther() -> Value {
    defer { state.pointee.other = .none }
    return state.pointee.other
  }

  /// A value as a number; any other is left for `takeOther`.
  func number(_ value: Value) -> Double? {
    if case .number(let number) = value { return number }
    state.pointee.other = value
    return nil
  }

  /// The call of the word that is running: where a function that it calls back is called.
  var wordSpan: Span {
    get { state.pointee.wordSpan }
    nonmutating set { state.pointee.wordSpan = newValue }
  }

  // MARK: Frames

  typealias Place = UnsafeMutablePointer<Value>

  /// The first slot of the current function.
  @inline(__always)
  var frame: Place { state.pointee.frame }

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

  @inline(__always)
  func unwind(to place: Place) {
    while state.pointee.top > place {
      state.pointee.top -= 1
      state.pointee.top.deinitialize(count: 1)
    }
  }

  /// Begins a frame at a place on the stack; gives where the caller's begins.
  @inline(__always)
  func enterFrame(at place: Place, _ span: Span) throws(Failure) -> Place {
    guard state.pointee.calls < Machine.callLimit, hasStack else { throw tooDeep(span) }
    if isInterrupted { throw fail(.interrupt, span) }
    state.pointee.calls += 1
    let outer = state.pointee.frame
    state.pointee.frame = place
    return outer
  }

  @inline(__always)
  func leaveFrame(to outer: Place) {
    unwind(to: state.pointee.frame)
    state.pointee.frame = outer
    state.pointee.calls -= 1
  }

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
