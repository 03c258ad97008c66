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

  /// Shows a line of words at once, where nothing is known of an end.
  func note(_ text: String) {
    pace.withLock { pace in
      pace.isShown = true
      Terminal.send("\r\(Terminal.clipped(text, to: Terminal.width - 3))\u{1B}[K", to: 2)
    }
  }

  /// Removes the line. Call it before anything else is written, and at the end.
  func clear() {
    pace.withLock { pace in
      if pace.isShown { Terminal.send("\r\u{1B}[K", to: 2) }
      pace = Pace()
    }
  }

  /// The line's text, a little narrower than the window: a full last column would wrap it, and a
  /// ^C must fit. Words give way by their rank; the bar takes what they leave.
  static func line(_ state: ProgressReport, ratePerSecond: Double, width: Int) -> String {
    let fraction = state.total > 0 ? min(1, max(0, Double(state.done) / Double(state.total))) : nil
    let words = words(state, fraction, ratePerSecond)
    let room = max(8, width - 3)
    let label = fitting(state.label, words.map(\.text), fraction != nil, room)
    var left = room - Terminal.columns(of: label)
    var kept: Set<Int> = []
    for (index, word) in words.enumerated().sorted(by: { $0.element.rank < $1.element.rank }) {
      let columns = Terminal.columns(of: word.text) + 2
      guard columns <= left else { break }
      left -= columns
      kept.insert(index)
    }
    var line = label
    if let fraction, left >= leastBar + 2 {
      line += "  " + bar(fraction, columns: min(20, left - 2))
    }
    for (index, word) in words.enumerated() where kept.contains(index) { line += "  " + word.text }
    return Terminal.clipped(line, to: room)
  }

  private static let leastBar = 6

  /// In the order of the line; those of a high rank go first where room is short.
  private static func words(
    _ state: ProgressReport, _ fraction: Double?, _ ratePerSecond: Double
  ) -> [(text: String, rank: Int)] {
    var words: [(text: String, rank: Int)] = []
    if let fraction { words.append(("\(Int(fraction * 100))%", 0)) }
    if ratePerSecond > 0 {
      words.append(("\(rate(ratePerSecond))/s", 4))
      if state.total > state.done {
        words.append(("\(duration(Double(state.total - state.done) / ratePerSecond)) left", 1))
      }
    }
    if let loss = state.loss { words.append(("loss \(fixed(loss, 4))", 2)) }
    if let accuracy = state.accuracy { words.append(("accuracy \(fixed(accuracy * 100, 1))%", 3)) }
    return words
  }

  /// The label, or a shorter form of it where the whole leaves no room: "train 3/5".
  private static func fitting(
    _ label: String, _ words: [String], _ hasBar: Bool, _ room: Int
  ) -> String {
    let rest = words.reduce(hasBar ? leastBar + 2 : 0) { $0 + Terminal.columns(of: $1) + 2 }
    if Terminal.columns(of: label) + rest <= room { return label }
    var parts = label.split(separator: " ").map(String.init)
    parts.removeAll { $0 == "epoch" }
    guard parts.count == 4, parts[2] == "of" else { return label }
    return "\(parts[0].filter { $0 != "," }) \(parts[1])/\(parts[3])"
  }

  private static func rate(_ perSecond: Double) -> String {
    if perSecond >= 10_000 { return fixed(perSecond / 1000, 0) + "k" }
    return fixed(perSecond, perSecond < 10 ? 1 : 0)
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
