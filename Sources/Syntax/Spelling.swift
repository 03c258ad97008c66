// The nearest known word to a mistyped one.

package enum Spelling {
  /// The candidate with the fewest edits, where they are few enough to be a slip of the hand.
  package static func nearest(_ word: String, among candidates: some Sequence<String>) -> String? {
    let typed = Array(word.lowercased().unicodeScalars)
    guard !typed.isEmpty, typed.count <= 64 else { return nil }
    let limit = typed.count < 3 ? 0 : max(1, typed.count / 3)
    var best: (word: String, edits: Int)?
    for candidate in candidates where candidate != word {
      let known = Array(candidate.lowercased().unicodeScalars)
      guard known.count <= 64, abs(known.count - typed.count) <= limit else { continue }
      let edits = distance(typed, known)
      guard edits <= limit else { continue }
      if best.map({ (edits, candidate) < ($0.edits, $0.word) }) ?? true {
        best = (candidate, edits)
      }
    }
    return best?.word
  }

  /// Insertions, deletions, substitutions and swaps of neighbours.
  private static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
    var before = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    for i in 1...a.count {
      var row = [i] + [Int](repeating: 0, count: b.count)
      for j in stride(from: 1, through: b.count, by: 1) {
        let same = a[i - 1] == b[j - 1]
        row[j] = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1))
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
          row[j] = min(row[j], before[j - 2] + 1)
        }
      }
      before = last
      last = row
    }
    return last[b.count]
  }
}
