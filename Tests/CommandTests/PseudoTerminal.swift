// The real command behind a real terminal line, driven by keys and seen on a screen.

internal import Glibc

enum TestFailure: Error {
  case notStarted(String)
  case notSeen(String, screen: String)
}

/// The command that was built together with these tests.
enum BuiltCommand {
  static var path: String {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    let bytes = buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }
    let bundle = String(decoding: bytes, as: UTF8.self)
    return bundle.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      .joined(separator: "/") + "/cnb"
  }

  /// Starts it in a session of its own, with its three streams on the given descriptors or on the
  /// terminal at `terminalPath`, which then controls it.
  static func start(
    _ arguments: [String], environment: [String: String], terminalPath: String? = nil,
    streams: [Int32] = [], folder: String? = nil
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if let terminalPath {
      posix_spawn_file_actions_addopen(&actions, 0, terminalPath, O_RDWR, 0)
      posix_spawn_file_actions_adddup2(&actions, 0, 1)
      posix_spawn_file_actions_adddup2(&actions, 0, 2)
    }
    for (target, stream) in streams.enumerated() {
      posix_spawn_file_actions_adddup2(&actions, stream, Int32(target))
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    // The threads of a test block signals, and a child would inherit that.
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    let newSession: Int32 = 0x80
    let flags = newSession | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
    posix_spawnattr_setflags(&attributes, Int16(flags))
    // Swift's Glibc has no way to start a process in another folder; the shell has.
    let program = folder == nil ? path : "/bin/sh"
    let move = folder.map { ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", $0] } ?? []
    var words = (move + [path] + arguments).map { strdup($0) } + [nil]
    var variables = environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { for word in words + variables { free(word) } }
    var process: pid_t = 0
    let code = posix_spawn(&process, program, &actions, &attributes, &words, &variables)
    guard code == 0 else {
      throw TestFailure.notStarted("\(path): \(String(cString: strerror(code)))")
    }
    return process
  }

  /// Waits for the end; the exit code, or 128 and the signal.
  static func exitCode(of process: pid_t) -> Int32 {
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
  }
}

/// The command with its prompt on a screen.
final class PseudoTerminal {
  private(set) var screen: Screen
  let home: String
  private let main: Int32
  private let process: pid_t
  private var isOver = false
  /// Linux's TIOCSPTLCK and TIOCGPTN, which Swift's Glibc leaves out.
  private static let setLock = 0x4004_5431
  private static let getNumber = 0x8004_5430
  private static let secondsToWait = 20.0

  /// Starts the command and waits for the first prompt.
  init(
    columns: Int = 60, rows: Int = 20, terminal: String = "xterm", home: String? = nil,
    environment: [String: String] = [:], arguments: [String] = [], folder: String? = nil
  ) throws {
    screen = Screen(columns: columns, rows: rows)
    var template = Array("/tmp/cnb-test-XXXXXX".utf8CString)
    self.home = home ?? String(cString: mkdtemp(&template))
    main = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    var isLocked: Int32 = 0
    var number: UInt32 = 0
    guard main >= 0, ioctl(main, UInt(Self.setLock), &isLocked) == 0,
      ioctl(main, UInt(Self.getNumber), &number) == 0
    else { throw TestFailure.notStarted("no pseudo-terminal") }
    var window = winsize(
      ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(main, UInt(TIOCSWINSZ), &window)
    var variables = ["TERM": terminal, "HOME": self.home, "PATH": "/usr/bin:/bin"]
    variables.merge(environment) { $1 }
    process = try BuiltCommand.start(
      arguments, environment: variables, terminalPath: "/dev/pts/\(number)",
      folder: folder ?? self.home)
    if arguments.isEmpty { try wait("the first prompt") { $0.cursorLine == "cnb>" } }
  }

  deinit {
    if !isOver {
      kill(process, SIGKILL)
      _ = BuiltCommand.exitCode(of: process)
    }
    close(main)
  }

  func send(_ keys: String) {
    let bytes = Array(keys.utf8)
    _ = write(main, bytes, bytes.count)
  }

  /// Sends keys and reads until the screen is as wanted.
  func send(_ keys: String, until what: String, _ isSeen: (Screen) -> Bool) throws {
    send(keys)
    try wait(what, isSeen)
  }

  func wait(_ what: String, _ isSeen: (Screen) -> Bool) throws {
    let start = Self.seconds()
    while !isSeen(screen) {
      guard Self.seconds() - start < Self.secondsToWait, readMore() else {
        throw TestFailure.notSeen(what, screen: screen.text)
      }
    }
  }

  func resize(columns: Int) {
    screen.resize(columns: columns)
    var window = winsize(
      ws_row: UInt16(screen.rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(main, UInt(TIOCSWINSZ), &window)
  }

  /// Reads to the end of the command and gives its exit code.
  func exitCode() throws -> Int32 {
    let start = Self.seconds()
    while readMore() {
      guard Self.seconds() - start < Self.secondsToWait else {
        throw TestFailure.notSeen("the end of the command", screen: screen.text)
      }
    }
    isOver = true
    return BuiltCommand.exitCode(of: process)
  }

  /// False when the command is gone.
  private func readMore() -> Bool {
    var source = pollfd(fd: main, events: Int16(POLLIN), revents: 0)
    guard poll(&source, 1, 100) > 0 else { return true }
    var chunk = [UInt8](repeating: 0, count: 4096)
    let count = read(main, &chunk, chunk.count)
    guard count > 0 else { return false }
    screen.feed(chunk.prefix(count))
    return true
  }

  static func seconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
