// A text with the cursor at its end, and what Tab offers there.
import Interpreter
import Syntax
import Testing

@Suite struct CompletionTests {
  private static func offers(_ text: String) -> [String] {
    let session = Bench.session()
    _ = outcome(
      "recipe = (name: \"soup\", minutes: 9)\nfn serve(dish, guests: 2) { dish }", in: session)
    return session.completion(of: text, at: text.utf8.count) { path in
      ["soup.npy", "stew.npy"].filter { $0.hasPrefix(path) }
    }.candidates.map(\.text)
  }

  @Test(arguments: [
    ("dou", ["double"]), ("x = dou", ["double"]), ("rec", ["recipe"]), ("wh", ["while"]),
    ("recipe.", ["name", "minutes"]), ("recipe.mi", ["minutes"]), ("recipe[\"na", ["name"]),
    ("cook \"a\", by: .", ["sweet", "sour"]), ("cook \"a\", by: .so", ["sour"]),
    ("cook \"a\", mi", ["minutes: "]),
    ("cook \"a\", by: .sour, ", ["minutes: ", "hot: "]), ("serve 1, gu", ["guests: "]),
    ("\"a\" |> cook ho", ["hot: "]), ("cook(\"a\", ho", ["hot: "]), ("show \"so", ["soup.npy"]),
    ("nothing.", []), ("area", ["area"]), ("1 + dou", ["double"]), ("zzz", []),
  ])
  func table(text: String, expected: [String]) {
    #expect(Self.offers(text) == expected, "\(text)")
  }

  @Test func anEmptyLineOffersEveryName() {
    let all = Self.offers("")
    #expect(all == all.sorted())
    for word in Bench.registry.words { #expect(all.contains(word.name)) }
    #expect(all.contains("recipe") && all.contains("for"))
  }

  @Test func anyCursorInAnyTextIsSafe() {
    let session = Bench.session()
    let text = "cook \"é{1}\", by: .so |> show(recipe[\"a\"].x"
    for cursor in -2...60 { _ = session.completion(of: text, at: cursor) }
  }
}
