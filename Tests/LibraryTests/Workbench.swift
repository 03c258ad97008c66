// A session as a notebook has it, for tests: what a cell shows, and what stopped it.
import Charts
import Foundation
import Interpreter
import Library
import Networks
import Syntax
import Testing

/// What a cell came to.
struct Cell {
  let lines: [String]
  let warnings: [String]
  let result: CellResult

  var text: String { lines.joined(separator: "\n") }
  var last: Value { result.last }
  /// The code of the error that stopped it.
  var code: String? { error?.code }
  var message: String { error?.message ?? "no error" }
  var help: String? { error?.help }
  var error: Diagnostic? { result.diagnostics.first { $0.severity == .error } }
  /// The part of the program that the error marks.
  var marked: String? {
    guard let source = error?.source, let span = error?.span else { return nil }
    return String(decoding: source.bytes[span.start..<span.end], as: UTF8.self)
  }
}

final class Workbench {
  let session: Session
  private var count = 0

  init(
    _ folder: String = NSTemporaryDirectory(), readable: [String]? = nil, writable: [String]? = nil
  ) {
    session = Session(
      registry: Library.registry,
      surroundings: Surroundings(folder: folder, readable: readable, writable: writable),
      modules: Workbench.modules)
  }

  @discardableResult func run(_ code: String, identity: String? = nil) -> Cell {
    count += 1
    var lines: [String] = []
    var warnings: [String] = []
    let input = CellInput(
      source: Source(name: "test", text: code), identity: identity ?? "\(count)")
    let result = session.run(input) { output in
      switch output {
      case .value(let value): lines += value.lines(DisplayStyle())
      case .text(let text): lines += text.split(separator: "\n").map(String.init)
      case .warning(let text): warnings.append(text)
      }
    }
    return Cell(lines: lines, warnings: warnings, result: result)
  }

  /// The value of one expression.
  func value(_ code: String) throws -> Value {
    let cell = run(code)
    if let error = cell.error { throw Stopped(message: error.message) }
    return cell.last
  }

  /// The standard library's networks, from their notebook.
  private static let modules = Modules(
    cells: { _ in [Source(name: "networks", text: try networks())] },
    provider: { ["mlp", "lenet300", "lenet5", "keras_cnn"].contains($0) ? "networks" : nil },
    provided: { ["mlp"] })

  private static func networks() throws -> String {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let text = try String(contentsOf: root.appending(path: "Stdlib/networks.cnb"), encoding: .utf8)
    var isCode = false
    var code: [Substring] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        isCode = line.hasPrefix("```cnb") && !line.hasPrefix("```cnb-")
      } else if isCode {
        code.append(line)
      }
    }
    return code.joined(separator: "\n")
  }
}

struct Stopped: Error { let message: String }

/// A folder for the files of one test.
final class Folder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "cnb-library-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ bytes: [UInt8], to name: String) throws {
    try Data(bytes).write(to: URL(filePath: "\(path)/\(name)"))
  }

  func bytes(of name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: "\(path)/\(name)")))
  }

  var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }
}
