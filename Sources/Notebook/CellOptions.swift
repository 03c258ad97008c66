// What a cell asks for in its opening line: one table of options, and their values once they were
// read.

/// One option that a cell can carry.
package struct CellOption: Sendable {
  /// What follows the name.
  package enum Value: Sendable { case none, code, seed, time, memory }

  package let name: String
  package let summary: String
  package let value: Value

  package static let all: [CellOption] = [
    CellOption(name: "params", summary: "its bindings can be set from outside", value: .none),
    CellOption(name: "skip", summary: "it is never run", value: .none),
    CellOption(name: "hidden", summary: "an export leaves it out", value: .none),
    CellOption(name: "solution", summary: "the students' edition leaves it out", value: .none),
    CellOption(name: "live", summary: "it is run anew in a lecture", value: .none),
    CellOption(name: "fold", summary: "an export shows it folded", value: .none),
    CellOption(name: "error", summary: "it must fail with this code", value: .code),
    CellOption(name: "seed", summary: "its own seed, in place of the notebook's", value: .seed),
    CellOption(name: "time", summary: "the longest it may take", value: .time),
    CellOption(name: "mem", summary: "the most memory it may use", value: .memory),
  ]
}

/// The options of one cell.
package struct CellOptions: Equatable, Sendable {
  package var isParameters = false
  package var isSkipped = false
  package var isHidden = false
  package var isSolution = false
  package var isLive = false
  package var isFolded = false
  /// The code that the cell must fail with.
  package var expectedError: String?
  package var seed: UInt64?
  package var timeLimitSeconds: Double?
  package var memoryLimitBytes: Int?
  /// Options that this version does not know, as they were written.
  package var unknown: [String] = []

  package init() {}

  /// Throws a sentence when an option that is known has a value that is not.
  init(_ info: InfoString) throws(InfoError) {
    for word in info.words {
      switch word {
      case .id: continue
      case .flag(let name): try set(flag: name)
      case .pair(let key, let value): try set(key, to: value)
      }
    }
  }

  private mutating func set(flag name: String) throws(InfoError) {
    switch name {
    case "params": isParameters = true
    case "skip": isSkipped = true
    case "hidden": isHidden = true
    case "solution": isSolution = true
    case "live": isLive = true
    case "fold": isFolded = true
    case _ where CellOption.all.contains { $0.name == name }:
      throw InfoError(sentence: "\(name) wants a value: \(name)=…")
    default: unknown.append(name)
    }
  }

  private mutating func set(_ key: String, to value: String) throws(InfoError) {
    switch key {
    case "error":
      guard value.utf8.first == 0x45, value.utf8.count == 5,
        value.utf8.dropFirst().allSatisfy(\.isDigit)
      else { throw InfoError(sentence: "error wants a code such as E0203, and found ‘\(value)’") }
      expectedError = value
    case "seed":
      guard let number = UInt64(value) else {
        throw InfoError(sentence: "seed wants a whole number from 0, and found ‘\(value)’")
      }
      seed = number
    case "time":
      guard let seconds = Measure.seconds(value) else {
        throw InfoError(sentence: "time wants a duration such as 2s, and found ‘\(value)’")
      }
      timeLimitSeconds = seconds
    case "mem":
      guard let bytes = Measure.bytes(value) else {
        throw InfoError(sentence: "mem wants a size such as 1GiB, and found ‘\(value)’")
      }
      memoryLimitBytes = bytes
    case _ where CellOption.all.contains { $0.name == key }:
      throw InfoError(sentence: "\(key) stands alone, and takes no value")
    default: unknown.append("\(key)=\(value)")
    }
  }
}
