// Pages of help, as they stand in a terminal of 80 columns and in a narrow one.
import Charts
import Interpreter
import Testing

@Suite struct HelpTests {
  private static func page(_ name: String, width: Int = 80) -> [String] {
    guard let function = Bench.registry[name] else { return [] }
    return Help.lines(function, ChartStyle(width: width))
  }

  @Test func aPageWithColumnsAndChoices() {
    #expect(
      Self.page("cook").joined(separator: "\n") == """
        cook(dish, by: .sweet, minutes: 5, hot: true)

        Cooks a dish, slowly, with more words than fit into one line of a terminal that
        is narrow.

          dish     its name (a string)
          by       how it tastes (by default .sweet)
                     .sweet  like sugar
                     .sour   like lemons
          minutes  how long it stands on the fire (a whole number from 1 to 90, by
                   default 5)
          hot      whether it is served hot (true or false, by default true)

        Gives a string.
        """)
  }

  @Test func everyLineFits() {
    for width in [40, 60, 80] {
      let pages = Bench.registry.words.flatMap { Self.page($0.name, width: width) }
      for line in pages + Help.index(Bench.registry, ChartStyle(width: width)) {
        #expect(line.count <= width, "\(line)")
      }
    }
  }

  @Test func functionsAreDocumentedByTheCommentAbove() {
    let session = Bench.session()
    _ = outcome(
      "# The area of a square.\n# In square meters.\nfn square(side: 1) { side ^ 2 }", in: session)
    #expect(
      outcome("square", in: session)
        == "square(side: …)\n\n  The area of a square.\n  In square meters.")
  }

  @Test func theIndexListsChapters() {
    let lines = Help.index(Bench.registry, ChartStyle(width: 80))
    #expect(lines.first == "Numbers")
    #expect(lines.contains("  double  Doubles a number."))
    #expect(lines.contains("The rest"))
  }
}
