// An evaluator of a toy language, one statement per line, for the tests of the runner.

import Notebook

/// Files that live in memory.
final class Disk {
  var files: [String: String] = [:]
}

/// `save name value`, `load name`, `x = n`, `show x`, `print words`, `time`, `near x`, `fail CODE`,
/// `stop`, `slow`, `read name`, `hook`.
struct FakeEvaluator: CellEvaluator {
  /// Added to each time, so that two runs never take the same.
  var clock = 1
  /// Added to each number that is only known within bounds.
  var drift = 0.0
  /// Called by the statement `hook`.
  var hook: () -> Void = {}
  var disk = Disk()
  private(set) var evaluated: [Int] = []
  private var values: [String: String] = [:]

  init(clock: Int = 1, drift: Double = 0, hook: @escaping () -> Void = {}) {
    self.clock = clock
    self.drift = drift
    self.hook = hook
  }

  private func statements(_ cell: CellSource) -> [[String]] {
    cell.source.split(separator: "\n").map { line in
      line.split(separator: " ").map(String.init).prefix { $0 != "//" }
    }.map(Array.init).filter { !$0.isEmpty }
  }

  func outline(_ cell: CellSource) -> CellOutline {
    var outline = CellOutline(tokens: [])
    for words in statements(cell) {
      outline.tokens += words + ["\n"]
      if words.count == 3, words[1] == "=" { outline.binds.append(words[0]) }
      if words.count == 2, words[0] == "load" {
        outline.files.append(FileDigest(name: words[1], digest: disk.files[words[1]] ?? ""))
      }
      if words.count == 2, ["show", "near"].contains(words[0]) { outline.reads.append(words[1]) }
    }
    return outline
  }

  mutating func evaluate(_ cell: CellSource) -> CellOutcome {
    evaluated.append(cell.index)
    var outcome = CellOutcome()
    for words in statements(cell) {
      let rest = words.dropFirst().joined(separator: " ")
      switch words[0] {
      case "show": outcome.texts.append(CellText(lines: [values[rest] ?? "none"]))
      case "save": disk.files[words[1]] = words.last
      case "load":
        outcome.texts.append(CellText(lines: [disk.files[rest] ?? "none"]))
        outcome.files.append(FileDigest(name: rest, digest: disk.files[rest] ?? ""))
      case "near":
        let value = (Double(values[rest] ?? "") ?? 0) + drift
        outcome.texts.append(CellText(lines: ["\(rest) \(value) ± 0.5"]))
      case "print": outcome.texts.append(CellText(lines: [rest]))
      case "raw": outcome.texts.append(CellText(rest, isRaw: true))
      case "time":
        clock += 1
        outcome.texts.append(CellText(lines: ["took ≈\(clock) ms"]))
      case "fail": outcome.failure = CellFailure(rest, "\(rest): it failed")
      case "slow": outcome.failure = CellFailure("E0901", "too slow", kind: .timeout)
      case "stop": outcome.isInterrupted = true
      case "read": outcome.files.append(FileDigest(name: rest, digest: "00"))
      case "hook": hook()
      default:
        let set = cell.parameters.first { $0.name == words[0] }
        values[words[0]] = set?.value ?? words.last
      }
      if outcome.failure != nil || outcome.isInterrupted { break }
    }
    return outcome
  }

  func test(_ claim: Claim) -> ClaimOutcome {
    let words = claim.expression.split(separator: " ").map(String.init)
    guard words.count == 3, let value = values[words[0]] else {
      return .error(code: "E0201", text: "no such name")
    }
    return value == words[2] ? .holds : .fails("\(words[0]) is \(value)")
  }
}
