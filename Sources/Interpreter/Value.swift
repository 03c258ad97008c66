// Everything that the language computes with. Values never change.
package import Tensors

/// Whatever is larger than one word stands in a box: a value takes two words, a copy of it counts one
/// reference at most, and that of a number none.
package enum Value: Sendable {
  case none
  case number(Double)
  case boolean(Bool)
  /// `.magnitude`: a name whose meaning the word that takes it decides.
  indirect case choice(String)
  indirect case text(String)
  indirect case quantity(Quantity)
  case list(List)
  case record(Record)
  indirect case range(Range)
  case function(Function)
  indirect case tensor(Tensor)
  /// What only the number wing understands: a network, a data set, a plot.
  indirect case native(any Native)

  package struct Range: Sendable, Equatable {
    package let lower: Int?
    package let upper: Int?
    package let isClosed: Bool
    package init(lower: Int?, upper: Int?, isClosed: Bool) {
      self.lower = lower
      self.upper = upper
      self.isClosed = isClosed
    }

    /// One past the last number, where there is an upper bound.
    package var end: Int? { upper.map { isClosed ? $0 + 1 : $0 } }
  }
}

/// A value of the number wing. Classes, so that a value stays small.
package protocol Native: AnyObject, Sendable {
  /// In a sentence, with its article: "a network".
  static var kind: String { get }
  /// What a cell shows.
  func lines(_ style: DisplayStyle) -> [String]
  /// In one line, inside lists, records and tables.
  var summary: String { get }
  /// The members that `.` reaches, in the order in which completion lists them.
  var members: [String] { get }
  func member(_ name: String) -> Value?
  /// `value[key]`, where the value has entries; throws what is wrong with the key.
  func entry(_ key: Value) throws(Problem) -> Value?
  /// The keys of entries that completion offers.
  var keys: [String] { get }
  /// What stands for it where a list is wanted; nil where nothing does.
  var items: [Value]? { get }
  func isEqual(to other: any Native) -> Bool
  /// Drawn from values that another machine may come to slightly differently.
  var isLoose: Bool { get }
}

extension Native {
  package var isLoose: Bool { false }
  package var members: [String] { [] }
  package func member(_ name: String) -> Value? { nil }
  package func entry(_ key: Value) throws(Problem) -> Value? { nil }
  package var keys: [String] { [] }
  package var items: [Value]? { nil }
  package func isEqual(to other: any Native) -> Bool { self === other }
}

/// Grows only where nothing but one name holds it: who has a list never sees it change.
package final class List: @unchecked Sendable {
  // Nothing changes the items while they are read: who changes them is alone with them.
  @exclusivity(unchecked) package private(set) var items: [Value]
  private(set) var depth: Int
  private(set) var weight: Int

  package init(_ items: [Value]) {
    self.items = items
    (depth, weight) = Value.extent(of: items)
  }

  /// The item at a position, from the end where it is negative; nil where there is none.
  @inline(__always)
  func entry(_ key: Double) -> Value? {
    Indexing.position(key, count: items.count).map { items[$0] }
  }

  /// The items of both.
  init(_ first: List, _ second: List) {
    items = first.items + second.items
    depth = max(first.depth, second.depth)
    weight = first.weight + second.weight - 1
  }

  /// Only where the caller alone holds this list, here and below.
  func append(_ item: Value, weight: Int) {
    items.append(item)
    depth = max(depth, item.depth + 1)
    self.weight += weight
  }

  func append(_ list: List) {
    items += list.items
    depth = max(depth, list.depth)
    weight += list.weight - 1
  }
}

package final class Record: Sendable {
  package let names: [String]
  package let values: [Value]
  let depth: Int
  let weight: Int

  /// Names are unique.
  package convenience init(_ fields: [(name: String, value: Value)]) {
    self.init(fields.map { $0.name }, fields.map { $0.value })
  }

  init(_ names: [String], _ values: [Value]) {
    self.names = names
    self.values = values
    (depth, weight) = Value.extent(of: values)
  }

  package subscript(_ name: String) -> Value? {
    names.firstIndex(of: name).map { values[$0] }
  }

  package var fields: [(name: String, value: Value)] { Array(zip(names, values)) }
}

