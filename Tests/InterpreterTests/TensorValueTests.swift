// Tensors in the language: broadcasting arithmetic, indices, slices.
import Testing

@Suite struct TensorValueTests {
  @Test(arguments: [
    ("(vector([1, 2]) + 1)[1]", "3"), ("(vector([[1], [2]]) + vector([10, 20]))[1, 0]", "12"),
    ("(vector([1, 2]) * 50%)[1]", "1"), ("vector([1, 2]) + vector([1, 2, 3])", "!E0402"),
    ("vector([1, 2]) + 1KB", "!E0307"), ("vector([[1, 2], [3]])", "!E0207"),
    ("vector([1, 2]).shape", "[2]"),
    ("vector([[1, 2], [3, 4]])[:, 1].shape", "[2]"), ("vector([[1, 2], [3, 4]])[1, 0]", "3"),
    ("vector([[1, 2], [3, 4]])[-1].shape", "[2]"), ("vector([1, 2, 3])[1...].count", "2"),
    ("vector([1, 2])[2]", "!E0404"), ("vector([1, 2])[0, 0]", "!E0403"),
    ("vector([1, 2])[\"a\"]", "!E0308"),
    ("(-vector([1, 2]))[0]", "-1"), ("(1 / vector([0]))[0]", "inf"),
    ("vector([1, 2]) == vector([1, 2])", "[1  1]"),
    ("if vector([1]) { 1 }", "!E0302"), ("vector(3).rank", "0"),
  ])
  func programs(text: String, shown: String) {
    #expect(outcome(text).split(separator: "\n").first.map(String.init) ?? "" == shown, "\(text)")
  }
}
