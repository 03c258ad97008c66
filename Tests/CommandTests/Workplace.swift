// A folder of its own for a test, in which the built command is run without a terminal.

internal import Glibc

/// What came of one run of the command.
struct Outcome {
  let output: String
  let errors: String
  let code: Int32
}

final class Workplace: Sendable {
  let folder: String
  private static let environment = [
    "HOME": "/nonexistent", "PATH": "/usr/bin:/bin", "TERM": "xterm",
  ]

  init() throws {
    var template = Array("/tmp/cnb-work-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw TestFailure.notStarted("no folder") }
    folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { Self.remove(folder) }

  private static func remove(_ path: String) {
    var facts = stat()
    guard lstat(path, &facts) == 0 else { return }
    guard facts.st_mode & S_IFMT == S_IFDIR else {
      unlink(path)
      return
    }
    for name in names(in: path) { remove("\(path)/\(name)") }
    rmdir(path)
  }

  private static func names(in folder: String) -> [String] {
    guard let handle = opendir(folder) else { return [] }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { start in
        start.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  // MARK: - Files

  var names: [String] { Self.names(in: folder) }
  func path(_ name: String) -> String { "\(folder)/\(name)" }

  @discardableResult
  func write(_ text: String, to name: String) -> String { write(Array(text.utf8), to: name) }

  @discardableResult
  func write(_ bytes: [UInt8], to name: String) -> String {
    guard let file = fopen(path(name), "w") else { return path(name) }
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
    return path(name)
  }

  func read(_ name: String) -> String { String(decoding: bytes(name), as: UTF8.self) }

  func bytes(_ name: String) -> [UInt8] {
    guard let file = fopen(path(name), "r") else { return [] }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&bytes, 1, bytes.count, file)
    return Array(bytes.prefix(count))
  }

  func makeFolder(_ name: String) { mkdir(path(name), 0o755) }

  // MARK: - The command

  /// Starts it with its streams on files of the folder.
  func start(
    _ arguments: [String], input: String = "", output: String? = nil,
    environment: [String: String] = [:]
  ) throws -> pid_t {
    write(input, to: ".input")
    let streams = [
      open(path(".input"), O_RDONLY | O_CLOEXEC),
      open(output ?? path(".output"), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600),
      open(path(".errors"), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600),
    ]
    defer { for stream in streams { close(stream) } }
    return try BuiltCommand.start(
      arguments, environment: Self.environment.merging(environment) { $1 }, streams: streams,
      folder: folder)
  }

  /// Waits for its end and takes the streams away.
  func outcome(of process: pid_t) -> Outcome {
    let code = BuiltCommand.exitCode(of: process)
    defer { for name in [".input", ".output", ".errors"] { unlink(path(name)) } }
    return Outcome(output: read(".output"), errors: read(".errors"), code: code)
  }

  func run(
    _ arguments: String..., input: String = "", output: String? = nil,
    environment: [String: String] = [:]
  ) throws -> Outcome {
    outcome(
      of: try start(arguments, input: input, output: output, environment: environment))
  }

  /// Waits until something is so; false when it never is.
  func wait(until isSo: () -> Bool) -> Bool {
    for _ in 0..<2000 {
      if isSo() { return true }
      usleep(10_000)
    }
    return false
  }
}
