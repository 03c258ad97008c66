// How large values may become: what is said before the machine's memory or stack is at its end.

package enum Limits {
  /// How deep values may nest: lists in lists, functions that hold functions. Freeing deeper ones would
  /// exhaust the machine's stack.
  package static let nesting = 1000
  /// Items in a list and in all the lists inside it, counted again wherever they are reached again.
  package static let items = 50_000_000
  /// Bytes in a string.
  package static let textBytes = 1 << 28

  static func problem(of value: Value) -> Problem? {
    switch value {
    case .list, .record, .function:
      if value.depth > nesting { return tooDeep }
      return value.weight > items ? tooLarge : nil
    case .text(let text): return text.utf8.count > textBytes ? tooLong : nil
    default: return nil
    }
  }

  static var tooDeep: Problem {
    Problem(
      "E0903", "this value is nested more than \(nesting) levels deep",
      help: "build a flat list instead")
  }

  static var tooLarge: Problem {
    Problem(
      "E0904", "this would be a list of more than 50,000,000 items",
      help: "numbers take less as a tensor, or work through them part by part")
  }

  static var tooLong: Problem {
    Problem(
      "E0904", "this would be a string of more than 256 MiB",
      help: "collect the parts in a list instead")
  }
}
