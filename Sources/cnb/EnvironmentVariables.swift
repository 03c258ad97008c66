// What the command reads from its environment, checked before anything else runs. The engine takes
// the same variables, and would make the best of a wrong one.
internal import Glibc

enum EnvironmentVariables {
  private struct Variable: Sendable {
    let name: String
    let wanted: String
    let takes: @Sendable (String) -> Bool
  }

  private static let variables = [
    Variable(name: "CNB_THREADS", wanted: "a whole number from 1 to 256") {
      Int($0).map { (1...256).contains($0) } ?? false
    },
    Variable(name: "CNB_PATH", wanted: "fast or general") { ["fast", "general"].contains($0) },
    Variable(name: "CNB_KERNELS", wanted: "baseline, v3 or v4") {
      ["baseline", "v3", "v4"].contains($0)
    },
  ]

  /// What is wrong with the first variable that is, or nil.
  static var complaint: String? {
    for variable in variables {
      guard let text = value(variable.name), !variable.takes(text) else { continue }
      return "\(variable.name) is `\(text)`, and must be \(variable.wanted)"
    }
    return nil
  }

  /// nil for one that is not set, or set to nothing.
  private static func value(_ name: String) -> String? {
    guard let raw = getenv(name) else { return nil }
    let text = String(cString: raw)
    return text.isEmpty ? nil : text
  }
}