extension Value {
  var depth: Int {
    switch self {
    case .list(let list): list.depth
    case .record(let record): record.depth
    case .function(let function): function.depth
    default: 0
    }
  }

  /// Items in all, with those of the lists inside; long strings and tensors weigh more than one.
  var weight: Int {
    switch self {
    case .list(let list): list.weight
    case .record(let record): record.weight
    case .function(let function): function.weight
    case .text(let text): 1 + text.utf8.count / 16
    case .tensor(let tensor): 1 + tensor.count / 16
    default: 1
    }
  }

  /// The depth and the weight of what holds these values.
  static func extent(of values: [Value]) -> (depth: Int, weight: Int) {
    var depth = 0
    var weight = 1
    for value in values {
      if case .number = value {
        weight += 1
        continue
      }
      depth = max(depth, value.depth)
      // Far above every limit it no longer matters by how much.
      weight = min(weight + value.weight, 1 << 60)
    }
    return (depth + 1, weight)
  }

  package static func list(_ items: [Value]) -> Value { .list(List(items)) }

  package static func record(_ fields: [(name: String, value: Value)]) -> Value {
    .record(Record(fields))
  }

  package static func quantity(
    _ value: Double, _ unit: Quantity.Unit, mark: Quantity.Mark = .exact
  ) -> Value {
    .quantity(Quantity(value, unit, mark: mark))
  }

  /// In a sentence, with its article.
  package var kind: String {
    switch self {
    case .none: "none"
    case .number: "a number"
    case .boolean: "true or false"
    case .choice: "a choice"
    case .text: "a string"
    case .quantity(let quantity): quantity.unit.name
    case .list: "a list"
    case .record: "a record"
    case .range: "a range"
    case .function: "a function"
    case .tensor: "a tensor"
    case .native(let native): type(of: native).kind
    }
  }

  /// Something in it was drawn from values that may differ elsewhere.
  package var isLoose: Bool {
    switch self {
    case .native(let native): native.isLoose
    case .list(let list): list.items.contains { $0.isLoose }
    case .record(let record): record.values.contains { $0.isLoose }
    default: false
    }
  }

  package var isNone: Bool {
    if case .none = self { return true }
    return false
  }
}

extension Value: Equatable {
  package static func == (left: Value, right: Value) -> Bool {
    switch (left, right) {
    case (.none, .none): true
    case (.number(let a), .number(let b)): a == b
    case (.boolean(let a), .boolean(let b)): a == b
    case (.choice(let a), .choice(let b)): a == b
    case (.text(let a), .text(let b)): a.utf8.elementsEqual(b.utf8)
    case (.quantity(let a), .quantity(let b)):
      a.value == b.value && a.unit.joined(with: b.unit) != nil
    case (.quantity(let a), .number(let b)), (.number(let b), .quantity(let a)):
      a.value == b && a.unit.isPlain
    case (.list(let a), .list(let b)): a === b || a.items == b.items
    case (.record(let a), .record(let b)):
      a === b || (a.names == b.names && a.values == b.values)
    case (.range(let a), .range(let b)): a == b
    case (.function(let a), .function(let b)): a === b
    case (.tensor(let a), .tensor(let b)): a == b
    case (.native(let a), .native(let b)): a.isEqual(to: b)
    default: false
    }
  }
}

extension Quantity.Unit {
  /// A plain number may stand beside it: 90% is 0.9, and ×3 is 3.
  var isPlain: Bool {
    switch self {
    case .fraction, .ratio, .count, .bits: true
    case .bytes, .seconds, .joules, .points: false
    }
  }
}
