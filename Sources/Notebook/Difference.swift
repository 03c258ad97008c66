// Where two outputs part: pairs of lines, and the word or number in which they disagree.

/// One place where a new output disagrees with the stored one.
package struct Difference: Equatable, Sendable {
  /// The stored line, or nil when there is none in this place.
  package let stored: String?
  /// The new line, or nil when there is none in this place.
  package let new: String?
  /// What differs, in a few words.
  package let reason: String

  package init(stored: String?, new: String?, reason: String) {
    self.stored = stored
    self.new = new
    self.reason = reason
  }

  /// The difference as lines of a diff.
  package var lines: [String] {
    var result: [String] = []
    if let stored { result.append("- \(stored)") }
    if let new { result.append("+ \(new)") }
    result.append("  (\(reason))")
    return result
  }

  /// An output that appeared, went, or is of another kind.
  static func whole(_ stored: Output?, _ new: Output?) -> [Difference] {
    let gone = (stored?.lines ?? []).map {
      Difference(stored: $0, new: nil, reason: "this line was not printed")
    }
    let added = (new?.lines ?? []).map {
      Difference(stored: nil, new: $0, reason: "this line is not stored")
    }
    if gone.isEmpty && added.isEmpty {
      let reason = stored == nil ? "an output appeared" : "an output is gone"
      return [Difference(stored: nil, new: nil, reason: reason)]
    }
    return gone + added
  }

  /// More pairs of lines than this are compared one to one, not aligned.
  private static let largestTable = 1_000_000

  /// The differences between two texts after the best alignment of their lines.
  static func align(_ stored: [String], _ new: [String], _ rule: LineRule) -> [Difference] {
    guard stored.count != new.count, stored.count * new.count <= largestTable else {
      return pairs(stored[...], new[...], rule)
    }
    var result: [Difference] = []
    var (i, j) = (0, 0)
    for (oldLine, newLine) in matches(stored, new, rule) + [(stored.count, new.count)] {
      result += pairs(stored[i..<oldLine], new[j..<newLine], rule)
      (i, j) = (oldLine + 1, newLine + 1)
    }
    return result
  }

  /// Lines in one place, one to one; what is left over was added or is gone.
  private static func pairs(
    _ stored: ArraySlice<String>, _ new: ArraySlice<String>, _ rule: LineRule
  ) -> [Difference] {
    var result: [Difference] = []
    for (old, found) in zip(stored, new) {
      guard let reason = rule.disagreement(old, found) else { continue }
      result.append(Difference(stored: old, new: found, reason: reason))
    }
    for old in stored.dropFirst(new.count) {
      result.append(Difference(stored: old, new: nil, reason: "this line was not printed"))
    }
    for found in new.dropFirst(stored.count) {
      result.append(Difference(stored: nil, new: found, reason: "this line is not stored"))
    }
    return result
  }

  /// The longest common subsequence of lines, as pairs of indices.
  private static func matches(_ a: [String], _ b: [String], _ rule: LineRule) -> [(Int, Int)] {
    let width = b.count + 1
    var lengths = [Int](repeating: 0, count: (a.count + 1) * width)
    var agrees = [Bool](repeating: false, count: a.count * b.count)
    for i in a.indices.reversed() {
      for j in b.indices.reversed() {
        let same = rule.disagreement(a[i], b[j]) == nil
        agrees[i * b.count + j] = same
        lengths[i * width + j] =
          same
          ? lengths[(i + 1) * width + j + 1] + 1
          : max(lengths[(i + 1) * width + j], lengths[i * width + j + 1])
      }
    }
    var result: [(Int, Int)] = []
    var (i, j) = (0, 0)
    while i < a.count && j < b.count {
      if agrees[i * b.count + j] {
        result.append((i, j))
        (i, j) = (i + 1, j + 1)
      } else if lengths[(i + 1) * width + j] >= lengths[i * width + j + 1] {
        i += 1
      } else {
        j += 1
      }
    }
    return result
  }
}
