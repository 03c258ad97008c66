// A session that only echoes, until the language is connected.

internal import Glibc

final class EchoSession: REPLSession {
  private let words = ["predict", "print", "prune", "quantize", "measure", "mlp", "load"]

  func isIncomplete(_ text: String) -> Bool {
    text.filter { "([{".contains($0) }.count > text.filter { ")]}".contains($0) }.count
  }

  func completions(in text: String, at cursor: Int) -> Completions {
    let before = Array(text.unicodeScalars.prefix(cursor))
    let start = (before.lastIndex { !$0.properties.isAlphabetic } ?? -1) + 1
    let typed = String(String.UnicodeScalarView(before[start...]))
    let fitting = words.filter { $0.hasPrefix(typed) }
    return Completions(
      replaceFrom: start, candidates: fitting.map { .init($0, detail: "the word \($0)") })
  }

  func run(_ entry: String) {
    while entry.contains("while true"), !Interrupt.isRaised { usleep(10_000) }
    print(Interrupt.isRaised ? "stopped" : entry)
  }
}
