// Our side of the benchmarks: a process that prints `ready`, and then, for every line with a number of seconds,
// repeats one job for that long. Its peers in other languages do the same (Tests/Benchmarks/peers).

internal import Glibc

/// Writes a line at once, though it goes to a pipe.
func say(_ line: String, to file: Int32 = STDOUT_FILENO) {
  _ = (line + "\n").withCString { write(file, $0, strlen($0)) }
}

func seconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// Answers each line with what was done: units, seconds, and numbers that the peers must agree with.
func serve(_ job: any Job) throws {
  say("ready")
  while let line = readLine() {
    let wanted = Double(line) ?? 0
    let start = seconds()
    var units = 0.0
    var elapsed = 0.0
    repeat {
      try job.run()
      units += job.units
      elapsed = seconds() - start
    } while elapsed < wanted
    say("\(units) \(elapsed) \(job.answer.map { "\($0)" }.joined(separator: " "))")
  }
}

do {
  try serve(try Jobs.named(Array(CommandLine.arguments.dropFirst())))
} catch {
  say("\(error)", to: STDERR_FILENO)
  exit(1)
}
