// Texts and the tokens that they are cut into, and what is reported on the way.
import Syntax
import Testing

@Suite struct LexerTests {
  private static func kinds(_ text: String) -> [Token.Kind] {
    Lexer.tokens(of: Source(name: "", text: text)).tokens.dropLast().map(\.kind)
  }

  @Test(
    arguments: [
      ("12", .number(12)), ("1.5", .number(1.5)), ("2e3", .number(2000)), ("1_0", .number(10)),
      ("50%", .percent(50)), ("2KB", .size(2000)), ("1GiB", .size(1_073_741_824)), ("3B", .size(3)),
      ("5ms", .time(0.005)), ("2µs", .time(2e-6)), ("2min", .time(120)), ("abc_1", .name("abc_1")),
      ("_", .name("_")), ("été", .name("été")), ("while", .keyword(.while)), (".l2", .choice("l2")),
      ("|>", .symbol(.pipe)), ("..<", .symbol(.halfOpenRange)), ("=>", .symbol(.arrow)),
    ] as [(String, Token.Kind)])
  func oneToken(text: String, kind: Token.Kind) {
    #expect(Self.kinds(text) == [kind])
  }

  @Test func unitsAreExact() {
    for (unit, bytes) in UnitSuffix.sizes { #expect(Self.kinds("3\(unit)") == [.size(3 * bytes)]) }
    for (unit, seconds) in UnitSuffix.times {
      #expect(Self.kinds("3\(unit)") == [.time(3 * seconds)])
    }
  }

  @Test func keywordsAreKeywords() {
    for keyword in Keyword.allCases {
      #expect(Self.kinds(keyword.rawValue) == [.keyword(keyword)])
    }
    for symbol in Symbol.allCases { #expect(Self.kinds(symbol.rawValue) == [.symbol(symbol)]) }
  }

  @Test func aDotBehindAnOperandAsksForAMember() {
    #expect(Self.kinds("a.b") == [.name("a"), .symbol(.dot), .name("b")])
    #expect(Self.kinds("a .b") == [.name("a"), .choice("b")])
    #expect(Self.kinds("[.b]")[1] == .choice("b"))
    #expect(Self.kinds("90%.value") == [.percent(90), .symbol(.dot), .name("value")])
  }

  @Test(arguments: [
    ("a 'b'", "E0101", "'"), ("a \u{201C}", "E0101", "\u{201C}"), ("1e999", "E0103", "1e999"),
    ("3 + 27XB", "E0104", "27XB"), ("\"a\\q\"", "E0105", "\\q"), ("x = \"abc", "E0102", "\""),
    ("\"{1", "E0102", "{"), ("a ! b", "E0101", "!"), ("\u{0}", "E0101", "\u{0}"),
  ])
  func reportsWhereItIs(text: String, code: String, marked: String) throws {
    let source = Source(name: "", text: text)
    let found = try #require(Lexer.tokens(of: source).diagnostics.first)
    #expect(found.code == code)
    #expect(source.text(in: try #require(found.span)) == marked)
  }

  @Test func linesAreCountedFromOne() {
    let source = Source(name: "", text: "a\nbc\r\n\nd")
    #expect(source.lineCount == 4)
    #expect(source.line(at: 0) == 1)
    #expect(source.line(at: 2) == 2)
    #expect(source.line(at: 7) == 4)
    #expect(source.line(at: 99) == 4)
    #expect(source.text(in: source.lineSpan(2)) == "bc")
  }
}
