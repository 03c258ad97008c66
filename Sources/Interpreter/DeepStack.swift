// Work on a thread with a large stack: deep trees, deep values and deep recursion fit there, so that they
// end in an error of the language and never in a fault of the machine.
import Glibc

enum DeepStack {
  /// Reserved, and taken from memory only where it is used.
  private static let bytes = 512 << 20

  private final class Work {
    let body: () -> Void
    init(_ body: @escaping () -> Void) { self.body = body }
  }

  /// Runs the work there and waits for it; in place, where the system gives no such thread.
  /// Signals stay with the threads that were there before.
  /// - Parameter body: gets the bytes of stack that it has.
  static func run<T>(_ body: (_ bytesLeft: Int) -> T) -> T {
    withoutActuallyEscaping(body) { body in
      var result: T?
      if onThread(Work { result = body(bytes - (64 << 10)) }), let result { return result }
      return body(4 << 20)
    }
  }

  private static func onThread(_ work: Work) -> Bool {
    var attributes = pthread_attr_t()
    guard pthread_attr_init(&attributes) == 0 else { return false }
    defer { pthread_attr_destroy(&attributes) }
    guard pthread_attr_setstacksize(&attributes, bytes) == 0 else { return false }
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    var thread = pthread_t()
    let handed = Unmanaged.passRetained(work)
    let status = pthread_create(
      &thread, &attributes,
      { pointer in
        guard let pointer else { return nil }
        Unmanaged<Work>.fromOpaque(pointer).takeRetainedValue().body()
        return nil
      }, handed.toOpaque())
    pthread_sigmask(SIG_SETMASK, &before, nil)
    guard status == 0 else {
      handed.release()
      return false
    }
    pthread_join(thread, nil)
    return true
  }
}
