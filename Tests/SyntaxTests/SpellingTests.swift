// What counts as a slip of the hand.
import Syntax
import Testing

@Suite struct SpellingTests {
  private static let words = ["prune", "quantize", "measure", "svd", "plot", "sum", "magnitude"]

  @Test(
    arguments: [
      ("prunne", "prune"), ("qauntize", "quantize"), ("mesure", "measure"), ("Plot", "plot"),
      ("smu", "sum"), ("magnitud", "magnitude"), ("x", nil), ("", nil), ("distill", nil),
    ] as [(String, String?)])
  func nearest(word: String, found: String?) {
    #expect(Spelling.nearest(word, among: Self.words) == found)
  }

  @Test func aWordIsNotItsOwnSuggestion() {
    #expect(Spelling.nearest("plot", among: ["plot"]) == nil)
    #expect(Spelling.nearest(String(repeating: "a", count: 10_000), among: Self.words) == nil)
  }
}
