// Ctrl-C and the other signals of a terminal: handlers only set flags and wake whoever waits for a
// key. A computation asks `isRaised`; a second Ctrl-C that finds the first unheard ends the command.

internal import Glibc
internal import Interpreter
internal import Synchronization

enum Interrupt {
  /// What a waiting reader can be woken by.
  enum Wake: UInt8 {
    case interrupt = 105
    case resize = 114
    case resume = 99
  }

  /// What sessions and trainings look at.
  static let flag = InterruptFlag()
  private static let raisedAtSeconds = Atomic<Int>(0)
  private static let readEnd = Atomic<Int32>(-1)
  private static let writeEnd = Atomic<Int32>(-1)
  private static let windowChanges = Atomic<Int>(0)
  /// Whether the terminal shows ^C where the cursor happens to be; the line editor shows none.
  private static let echoes = Atomic<Bool>(false)
  /// Whether it can take the line with the ^C away.
  private static let erases = Atomic<Bool>(false)

  /// How long a second Ctrl-C counts as "I mean it".
  private static let patienceSeconds = 2

  /// Whether Ctrl-C was pressed and nobody has lowered the flag since.
  static var isRaised: Bool { flag.isSet }

  /// The same question as a closure for the evaluator and for training loops.
  static let question: @Sendable () -> Bool = { flag.isSet }

  /// Says that the interruption was heard. `readLine` does it when it starts, so an evaluation that
  /// follows must not: Ctrl-C may already have been pressed for it.
  static func lower() { flag.clear() }

  /// Whether a line is being edited, and the terminal echoes nothing by itself.
  static func setEditing(_ isEditing: Bool) {
    echoes.store(!isEditing && isatty(2) == 1, ordering: .relaxed)
    erases.store(Terminal.isCapable, ordering: .relaxed)
  }

  /// Takes a ^C away that the terminal showed after the handler had run.
  static func erase() {
    guard isRaised, echoes.load(ordering: .relaxed), erases.load(ordering: .relaxed) else { return }
    Terminal.send("\r\u{1B}[K", to: 2)
  }

  /// Grows by one at each change of the window's size.
  static var windowChange: Int { windowChanges.load(ordering: .relaxed) }

  /// The descriptor that becomes readable when a signal arrives, or -1 before `install`.
  static var wakeDescriptor: Int32 { readEnd.load(ordering: .relaxed) }

  /// Takes over SIGINT, SIGWINCH and SIGCONT. Reads are not restarted after SIGINT, so that a
  /// script read from a pipe can be interrupted as well.
  static func install() {
    guard wakeDescriptor < 0 else { return }
    // A handler must not be the first to touch them: a first touch may take a lock.
    lower()
    raisedAtSeconds.store(0, ordering: .relaxed)
    windowChanges.store(0, ordering: .relaxed)
    setEditing(false)
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return }
    for end in ends {
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
    }
    readEnd.store(ends[0], ordering: .relaxed)
    writeEnd.store(ends[1], ordering: .relaxed)
    // Whoever started the command may have blocked them.
    var signals = sigset_t()
    sigemptyset(&signals)
    for signal in [SIGINT, SIGWINCH, SIGCONT] { sigaddset(&signals, signal) }
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    handle(SIGINT, flags: 0) { _ in Interrupt.onInterrupt() }
    handle(SIGWINCH, flags: SA_RESTART) { _ in
      Interrupt.windowChanges.add(1, ordering: .relaxed)
      Interrupt.wake(.resize)
    }
    handle(SIGCONT, flags: SA_RESTART) { _ in Interrupt.wake(.resume) }
  }

  /// The next reason to wake, or nil when none is left.
  static func nextWake() -> Wake? {
    var byte: UInt8 = 0
    while read(wakeDescriptor, &byte, 1) == 1 {
      if let wake = Wake(rawValue: byte) { return wake }
    }
    return nil
  }

  /// Forgets what arrived while nobody was waiting for a key.
  static func drain() { while nextWake() != nil {} }

  private static func handle(
    _ signal: Int32, flags: Int32, with handler: @escaping @convention(c) (Int32) -> Void
  ) {
    var action = sigaction()
    action.__sigaction_handler.sa_handler = handler
    action.sa_flags = flags
    sigemptyset(&action.sa_mask)
    sigaction(signal, &action, nil)
  }

  /// Runs inside the signal handler: only atomics, `clock_gettime`, `write` and `_exit`.
  private static func onInterrupt() {
    if echoes.load(ordering: .relaxed) {
      _ = erases.load(ordering: .relaxed) ? write(2, "\r\u{1B}[K", 4) : write(2, "\n", 1)
    }
    let now = monotonicSeconds()
    let unheard = flag.isSet
    flag.set()
    if unheard, now - raisedAtSeconds.load(ordering: .relaxed) < patienceSeconds { _exit(130) }
    raisedAtSeconds.store(now, ordering: .relaxed)
    wake(.interrupt)
  }

  private static func wake(_ reason: Wake) {
    let saved = errno
    var byte = reason.rawValue
    _ = write(writeEnd.load(ordering: .relaxed), &byte, 1)
    errno = saved
  }

  private static func monotonicSeconds() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec
  }
}
