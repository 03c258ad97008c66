// What counts as the same output, and what does not.

import Notebook
import Testing

@Suite struct ComparisonTests {
  private func compare(_ stored: [String], _ new: [String], raw: Bool = false) -> Comparison {
    var (before, after) = (Output(.text, lines: stored), Output(.text, lines: new))
    before.isRaw = raw
    after.isRaw = raw
    return Comparison(stored: [before], new: [after])
  }

  @Test(arguments: [
    ("a  b", "a  b  "),
    ("time ≈1.82 ms", "time ≈0.64 ms"),
    ("time ≈1.82 ms", "time ≈12 µs"),
    ("time ≈999 ms, done", "time ≈1.02 s, done"),
    ("(≈1.82ms)", "(≈3ms)"),
    ("peak ≈31 MB", "peak ≈1.2 GiB"),
    ("rate ≈31 MB/s", "rate ≈1.2 GB/s"),
    ("≈1.82 ms ± 0.02 ms", "≈1.9 ms ± 0.5 ms"),
    ("~1.82 ms", "≈1.9 ms"),
    ("wins ≈csr  below ≈62%", "wins ≈dense  below ≈8%"),
    ("≈-3", "≈−12"),
    ("0.9312±0.0005", "0.9315±0.0001"),
    ("0.93 ± 0.01", "0.94 ± 0.01"),
    ("0.93 +- 0.01", "0.94 ± 0.01"),
    ("92.68% ± 0.51%", "92.20% ± 0.53%"),
    ("92.68 ± 0.51%", "92.20% ± 0.53%"),
    ("27.1 ± 0.3 KB", "27.3 KB ± 0.1 KB"),
    ("999.9 KB ± 1 KB", "1.0 MB ± 0.01 MB"),
    ("×6.8 ± 0.1 (file)", "×6.75 ± 0.1 (file)"),
    ("1,797 ± 3", "1,799 ± 3"),
    ("1e-3 ± 1e-4", "0.00105 ± 0.0001"),
    ("net   ≈9.87 ms  ok", "net  ≈12.50 ms  ok"),
  ])
  func theseAgree(stored: String, new: String) {
    #expect(compare([stored], [new]) == .equal)
  }

  @Test(arguments: [
    ("a  b", "a b"),
    ("a", "b"),
    ("≈1.82 ms", "≈1.82 MB"),
    ("≈1.82", "≈-1.82"),
    ("≈1.82 ms", "1.82 ms"),
    ("0.93 ± 0.01", "0.93"),
    ("0.93 ± 0.01", "0.95 ± 0.01"),
    ("0.93% ± 0.01%", "0.93 ± 0.01"),
    ("a ≈1 ms", "b ≈1 ms"),
    ("≈1 ms x", "≈1 ms"),
    ("v1.5", "v1.6"),
    ("bytes 27104", "bytes 27105"),
    ("", "a"),
    ("x ≈1 ms", "x ≈1 ms 3"),
  ])
  func theseDiffer(stored: String, new: String) {
    #expect(!compare([stored], [new]).agrees)
  }

  @Test func rawTextIsComparedByteForByte() {
    #expect(!compare(["≈1 ms"], ["≈2 ms"], raw: true).agrees)
    var stored = Output(.text, lines: ["≈1 ms"])
    let new = stored
    stored.isRaw = true
    #expect(!Comparison(stored: [stored], new: [new]).agrees)
  }

  @Test func theMarkOfOneLineFreesTheColumnsOfTheTable() {
    let stored = ["model     time", "──────────────", "net    ≈9.8 ms", "small  ≈0.1 ms"]
    let new = ["model      time", "───────────────", "net    ≈12.8 ms", "small   ≈0.1 ms"]
    #expect(compare(stored, new) == .equal)
    #expect(!compare(Array(stored.prefix(2)), Array(new.prefix(2))).agrees)
  }

  @Test func aDifferenceNamesTheLinesAndTheWord() {
    let comparison = compare(["a 1", "b 2", "c 3"], ["a 1", "b 5", "c 3"])
    #expect(
      comparison
        == .different([Difference(stored: "b 2", new: "b 5", reason: "‘2’ became ‘5’")]))
  }

  @Test func linesThatCameOrWentAreAligned() {
    guard case .different(let some) = compare(["a", "b", "c"], ["a", "x", "b", "c"]) else {
      Issue.record("they differ")
      return
    }
    #expect(some == [Difference(stored: nil, new: "x", reason: "this line is not stored")])
    #expect(some[0].lines == ["+ x", "  (this line is not stored)"])
  }

  @Test func outputsThatCameOrWentAreDifferences() {
    let output = Output(.text, lines: ["a"])
    #expect(!Comparison(stored: [], new: [output]).agrees)
    #expect(!Comparison(stored: [output], new: []).agrees)
    #expect(!Comparison(stored: [output], new: [Output(.error, lines: ["a"])]).agrees)
    #expect(Comparison(stored: [], new: []) == .identical)
  }

  @Test func aLooseDrawingIsComparedByItsWords() {
    func drawing(_ lines: [String]) -> [Output] {
      var output = Output(.text, lines: lines)
      output.isLoose = true
      return [output]
    }
    let stored = drawing(["accuracy", " 0.9 ⡇⠤⠒", " 0.8 ⡧⠊", "     bytes"])
    #expect(
      Comparison(stored: stored, new: drawing(["accuracy", " 0.95 ⡇⠒⠒", " 0.85 ⡧⠊", "  bytes"]))
        == .equal)
    #expect(!Comparison(stored: stored, new: drawing(["loss", " 0.9", " 0.8", " bytes"])).agrees)
    #expect(Comparison(stored: stored, new: drawing([" 1.0 ⡇", "bytes", "accuracy"])) == .equal)
    #expect(!Comparison(stored: stored, new: drawing(["accuracy"])).agrees)
    #expect(!Comparison(stored: stored, new: [Output(.text, lines: stored[0].lines)]).agrees)
  }
}
