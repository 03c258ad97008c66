// The engine's own threads. They spin briefly between jobs, because waking a sleeping thread costs
// more than a small layer does, and they share out blocks that never depend on how many they are.
import CKernels
import Glibc
import Synchronization

/// A pool of threads that run the blocks of one job at a time, the caller among them.
package final class Workers: @unchecked Sendable {
  /// The process's pool: `CNB_THREADS` threads, or one for each processor.
  package static let shared = Workers(threads: Workers.configured)

  package let threads: Int

  // blocks, blocks taken from the front and from the back: one word, so that whoever takes a block
  // knows from the same read whether the block exists.
  private let ticket = Atomic<UInt64>(0)
  private let done = Atomic<Int>(0)
  private let busy = Atomic<Bool>(false)
  private let sleepers = Atomic<Int>(0)
  private var job: ((Int, Int) -> Void)?
  private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let wake = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  private static let pauses = 2000
  private static let mostBlocks = 1 << 19
  private static let front: UInt64 = 1 << 20
  private static let back: UInt64 = 1

  /// A pool lives as long as the process: its threads are never joined.
  package init(threads: Int) {
    self.threads = max(1, min(threads, 256))
    pthread_mutex_init(lock, nil)
    pthread_cond_init(wake, nil)
    for index in 1..<max(2, self.threads) where index < self.threads { start(index) }
  }

  private static var configured: Int {
    if let text = getenv("CNB_THREADS"), let number = Int(String(cString: text)), number > 0 {
      return number
    }
    return max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
  }

  /// Calls `body(block, worker)` once for every block in `0..<blocks`, in any order and from several
  /// threads, and returns when all are done. `worker` is in `0..<threads`: two calls of one job at the
  /// same time never have the same. A job that is started from inside a body, or while another
  /// thread's job is running, runs inline, with worker 0.
  package func run(blocks: Int, _ body: (_ block: Int, _ worker: Int) -> Void) {
    guard blocks > 1, threads > 1, blocks <= Workers.mostBlocks,
      !busy.exchange(true, ordering: .acquiring)
    else {
      for block in 0..<max(0, blocks) { body(block, 0) }
      return
    }
    withoutActuallyEscaping(body) { job in
      self.job = job
      publish(blocks: blocks)
      takeBlocks(as: 0)
      var pauses = 0
      while done.load(ordering: .acquiring) != blocks {
        pauses += 1
        if pauses < 2 * Workers.pauses { ck_pause() } else { sched_yield() }
      }
      self.job = nil
    }
    busy.store(false, ordering: .releasing)
  }

  private func publish(blocks: Int) {
    done.store(0, ordering: .relaxed)
    ticket.store(UInt64(blocks) << 40, ordering: .sequentiallyConsistent)
    guard sleepers.load(ordering: .sequentiallyConsistent) > 0 else { return }
    pthread_mutex_lock(lock)
    pthread_cond_broadcast(wake)
    pthread_mutex_unlock(lock)
  }

  private static func taken(_ ticket: UInt64) -> (front: UInt64, back: UInt64) {
    (ticket >> 20 & 0xFFFFF, ticket & 0xFFFFF)
  }

  /// A word is open while it holds a block that nobody took.
  private static func isOpen(_ ticket: UInt64) -> Bool {
    let taken = taken(ticket)
    return taken.front + taken.back < ticket >> 40
  }

  /// The caller begins at the front and the others at the back, so that in job after job each finds
  /// in its own cache what it wrote there.
  private func takeBlocks(as worker: Int) {
    let step = worker == 0 ? Workers.front : Workers.back
    while Workers.isOpen(ticket.load(ordering: .acquiring)) {
      let word = ticket.wrappingAdd(step, ordering: .acquiringAndReleasing).oldValue
      guard Workers.isOpen(word) else { return }
      let taken = Workers.taken(word)
      let block = worker == 0 ? taken.front : (word >> 40) - 1 - taken.back
      // The job cannot end, nor the next one begin, before this block is counted as done.
      job?(Int(block), worker)
      done.wrappingAdd(1, ordering: .acquiringAndReleasing)
    }
  }

  private func start(_ index: Int) {
    let seat = Unmanaged.passRetained(Seat(workers: self, index: index))
    var thread = pthread_t()
    let failed = pthread_create(
      &thread, nil,
      { raw in
        guard let raw else { return nil }
        let seat = Unmanaged<Seat>.fromOpaque(raw).takeRetainedValue()
        seat.workers.serve(as: seat.index)
      }, seat.toOpaque())
    // Without the thread the others do its blocks.
    if failed == 0 { pthread_detach(thread) } else { seat.release() }
  }

  private func serve(as worker: Int) -> Never {
    var pauses = 0
    while true {
      if Workers.isOpen(ticket.load(ordering: .acquiring)) {
        takeBlocks(as: worker)
        pauses = 0
      } else if pauses < Workers.pauses {
        pauses += 1
        ck_pause()
      } else {
        sleep()
        pauses = 0
      }
    }
  }

  private func sleep() {
    pthread_mutex_lock(lock)
    sleepers.wrappingAdd(1, ordering: .sequentiallyConsistent)
    while !Workers.isOpen(ticket.load(ordering: .sequentiallyConsistent)) {
      pthread_cond_wait(wake, lock)
    }
    sleepers.wrappingSubtract(1, ordering: .sequentiallyConsistent)
    pthread_mutex_unlock(lock)
  }
}

/// Who a new thread is.
private final class Seat: @unchecked Sendable {
  let workers: Workers
  let index: Int
  init(workers: Workers, index: Int) {
    self.workers = workers
    self.index = index
  }
}
