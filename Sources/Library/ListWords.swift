// Words for lists, records and strings.
import Interpreter

enum ListWords {
  static let all = [
    count, map, filter, reduce, sort, reverse, zip, enumerate, flatten, unique, join, split,
    contains,
    merge, columns,
  ]

  static let count = Builtin(
    "count", "How many items a list, range, string or record has, or elements a tensor.",
    Parameter<Value>("value", "a list, a range, a string, a record or a tensor"),
    examples: [
      Example("count [4, 5, 6]", shows: "3"), Example("count(0..<10)", shows: "10"),
    ], seeAlso: ["sum"], atOnce: countOfList
  ) { _, value -> Int in
    switch value {
    case .record(let record): return record.names.count
    default:
      guard let count = value.member("count").flatMap({ try? Int(from: $0) }) else {
        throw Problem("E0301", "\(value.kind) has no items to count")
      }
      return count
    }
  }

  @Sendable
  private static func countOfList(_ value: Value) -> Value? {
    if case .list(let list) = value { return .number(Double(list.items.count)) }
    return nil
  }

  static let map = Builtin(
    "map", "Applies a function to every item and gives the list of results.",
    Parameter<[Value]>("list", "the items"),
    Parameter<Function>("function", "from an item to a result"),
    examples: [Example("map([1, 2, 3], x => x ^ 2)", shows: "[1, 4, 9]")],
    seeAlso: ["filter", "reduce"]
  ) { context, list, function -> [Value] in
    var results: [Value] = []
    results.reserveCapacity(list.count)
    for item in list { results.append(try context.call(function, with: item)) }
    return results
  }

  static let filter = Builtin(
    "filter", "Keeps the items for which a function is true.",
    Parameter<[Value]>("list", "the items"),
    Parameter<Function>("function", "from an item to true or false"),
    examples: [Example("filter(1...6, x => x mod 2 == 0)", shows: "[2, 4, 6]")],
    seeAlso: ["map", "sort"]
  ) { context, list, function -> [Value] in
    var kept: [Value] = []
    for item in list {
      guard case .boolean(let keeps) = try context.call(function, with: item) else {
        throw Problem("E0302", "the function must give true or false", parameter: "function")
      }
      if keeps { kept.append(item) }
    }
    return kept
  }

  static let reduce = Builtin(
    "reduce", "Combines all items into one value, from the first to the last.",
    Parameter<[Value]>("list", "the items"),
    Parameter<Value>("start", "the value to begin with"),
    Parameter<Function>("function", "from the value so far and an item to the next value"),
    examples: [Example("reduce([1, 2, 3], 10, (sum, x) => sum + x)", shows: "16")],
    seeAlso: ["map", "sum"]
  ) { context, list, start, function -> Value in
    var value = start
    for item in list { value = try context.call(function, [value, item]) }
    return value
  }

  static let sort = Builtin(
    "sort",
    "Puts items into order: numbers, quantities of one kind or strings; records by a field.",
    Parameter<[Value]>("list", "the items"),
    Parameter<Value?>("by", "a field's name, or a function from an item to what to sort by"),
    Parameter<Bool>("descending", "the largest first", default: false),
    examples: [
      Example("sort [3, 1, 2]", shows: "[1, 2, 3]"),
      Example("sort([(n: 2, s: \"b\"), (n: 1, s: \"a\")], by: \"n\").s", shows: "[\"a\", \"b\"]"),
    ], seeAlso: ["filter", "reverse"]
  ) { context, list, by, descending -> [Value] in
    var keys: [Value] = []
    for item in list { keys.append(try Ordering.key(of: item, by, context)) }
    let order = try Ordering.order(of: keys, descending: descending)
    return order.map { list[$0] }
  }

  static let reverse = Builtin(
    "reverse", "Gives the items from the last to the first.",
    Parameter<[Value]>("list", "the items"),
    examples: [Example("reverse [1, 2, 3]", shows: "[3, 2, 1]")], seeAlso: ["sort"]
  ) { _, list in Array(list.reversed()) }

  static let zip = Builtin(
    "zip", "Pairs the items of two lists, as far as the shorter one goes.",
    Parameter<[Value]>("first", "the left items"), Parameter<[Value]>("second", "the right items"),
    examples: [Example("zip([1, 2], [\"a\", \"b\"])", shows: "[[1, \"a\"], [2, \"b\"]]")],
    seeAlso: ["enumerate"]
  ) { _, first, second in Swift.zip(first, second).map { Value.list([$0, $1]) } }

