// The longest that a cell may take, and the most memory that it may use: a watch that interrupts it.

@preconcurrency private import Dispatch
private import Glibc
internal import Interpreter
internal import Synchronization

/// Runs beside one cell.
final class CellLimits: Sendable {
  enum Exceeded { case time, memory }

  private struct State {
    var hasEnded = false
    var exceeded: Exceeded?
  }

  private let seconds: Double?
  private let bytes: Int?
  private let flag: InterruptFlag
  private let state = Mutex(State())
  private static let secondsBetweenLooks = 0.02

  /// - Parameters:
  ///   - seconds: the longest time from now; nil sets no limit.
  ///   - bytes: the most memory that the process may hold; nil sets no limit.
  init(seconds: Double?, bytes: Int?, _ flag: InterruptFlag) {
    self.seconds = seconds
    self.bytes = bytes
    self.flag = flag
    if let seconds { after(min(seconds, 1e9)) { $0.exceed(.time) } }
    if bytes != nil { look() }
  }

  private func after(_ seconds: Double, _ work: @escaping @Sendable (CellLimits) -> Void) {
    DispatchQueue.global().asyncAfter(deadline: .now() + seconds) { [weak self] in
      if let self { work(self) }
    }
  }

  private func look() {
    guard let bytes, !state.withLock({ $0.hasEnded || $0.exceeded != nil }) else { return }
    if Self.residentBytes > bytes { return exceed(.memory) }
    after(Self.secondsBetweenLooks) { $0.look() }
  }

  /// Under the lock, so that a watch that goes off as the cell ends does not stop the next one.
  private func exceed(_ limit: Exceeded) {
    state.withLock { state in
      guard !state.hasEnded, state.exceeded == nil else { return }
      state.exceeded = limit
      flag.set()
    }
  }

  /// Takes the watch away; says what stopped the cell, if it did.
  func end() -> CellFailure? {
    let exceeded = state.withLock { state in
      state.hasEnded = true
      return state.exceeded
    }
    switch exceeded {
    case nil: return nil
    case .time:
      let limit = Text.number(seconds ?? 0)
      return CellFailure(
        "E0906", "E0906: the cell took longer than its limit of \(limit) s\n", kind: .timeout)
    case .memory:
      let limit = Text.number(Double(bytes ?? 0) / 1_048_576)
      return CellFailure(
        "E0907", "E0907: the cell used more memory than its limit of \(limit) MiB\n", kind: .memory)
    }
  }

  /// What the process holds now, in bytes; 0 where the system does not say.
  private static var residentBytes: Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 128)
    guard fgets(&line, Int32(line.count), file) != nil else { return 0 }
    let bytes = line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    let words = String(decoding: bytes, as: UTF8.self).split(separator: " ")
    return (words.count > 1 ? Int(words[1]) ?? 0 : 0) * sysconf(Int32(_SC_PAGESIZE))
  }
}
