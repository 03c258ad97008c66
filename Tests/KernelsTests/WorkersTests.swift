// Laws of the pool: every block runs once, nobody shares a seat, and nested calls do not hang.
import Kernels
import Synchronization
import Testing

@Suite("Workers") struct WorkersTests {
  static let pools = [1, 2, 3, 8].map { Workers(threads: $0) }

  @Test(arguments: pools, [0, 1, 2, 7, 1000])
  func everyBlockRunsOnce(_ workers: Workers, _ blocks: Int) {
    let counts = Memory(max(1, blocks))
    for _ in 0..<3 {
      workers.run(blocks: blocks) { block, worker in
        #expect((0..<workers.threads).contains(worker))
        counts.floats[block] += 1
      }
    }
    #expect(counts.floats.array.prefix(blocks).allSatisfy { $0 == 3 })
  }

  @Test(arguments: pools)
  func manyShortJobs(_ workers: Workers) {
    let sums = Memory(4)
    for _ in 0..<300 { workers.run(blocks: 4) { block, _ in sums.floats[block] += 1 } }
    #expect(sums.floats.array == [300, 300, 300, 300])
  }

  @Test(arguments: pools)
  func nestedCallsRunInline(_ workers: Workers) {
    let counts = Memory(64)
    workers.run(blocks: 8) { outer, _ in
      workers.run(blocks: 8) { inner, worker in
        #expect(worker == 0)
        counts.floats[outer * 8 + inner] += 1
      }
    }
    #expect(counts.floats.array.allSatisfy { $0 == 1 })
  }

  @Test func twoCallersAtOnce() async {
    let workers = Workers(threads: 3)
    await withTaskGroup(of: Float.self) { group in
      for _ in 0..<4 {
        group.addTask {
          let counts = Memory(16)
          for _ in 0..<50 { workers.run(blocks: 16) { block, _ in counts.floats[block] += 1 } }
          return counts.floats.sum()
        }
      }
      for await sum in group { #expect(sum == 800) }
    }
  }

  @Test func nobodySharesASeat() {
    let workers = Workers(threads: 8)
    let seats = (0..<8).map { _ in Seat() }
    workers.run(blocks: 4000) { _, worker in
      let before = seats[worker].taken.wrappingAdd(1, ordering: .relaxed).oldValue
      #expect(before == 0)
      seats[worker].taken.wrappingSubtract(1, ordering: .relaxed)
    }
  }
}

private final class Seat: Sendable {
  let taken = Atomic<Int>(0)
}
