// Programs that are not typed: standard input, `-e`, and the small commands; each with its exit code.

import Glibc
import Testing

@Suite struct ScriptTests {
  @Test func withoutATerminalTheInputIsAScript() throws {
    let found = try Workplace().run(
      input: "#!/usr/bin/env cnb\n# twice\nx = \"é漢😀\"\nx\nprint 6 * 7\n")
    #expect(found.output == "é漢😀\n42\n")
    #expect(found.errors.isEmpty && found.code == 0)
  }

  @Test func anErrorGoesToStandardErrorAndNothingRunsBeforeIt() throws {
    let found = try Workplace().run(input: "1\nboom 3\n")
    #expect(found.output.isEmpty)
    #expect(found.errors.hasPrefix("E0201: "))
    #expect(found.code == 1)
  }

  @Test func whatRanBeforeAFailureWasShown() throws {
    let found = try Workplace().run(input: "1 + 1\nx = [1, 2]\nx[7]\n")
    #expect(found.output == "2\n")
    #expect(found.errors.hasPrefix("E03") && found.code == 1)
  }

  @Test func oneExpressionIsEvaluated() throws {
    let work = try Workplace()
    let found = try work.run("-e", "2 * 21")
    #expect(found.output == "42\n" && found.code == 0)
    #expect(try work.run("-e", "1 +").code == 1)
  }

  @Test(arguments: [
    ("CNB_THREADS", "0"), ("CNB_THREADS", "-1"), ("CNB_THREADS", "10000"), ("CNB_THREADS", "two"),
    ("CNB_KERNELS", "fast"),
  ])
  func aWrongEnvironmentIsRefused(_ name: String, _ value: String) throws {
    let found = try Workplace().run("-e", "1", environment: [name: value])
    #expect(found.errors.hasPrefix("cnb: \(name) is `\(value)`, and must be "))
    #expect(found.output.isEmpty && found.code == 64)
  }

  @Test(arguments: ["1", "7", "256", ""])
  func anyNumberOfThreadsGivesTheSame(_ threads: String) throws {
    let program = """
      data = load "digits"
      net = network(input: [1, 8, 8]) { conv 8, 3, .relu; maxpool 2; flatten(); dense 10 }
      print sum((train net, on: data.train[0..<100], epochs: 1)["dense1.weight"])
      """
    let work = try Workplace()
    let one = try work.run(input: program, environment: ["CNB_THREADS": "3"])
    let found = try work.run(input: program, environment: ["CNB_THREADS": threads])
    #expect(found.output == one.output && found.code == 0 && !found.output.isEmpty)
  }

  @Test func wordsAreExplained() throws {
    let work = try Workplace()
    let page = try work.run("help", "prune")
    #expect(page.output.hasPrefix("prune(") && page.code == 0)
    let near = try work.run("help", "prunne")
    #expect(near.errors.contains("did you mean prune?") && near.code == 1)
    #expect(try work.run("help").output.contains("quantize"))
    #expect(try work.run(input: "help\n").output == work.run("help").output)
    #expect(try work.run("help", "mlp").output.hasPrefix("mlp("))
  }

  @Test func codesAreExplained() throws {
    let work = try Workplace()
    let page = try work.run("explain", "E0301")
    #expect(page.output.hasPrefix("E0301: ") && page.code == 0)
    #expect(try work.run("explain", "E9999").code == 64)
  }

  @Test func withoutOpenBLASOnlyDecompositionsAreMissing() throws {
    let work = try Workplace()
    for library in ["none", "/nonexistent.so"] {
      let without = ["CNB_BLAS": library]
      let product = "matmul([[1, 2], [3, 4]], [1, 1])"
      let made = try work.run("-e", product, environment: without)
      #expect(made.output == "[3  7]\nshape [2]\n" && made.code == 0)
      let split = "svd(mlp([64, 32, 10]), rank: 8, except: [\"dense2\"])"
      let missing = try work.run("-e", split, environment: without)
      #expect(missing.errors.hasPrefix("E0908: svd needs LAPACK: "))
      #expect(missing.errors.contains("apt install libopenblas0"))
      #expect(missing.errors.contains(library) && missing.code == 1)
      #expect(try work.run("-e", "(\(split)).parameters").output == "1,130\n")
    }
  }

  @Test func outputThatDoesNotArriveIsAnError() throws {
    let found = try Workplace().run("-e", "1", output: "/dev/full")
    #expect(found.errors.hasPrefix("E0820: the output cannot be written: no space"))
    #expect(found.code == 5)
  }

  @Test func anInterruptEndsAScript() throws {
    let work = try Workplace()
    let process = try work.start([], input: "1\nwhile true {}\n")
    #expect(work.wait { work.read(".output") == "1\n" })
    kill(process, SIGINT)
    let found = work.outcome(of: process)
    #expect(found.code == 130)
    #expect(found.errors.hasPrefix("E0901: "))
  }

  @Test(arguments: [
    ["nope"], ["chekc", "a.cnb"], ["run"], ["check"], ["--frob"], ["run", "a.txt"],
    ["run", "--set", "bits", "a.cnb"], ["-e"], ["-e", "1", "a.cnb"],
    ["status", "--print", "a.cnb"],
  ])
  func wrongUsageIsItsOwnExitCode(_ arguments: [String]) throws {
    let work = try Workplace()
    let found = work.outcome(of: try work.start(arguments))
    #expect(found.code == 64)
    #expect(found.errors.hasPrefix("Error: ") && found.output.isEmpty)
  }
}
