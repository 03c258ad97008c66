// Whether a cell printed again what is stored. Text is compared byte for byte; what a value's type
// marked as volatile (≈) or inexact (±) is compared by its meaning; a drawing made from inexact
// values by its words.
//
// The rules, in full:
// 1. Lines are compared without blanks at their ends.
// 2. `≈x unit` agrees with `≈y unit` when both measure the same thing (a time, a size) and have
//    one sign.
// 3. `v ± t` agrees with `w ± u` when |v − w| is at most the larger of t and u.
// 4. In an output that holds such a mark, the width of gaps and of drawn rules is free, because
//    the width of a number moves its column. In any other output each blank counts.
// 5. `raw` turns rules 2 to 4 off. `loose` (written by the tool for a chart of inexact values)
//    asks only for as many lines and the same words in the same order: titles, axes, legends;
//    not ticks, not ink.
// 6. Where only head and tail are kept, the digest of the whole, with marked numbers blanked,
//    must agree too.

/// How the outputs of a cell compare to those that are stored.
package enum Comparison: Equatable, Sendable {
  /// Byte for byte the same.
  case identical
  /// Other bytes that mean the same; the stored ones stay.
  case equal
  case different([Difference])

  package var agrees: Bool {
    if case .different = self { false } else { true }
  }

  /// - Returns: how `new` compares to `stored`, as a whole run of outputs. Keys are not compared.
  package init(stored: [Output], new: [Output]) {
    var differences: [Difference] = []
    var isIdentical = stored.count == new.count
    for index in 0..<max(stored.count, new.count) {
      let old = index < stored.count ? stored[index] : nil
      let found = index < new.count ? new[index] : nil
      guard let old, let found, old.kind == found.kind else {
        isIdentical = false
        differences += Difference.whole(old, found)
        continue
      }
      let (some, areSame) = Self.compare(old, found)
      differences += some
      isIdentical = isIdentical && areSame
    }
    self = !differences.isEmpty ? .different(differences) : isIdentical ? .identical : .equal
  }

  private static func compare(_ stored: Output, _ new: Output) -> ([Difference], Bool) {
    guard stored.hasSameMarks(as: new) else {
      return ([Difference(stored: nil, new: nil, reason: "the output is marked otherwise")], false)
    }
    let areSame =
      stored.lines.count == new.lines.count
      && zip(stored.lines, new.lines).allSatisfy { $0.utf8.elementsEqual($1.utf8) }
      && stored.cut == new.cut
    if areSame { return ([], true) }
    if new.isLoose { return (looseDifferences(stored, new), false) }
    let rule = LineRule(stored, new)
    var differences = Difference.align(stored.lines, new.lines, rule)
    if differences.isEmpty && stored.cut != new.cut {
      let reason = "a line that is left out of the output has changed"
      differences = [Difference(stored: nil, new: nil, reason: reason)]
    }
    return (differences, false)
  }

  /// A drawing of inexact values says the same words; its ink, its numbers, its height and the places of
  /// its words are free, for they follow from values that another machine computes slightly differently.
  private static func looseDifferences(_ stored: Output, _ new: Output) -> [Difference] {
    let before = Set(stored.lines.flatMap(words))
    let after = Set(new.lines.flatMap(words))
    if before == after { return [] }
    let lost = before.subtracting(after).min().map { "the word ‘\($0)’ is gone" }
    let come = after.subtracting(before).min().map { "the word ‘\($0)’ is new" }
    let reason = [lost, come].compactMap(\.self).joined(separator: ", ")
    return [Difference(stored: nil, new: nil, reason: reason)]
  }

  /// Runs of letters, each with at least one: what a drawing says, not what it shows.
  private static func words(_ line: String) -> [String] {
    line.unicodeScalars.split { !$0.properties.isAlphabetic }.map {
      String(String.UnicodeScalarView($0))
    }
  }
}

/// How single lines of two outputs are compared.
struct LineRule {
  /// Both outputs are plain text: each byte counts, but blanks at the end of a line.
  private let isExact: Bool

  init(_ stored: Output, _ new: Output) {
    isExact = new.isRaw || !(Self.holdsMarks(stored) && Self.holdsMarks(new))
  }

  private static func holdsMarks(_ output: Output) -> Bool {
    output.lines.contains { Piece.all(in: $0).contains(where: \.isMark) }
  }

  /// Nil when the lines agree, else why they do not.
  func disagreement(_ stored: String, _ new: String) -> String? {
    if let before = OmittedLines(stored), let after = OmittedLines(new) {
      return before.count == after.count ? nil : "\(before.count) lines were left out before"
    }
    guard !isExact else {
      let same = Array(stored.utf8)[...].trimmedRight == Array(new.utf8)[...].trimmedRight
      return same ? nil : Self.firstChange(stored, new)
    }
    let before = Piece.all(in: stored)
    let after = Piece.all(in: new)
    for (old, found) in zip(before, after) where !old.agrees(with: found) {
      return Self.sentence(old, found)
    }
    if before.count == after.count { return nil }
    return before.count > after.count ? "the end of the line is gone" : "the line goes on"
  }

  private static func sentence(_ old: Piece, _ new: Piece) -> String {
    switch (old, new) {
    case (.tolerant(let a, let s, let kind), .tolerant(let b, let t, let other))
    where kind == other:
      "\(a) and \(b) are further apart than ±\(max(s, t))"
    case (.tolerant, .tolerant), (.volatile, .volatile): "the unit or the sign is another"
    default: "‘\(old.skeleton)’ became ‘\(new.skeleton)’"
    }
  }

  /// The first word in which two lines differ.
  private static func firstChange(_ stored: String, _ new: String) -> String {
    let before = stored.utf8.split(separator: 0x20)
    let after = new.utf8.split(separator: 0x20)
    for (old, found) in zip(before, after) where !old.elementsEqual(found) {
      return "‘\(Substring(old))’ became ‘\(Substring(found))’"
    }
    if before.count == after.count { return "only the spacing differs" }
    return before.count > after.count ? "the end of the line is gone" : "the line goes on"
  }
}
