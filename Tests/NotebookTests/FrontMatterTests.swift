// The head of a notebook: what it may say, and the line of what it may not.

import Notebook
import Testing

@Suite struct FrontMatterTests {
  private func problem(_ head: String) -> NotebookProblem? {
    Document("---\n\(head)\n---\n\nProse.\n").obstacle
  }

  @Test func allKeysAreRead() {
    let document = Document(
      """
      ---
      cnb: 1
      title: "A: b"   # a comment
      seed: 18446744073709551615
      params: {bits: 4, name: x}
      limits: {cell: 60s, total: 5min, memory: 2GiB}
      allow: [read:models/, write:none]
      lock: sha256:9c1e44d0
      lang: en
      ---

      """)
    #expect(document.problems.isEmpty)
    let head = document.frontMatter
    #expect(head.title == "A: b")
    #expect(head.seed == .max)
    #expect(head.parameters.map(\.name) == ["bits", "name"])
    #expect(head.parameters.map(\.value) == ["4", "x"])
    #expect(head.cellLimitSeconds == 60)
    #expect(head.totalLimitSeconds == 300)
    #expect(head.memoryLimitBytes == 2 << 30)
    #expect(head.allow == ["read:models/", "write:none"])
    #expect(head.lock == "sha256:9c1e44d0")
    #expect(head.language == "en")
  }

  @Test(arguments: [
    ("title: a\nsede: 1", 3), ("seed: -1", 2), ("seed: x", 2), ("title: [a]", 2), ("allow: x", 2),
    ("params: 3", 2), ("limits: {cell: soon}", 2), ("limits: {speed: 2s}", 2),
    ("title: a\nallow:\n  - x", 4), ("title: *x", 2), ("title: &x a", 2), ("- a", 2), ("title", 2),
    ("title: a\ntitle: b", 2), ("title: \"a", 2), ("title: a: b", 2),
    ("a: " + String(repeating: "[", count: 9000), 2),
  ])
  func whatIsNotTheSubsetIsAnErrorWithItsLine(head: String, line: Int) {
    let problem = problem(head)
    #expect(problem?.code == .frontMatter)
    if !head.hasPrefix("title: \"") && !head.contains("title: b") { #expect(problem?.line == line) }
  }

  /// What libyaml says of a text, and what it reads although the lines alone do not show it.
  @Test(arguments: [
    ("title: a: b", "the front matter is not YAML: mapping values are not allowed in this context"),
    ("title: a\ntitle: b", "the front matter is not YAML: a key stands there twice"),
    (
      "title: a\nparams: {a: 1, \"a\": 2}", "the front matter is not YAML: a key stands there twice"
    ),
    (
      "title: don't\nparams: {a: 'x', b: don't, c: &x 1}",
      "the front matter has no anchors, aliases and tags"
    ),
    ("params: {a: don't, b: *x}", "the front matter has no anchors, aliases and tags"),
    ("params: {a: don't, b: !x 1}", "the front matter has no anchors, aliases and tags"),
    ("title: \u{1}", "the front matter is not YAML: it cannot be read"),
    (
      "allow: [\"" + String(repeating: "]", count: 99) + "\", " + String(repeating: "[", count: 99),
      "the front matter is nested deeper than 8"
    ),
  ])
  func faultsAreNamed(head: String, message: String) {
    #expect(problem(head)?.code == .frontMatter)
    #expect(problem(head)?.message == message)
  }

  @Test func scalarsAreTakenAsTheyStand() {
    let head = Document(
      "---\ntitle: \"a\\0é\\n\"\nparams: {a: 'it''s', b: yes, c: 0x10, d: , \"e\": ~}\nallow: []\n---\n"
    ).frontMatter
    #expect(head.title == "a\0é\n")
    #expect(head.parameters.map(\.name) == ["a", "b", "c", "d", "e"])
    #expect(head.parameters.map(\.value) == ["it's", "yes", "0x10", "", "~"])
    #expect(head.allow.isEmpty)
  }

  @Test func anotherFormatIsRefused() {
    #expect(problem("cnb: 2")?.code == .formatVersion)
  }

  @Test func aRuleAtTheTopIsProse() {
    #expect(Document("---\n\nProse.\n\n---\n").problems.isEmpty)
    #expect(Document("---\nProse\n").problems.isEmpty)
    #expect(Document("---").problems.isEmpty)
    #expect(Document("").problems.isEmpty)
  }

  @Test func anOutputDoesNotCloseAHead() {
    let document = Document("---\n# Prose\n\n```cnb\nx\n```\n")
    let written = document.replacingOutputs([0: [Output(.text, lines: ["---"])]])
    #expect(written.cells.map(\.source) == ["x"])
    #expect(written.problems.isEmpty)
  }

  @Test func headsThatAreNotClosedAreErrors() {
    #expect(Document("---\ntitle: a\n\n```cnb\nx\n```\n").obstacle?.code == .frontMatter)
  }

  @Test func linesAreCountedFromTheTopOfTheFile() {
    let document = Document("---\r\ntitle: a\r\n...\r\n\r\n```cnb\r\nx\r\n```\r\n")
    #expect(document.cells.map(\.line) == [5])
    #expect(document.frontMatter.title == "a")
  }
}

@Suite struct ClaimTests {
  /// A claim that nobody sees as one would never be tested.
  @Test(arguments: [
    "[a](claim:#x \"y\n> 20%\")", "[a](claim:#x \"y)", "[a](claim:#x y)", "[*a*](claim:#x \"y\" z)",
  ])
  func aBrokenClaimIsAnError(text: String) {
    let document = Document("```cnb #x\n1\n```\n\n\(text)\n")
    #expect(document.claims.isEmpty)
    #expect(document.problems.map(\.code) == [.claim])
  }

  @Test func claimsAreLinksWithAnExpression() {
    let text = """
      # Head [one](claim:#a "x >= 6")

      Some prose
      and [`two` *words*](claim:#a "a \\"b\\" < 1"), [three](claim: "y").

      - `[no](claim:#a "code")` [four](<claim:#a> 'z')

      ```cnb #a
      [no](claim:#a "in a cell")
      ```

      """
    let document = Document(text)
    #expect(document.problems.isEmpty)
    #expect(document.claims.map(\.text) == ["one", "two words", "three", "four"])
    #expect(document.claims.map(\.expression) == ["x >= 6", "a \"b\" < 1", "y", "z"])
    #expect(document.claims.map(\.id) == ["a", "a", nil, "a"])
    #expect(document.claims.map(\.line) == [1, 4, 4, 6])
  }

  @Test func aClaimMayBeWrapped() {
    let document = Document("```cnb #a\n1\n```\n\n[so](claim:#a \"x\n  < 6\")\n")
    #expect(
      document.claims.map(\.expression).map { $0.split(separator: " ") } == [["x", "<", "6"]])
  }

  @Test(arguments: [
    "[a](claim:#b \"x\")", "[a](claim:#a)", "[a](claim:#a \" \")", "[a](claim:a \"x\")",
    "[a](claim:# \"x\")",
  ])
  func claimsThatCannotBeTestedAreErrors(text: String) {
    let document = Document("Prose.\n\n\(text)\n\n```cnb #a\nx\n```\n")
    #expect(document.obstacle?.code == .claim)
    #expect(document.obstacle?.line == 3)
  }
}
