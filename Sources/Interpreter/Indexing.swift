// What `value[…]` and `value.name` reach.
import Syntax
import Tensors

enum Indexing {
  static func entry(of value: Value, _ keys: [Value]) throws(Problem) -> Value {
    switch value {
    case .tensor(let tensor): return try slice(tensor, keys)
    case .list(let list): return try item(list.items, try single(keys, of: value))
    case .text(let text): return try character(text, try single(keys, of: value))
    case .record(let record): return try field(record, try single(keys, of: value))
    case .range(let range): return try number(range, try single(keys, of: value))
    case .native(let native):
      let key = try single(keys, of: value)
      if let entry = try native.entry(key) { return entry }
      let near = key.asText.flatMap {
        Spelling.suggestion(for: $0, among: native.keys, quoted: true)
      }
      throw Problem(
        "E0309", "\(type(of: native).kind) has no entry \(Text.literal(key))",
        help: near ?? listed(native.keys))
    default: throw Problem("E0308", "\(value.kind) has no entries to index")
    }
  }

  private static func listed(_ keys: [String]) -> String? {
    keys.isEmpty ? nil : "it has " + keys.prefix(8).joined(separator: ", ")
  }

  /// An entry of a range, or the range of some of its entries.
  private static func number(_ range: Value.Range, _ key: Value) throws(Problem) -> Value {
    guard let lower = range.lower, let end = range.end else {
      throw Problem("E0308", "only a range with both ends can be indexed")
    }
    let count = max(0, end - lower)
    if case .range(let part) = key {
      let bounds = try bounds(part, count: count)
      return .range(
        Value.Range(
          lower: lower + bounds.lowerBound, upper: lower + bounds.upperBound, isClosed: false))
    }
    return .number(Double(lower + (try position(key, count: count))))
  }

  private static func single(_ keys: [Value], of value: Value) throws(Problem) -> Value {
    guard keys.count == 1, let key = keys.first else {
      throw Problem("E0308", "\(value.kind) takes one index, got \(keys.count)")
    }
    return key
  }

  private static func item(_ items: [Value], _ key: Value) throws(Problem) -> Value {
    if case .range(let range) = key {
      let bounds = try bounds(range, count: items.count)
      return .list(Array(items[bounds]))
    }
    let i = try position(key, count: items.count)
    return items[i]
  }

  /// Negative numbers count from the end.
  private static func position(_ key: Value, count: Int) throws(Problem) -> Int {
    guard let whole = try? Int(from: key) else {
      throw Problem("E0308", "an index is a whole number or a range, got \(Text.brief(key))")
    }
    let i = whole < 0 ? whole + count : whole
    guard i >= 0, i < count else {
      throw Problem(
        "E0309",
        count == 0
          ? "there is no entry \(whole): there are none"
          : "there is no entry \(whole): the entries are 0 to \(count - 1)",
        help: whole == count ? "the last one is \(count - 1), or -1" : nil)
    }
    return i
  }

  private static func bounds(_ range: Value.Range, count: Int) throws(Problem) -> Swift.Range<Int> {
    let lower = range.lower ?? 0
    let end = range.end ?? count
    let start = lower < 0 ? lower + count : lower
    let stop = range.upper.map { $0 < 0 } == true ? end + count : end
    guard start >= 0, stop <= count, start <= stop else {
      throw Problem(
        "E0309", "the range \(Text.plain(.range(range))) is outside 0..<\(count)")
    }
    return start..<stop
  }

  private static func character(_ text: String, _ key: Value) throws(Problem) -> Value {
    let characters = Array(text)
    if case .range(let range) = key {
      return .text(String(characters[try bounds(range, count: characters.count)]))
    }
    return .text(String(characters[try position(key, count: characters.count)]))
  }

  private static func field(_ record: Record, _ key: Value) throws(Problem) -> Value {
    guard let name = key.asText else {
      throw Problem("E0308", "a record is indexed by the name of a field, got \(Text.brief(key))")
    }
    if let value = record[name] { return value }
    throw Problem(
      "E0309", "the record has no field \"\(name)\"",
      help: Spelling.suggestion(for: name, among: record.names, quoted: true)
        ?? listed(record.names))
  }

  /// The position that a number names, from the end where it is negative; nil where there is none.
  @inline(__always)
  static func position(_ key: Double, count: Int) -> Int? {
    guard let whole = Int(exactly: key) else { return nil }
    let i = whole < 0 ? whole + count : whole
    return i >= 0 && i < count ? i : nil
  }