  static let enumerate = Builtin(
    "enumerate", "Pairs each item with its position, counted from 0.",
    Parameter<[Value]>("list", "the items"),
    examples: [Example("enumerate [\"a\", \"b\"]", shows: "[[0, \"a\"], [1, \"b\"]]")],
    seeAlso: ["zip"]
  ) { _, list in list.enumerated().map { Value.list([.number(Double($0)), $1]) } }

  static let flatten = Builtin(
    "concatenate", "Joins lists into one list.",
    Parameter<[[Value]]>("lists", "a list of lists"),
    examples: [Example("concatenate [[1, 2], [3]]", shows: "[1, 2, 3]")], seeAlso: ["zip"]
  ) { _, lists in lists.flatMap { $0 } }

  static let unique = Builtin(
    "unique", "Drops every item that equals an earlier one.",
    Parameter<[Value]>(
      "list", "the items, at most 10,000", rule: .init("of at most 10,000") { $0.count <= 10_000 }),
    examples: [Example("unique [1, 2, 1]", shows: "[1, 2]")], seeAlso: ["count"]
  ) { _, list -> [Value] in
    var kept: [Value] = []
    for item in list where !kept.contains(item) { kept.append(item) }
    return kept
  }

  static let join = Builtin(
    "join", "Writes the items one after the other into a string.",
    Parameter<[Value]>("list", "the items"),
    Parameter<String>(positional: "separator", "what stands between them", default: ""),
    examples: [Example("join([1, 2, 3], \"-\")", shows: "1-2-3")], seeAlso: ["split"]
  ) { _, list, separator in list.map { Text.plain($0) }.joined(separator: separator) }

  static let split = Builtin(
    "split", "Cuts a string at every separator.",
    Parameter<String>("text", "a string"),
    Parameter<String>(
      positional: "separator", "what to cut at", default: " ",
      rule: .init("that is not empty") { !$0.isEmpty }),
    examples: [Example("split(\"a,b\", \",\")", shows: "[\"a\", \"b\"]")], seeAlso: ["join"]
  ) { _, text, separator in Splitting.parts(of: text, at: separator) }

  static let contains = Builtin(
    "contains", "Whether a list has an item, or a string a part.",
    Parameter<Value>("whole", "a list or a string"),
    Parameter<Value>("part", "an item or a string"),
    examples: [Example("contains([1, 2], 2)", shows: "true")], seeAlso: ["filter"]
  ) { _, whole, part -> Bool in
    if case .text(let text) = whole, case .text(let piece) = part {
      return Splitting.parts(of: text, at: piece).count > 1 || piece.isEmpty
    }
    return try [Value](from: whole).contains(part)
  }

  static let merge = Builtin(
    "merge",
    "Puts the fields of records together; a later field of the same name stands for the earlier.",
    Parameter<Several<Record>>("records", "two records or more"),
    examples: [Example("merge((a: 1), (b: 2))", shows: "a  1\nb  2")], seeAlso: ["columns"]
  ) { _, records -> Record in
    var fields: [(name: String, value: Value)] = []
    for field in records.items.flatMap(\.fields) {
      if let i = fields.firstIndex(where: { $0.name == field.name }) {
        fields[i] = field
      } else {
        fields.append(field)
      }
    }
    return Record(fields)
  }

  static let columns = Builtin(
    "columns", "Keeps the named columns of a table, in the order given.",
    Parameter<[Record]>("table", "a list of records"), Parameter<[String]>("names", "the columns"),
    examples: [
      Example("columns([(a: 1, b: 2), (a: 3, b: 4)], [\"b\"]).b", shows: "[2, 4]")
    ], seeAlso: ["sort", "merge"]
  ) { _, table, names -> [Record] in
    var rows: [Record] = []
    for row in table {
      var fields: [(name: String, value: Value)] = []
      for name in names {
        guard let value = row[name] else {
          throw Problem(
            "E0309", "the table has no column \"\(name)\"",
            help: Problem.suggestion(for: name, among: row.names), parameter: "names")
        }
        fields.append((name, value))
      }
      rows.append(Record(fields))
    }
    return rows
  }
}
