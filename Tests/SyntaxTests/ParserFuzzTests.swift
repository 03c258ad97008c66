// Thousands of random, soup-like and damaged programs: the parser ends, reports places inside the text,
// and never traps.
import Syntax
import Testing

@Suite struct ParserFuzzTests {
  private static let programs = [
    "net = mlp [64, 10]\n  |> train on: data.train, epochs: 8\nplot histogram(net[\"a\"])",
    "fn f(a, b: [50%, 3KB]) {\n  for s in b { if s > 1 { return \"{s}: {a + \"x{1}\"}\" } }\n}",
    "x = (bits: 8, name: \"q\") # c\nwhile x.bits < 3 { x = x; break }\ny = z => z ^ -2 mod 3",
    "network(input: 64) {\n  dense 32, .relu\n  residual { dense 32 }\n}\nt[:, 1..<3, ...2]",
  ]
  private static let soup =
    Keyword.allCases.map { " \($0.rawValue) " } + Symbol.allCases.map(\.rawValue)
    + ["a", "b1", "é", "12", "3.5", "90%", "4KB", "\"", "{", "}", "\n", " ", "#", ".x", "\\", "'"]

  private static func check(_ text: String) {
    let source = Source(name: "", text: text)
    let (tokens, _) = Lexer.tokens(of: source)
    for token in tokens {
      #expect(token.span.start <= token.span.end && token.span.end <= source.bytes.count)
    }
    let (statements, diagnostics) = Parser.parse(source)
    for statement in statements { #expect(statement.span.end <= source.bytes.count) }
    for diagnostic in diagnostics {
      #expect((diagnostic.span?.end ?? 0) <= source.bytes.count, "\(text)")
      #expect(!Renderer().lines(diagnostic).isEmpty)
    }
    _ = Parser.isIncomplete(text)
  }

  @Test func randomBytes() {
    var random = Dice(seed: 1)
    for _ in 0..<1500 {
      let bytes = (0..<random.below(80)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      Self.check(String(decoding: bytes, as: UTF8.self))
    }
  }

  @Test func tokenSoup() {
    var random = Dice(seed: 2)
    for _ in 0..<3000 {
      Self.check((0..<random.below(40)).map { _ in random.pick(Self.soup) }.joined())
    }
  }

  @Test func damagedPrograms() {
    var random = Dice(seed: 3)
    for _ in 0..<2000 {
      var bytes = Array(random.pick(Self.programs).utf8)
      for _ in 0...random.below(4) {
        if bytes.isEmpty { bytes = [32] }
        let place = random.below(bytes.count)
        switch random.below(4) {
        case 0: bytes.remove(at: place)
        case 1: bytes.insert(contentsOf: random.pick(Self.soup).utf8, at: place)
        case 2: bytes[place] = UInt8(truncatingIfNeeded: random.next())
        default: bytes = Array(bytes[..<place]) + [32]
        }
      }
      Self.check(String(decoding: bytes, as: UTF8.self))
    }
  }

  @Test func everyBeginningOfAProgramIsRightSoFarOrUnfinished() {
    for program in Self.programs {
      for length in 0...program.count { Self.check(String(program.prefix(length))) }
    }
  }
}

/// Random numbers that follow from a seed (Steele, Lea and Flood 2014, SplitMix64).
struct Dice: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(max(1, limit))) }
  mutating func pick<T>(_ items: [T]) -> T { items[below(items.count)] }
}