  /// The element of a tensor of one axis; nil where there is none.
  static func element(of tensor: Tensor, _ key: Double) -> Value? {
    guard tensor.rank == 1, let i = position(key, count: tensor.shape[0]) else { return nil }
    return .number(Double(tensor.elements[i]))
  }

  /// The element of a tensor of two axes; nil where there is none.
  static func element(of tensor: Tensor, _ row: Double, _ column: Double) -> Value? {
    guard tensor.rank == 2, let i = position(row, count: tensor.shape[0]),
      let j = position(column, count: tensor.shape[1])
    else { return nil }
    return .number(Double(tensor.elements[i * tensor.shape[1] + j]))
  }

  private static func slice(_ tensor: Tensor, _ keys: [Value]) throws(Problem) -> Value {
    var subscripts: [Subscript] = []
    for key in keys {
      if case .range(let range) = key {
        subscripts.append(
          try subscripted(range, axis: subscripts.count, shape: tensor.shape))
      } else if let i = try? Int(from: key) {
        subscripts.append(.index(i))
      } else {
        throw Problem(
          "E0308", "a tensor is indexed by whole numbers and ranges, got \(Text.brief(key))")
      }
    }
    do throws(TensorError) {
      let part = try tensor.selecting(subscripts)
      return part.rank == 0 ? .number(Double(part.elements[0])) : .tensor(part)
    } catch { throw Problem(error) }
  }

  private static func subscripted(
    _ range: Value.Range, axis: Int, shape: [Int]
  ) throws(Problem) -> Subscript {
    guard axis < shape.count else {
      throw Problem("E0403", "the tensor has \(shape.count) axes, got more indices")
    }
    let bounds = try bounds(range, count: shape[axis])
    return .slice(start: bounds.lowerBound, stop: bounds.upperBound)
  }
}

extension Value {
  var asText: String? {
    switch self {
    case .text(let text): text
    case .choice(let name): name
    default: nil
    }
  }

  /// `value.name`; nil where there is no such member. A list of records, or of networks, gives the column.
  package func member(_ name: String) -> Value? {
    switch self {
    case .record(let record): return record[name]
    case .native(let native): return native.member(name)
    case .tensor(let tensor): return Value.members(of: tensor)[name]
    case .text(let text): return name == "count" ? .number(Double(text.count)) : nil
    case .list(let list):
      if name == "count" { return .number(Double(list.items.count)) }
      return column(list, name)
    case .quantity(let quantity): return name == "value" ? .number(quantity.value) : nil
    case .range(let range):
      guard name == "count", let lower = range.lower, let end = range.end else { return nil }
      return .number(Double(max(0, end - lower)))
    default: return nil
    }
  }

  private func column(_ list: List, _ name: String) -> Value? {
    var values: [Value] = []
    for item in list.items {
      switch item {
      case .record, .native: break
      default: return nil
      }
      guard let value = item.member(name) else { return nil }
      values.append(value)
    }
    return values.isEmpty ? nil : .list(values)
  }

  private static func members(of tensor: Tensor) -> [String: Value] {
    [
      "shape": .list(tensor.shape.map { .number(Double($0)) }),
      "rank": .number(Double(tensor.rank)), "count": .number(Double(tensor.count)),
    ]
  }

  /// What `.` offers, in order.
  package var memberNames: [String] {
    switch self {
    case .record(let record): record.names
    case .native(let native): native.members
    case .tensor: ["shape", "rank", "count"]
    case .text, .range: ["count"]
    case .quantity: ["value"]
    case .list(let list):
      switch list.items.first {
      case .record, .native: ["count"] + (list.items.first?.memberNames ?? [])
      default: ["count"]
      }
    default: []
    }
  }

  /// What `[…]` offers, as it is written.
  package var entryKeys: [String] {
    switch self {
    case .record(let record): record.names
    case .native(let native): native.keys
    default: []
    }
  }
}

extension Spelling {
  /// "did you mean .magnitude?", where something is near.
  package static func suggestion(
    for word: String, among candidates: some Sequence<String>, prefix: String = "",
    quoted: Bool = false
  ) -> String? {
    nearest(word, among: candidates).map {
      "did you mean \(quoted ? "\"\($0)\"" : prefix + $0)?"
    }
  }
}
