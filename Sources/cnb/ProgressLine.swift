// Where long work is, on one line of a terminal's standard error, and nowhere else: without a
// terminal it writes nothing.

internal import Glibc
internal import Interpreter
internal import Synchronization

/// A line that is redrawn in place, at most ten times a second.
final class ProgressLine: Sendable {
  private struct Pace {
    var hasBegun = false
    var startSeconds = 0.0
    var startDone = 0
    var drawnSeconds = -1.0
    var isShown = false
  }

  private let pace = Mutex(Pace())
  private static let secondsBetweenDrawings = 0.1

  static var isPossible: Bool { isatty(2) == 1 && Terminal.isCapable }

  /// A line, or nil where nobody watches.
  static func ifWatched() -> ProgressLine? { isPossible ? ProgressLine() : nil }

  /// Shows how far the work is. Cheap enough to call at every batch.
  func report(_ state: ProgressReport) {
    pace.withLock { pace in
      let now = Self.monotonicSeconds()
      if state.done < pace.startDone || !pace.hasBegun {
        pace.hasBegun = true
        pace.startSeconds = now
        pace.startDone = state.done
      }
      guard now - pace.drawnSeconds >= Self.secondsBetweenDrawings else { return }
      pace.drawnSeconds = now
      pace.isShown = true
      let seconds = now - pace.startSeconds
      let rate = seconds > 0 ? Double(state.done - pace.startDone) / seconds : 0
      let line = Self.line(state, ratePerSecond: rate, width: Terminal.width)
      Terminal.send("\r\(line)\u{1B}[K", to: 2)
    }
  }

  /// Removes the line. Call it before anything else is written, and at the end.
  func clear() {
    pace.withLock { pace in
      if pace.isShown { Terminal.send("\r\u{1B}[K", to: 2) }
      pace = Pace()
    }
  }

  /// The line's text, never as wide as the window: a full last column would wrap it. The bar
  /// takes what the words leave, then the words give way from the right.
  static func line(_ state: ProgressReport, ratePerSecond: Double, width: Int) -> String {
    var words: [String] = []
    let fraction = state.total > 0 ? min(1, max(0, Double(state.done) / Double(state.total))) : nil
    if let fraction { words.append("\(Int(fraction * 100))%") }
    if let accuracy = state.accuracy { words.append("accuracy \(fixed(accuracy * 100, 1))%") }
    if let loss = state.loss { words.append("loss \(fixed(loss, 4))") }
    if ratePerSecond > 0 {
      if state.total > state.done {
        words.append("\(duration(Double(state.total - state.done) / ratePerSecond)) left")
      }
      words.append("\(fixed(ratePerSecond, ratePerSecond < 10 ? 1 : 0))/s")
    }
    let room = width - 1
    let barColumns = 20
    var line = state.label
    if let fraction, Terminal.columns(of: line) + barColumns + 8 < room {
      line += " " + bar(fraction, columns: barColumns)
    }
    for word in words {
      let longer = line.isEmpty ? word : line + "  " + word
      if Terminal.columns(of: longer) > room { break }
      line = longer
    }
    return Terminal.clipped(line, to: room)
  }

  /// A bar of eighths of a column.
  static func bar(_ fraction: Double, columns: Int) -> String {
    let eighths = Int(fraction * Double(columns * 8))
    let partial = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
    let full = String(repeating: "█", count: eighths / 8) + partial
    let empty = columns - eighths / 8 - (partial.isEmpty ? 0 : 1)
    return full + String(repeating: "░", count: max(0, empty))
  }

  static func duration(_ seconds: Double) -> String {
    guard seconds < 360_000 else { return "days" }
    let whole = Int(seconds.rounded(.up))
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole % 3600 / 60) min"
  }

  static func fixed(_ value: Double, _ digits: Int) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
    let scale = digits == 0 ? 1.0 : digits == 1 ? 10 : 10_000
    let whole = Int((abs(value) * scale).rounded())
    let sign = value < 0 ? "-" : ""
    guard digits > 0 else { return "\(sign)\(whole)" }
    let part = String(whole % Int(scale))
    let zeros = String(repeating: "0", count: digits - part.count)
    return "\(sign)\(whole / Int(scale)).\(zeros)\(part)"
  }

  private static func monotonicSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
