// The longest that a cell may take: a watch that interrupts it.

@preconcurrency internal import Dispatch
internal import Interpreter

/// Runs beside one cell.
final class TimeLimit {
  private let timer: (any DispatchSourceTimer)?
  private let flag: InterruptFlag
  private let fired = InterruptFlag()

  init(_ seconds: Double?, _ interrupt: InterruptFlag) {
    flag = interrupt
    guard let seconds else {
      timer = nil
      return
    }
    let timer = DispatchSource.makeTimerSource(queue: .global())
    timer.schedule(deadline: .now() + seconds)
    let fired = fired
    timer.setEventHandler {
      fired.set()
      interrupt.set()
    }
    timer.activate()
    self.timer = timer
  }

  /// Takes the watch away; true when it went off.
  func end() -> Bool {
    timer?.cancel()
    return fired.isSet
  }

  static func failure(_ cell: CellSource) -> CellFailure {
    let seconds = cell.timeLimitSeconds.map { Text.number($0) } ?? ""
    return CellFailure(
      "E0905", "E0905: the cell took longer than its limit of \(seconds) s\n", kind: .timeout)
  }
}
