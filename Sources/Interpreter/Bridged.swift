// How values become Swift types and back: what a word's parameters and results may be.
package import Tensors

/// What a value should have been.
package struct Mismatch: Error, Sendable {
  /// In a sentence: "a whole number from 2 to 8".
  package let wanted: String
  package let help: String?
  /// What was found, where that is only a part of the value: "5 as item 2".
  package let found: String?
  package init(_ wanted: String, help: String? = nil, found: String? = nil) {
    self.wanted = wanted
    self.help = help
    self.found = found
  }
}

/// An entry of a table that a word chooses from.
package struct Choice: Sendable, Equatable {
  package let name: String
  /// One sentence.
  package let summary: String
  package init(_ name: String, _ summary: String) {
    self.name = name
    self.summary = summary
  }
}

/// A Swift type that words take and return.
package protocol Bridged: Sendable {
  /// In a sentence, with its article: "a number".
  static var kind: String { get }
  /// What `.name` may be here; empty for other kinds.
  static var choices: [Choice] { get }
  /// Takes any number of positional arguments.
  static var isVariadic: Bool { get }
  /// The argument is not evaluated: the word gets a function that does it.
  static var isDeferred: Bool { get }
  /// An argument `x.name` arrives as a `MemberOf`: the word sees whose member it is.
  static var keepsOwner: Bool { get }
  /// What an argument that is not given stands for, where the type has a word for it.
  static var absent: Self? { get }
  init(from value: Value) throws(Mismatch)
  var bridged: Value { get }
}

extension Bridged {
  package static var choices: [Choice] { [] }
  package static var isVariadic: Bool { false }
  package static var isDeferred: Bool { false }
  package static var keepsOwner: Bool { false }
  package static var absent: Self? { nil }
}

extension Value: Bridged {
  package static var kind: String { "any value" }
  package init(from value: Value) throws(Mismatch) { self = value }
  package var bridged: Value { self }
}

extension Double: Bridged {
  package static var kind: String { "a number" }
  package init(from value: Value) throws(Mismatch) {
    switch value {
    case .number(let number): self = number
    case .quantity(let quantity) where quantity.unit.isPlain: self = quantity.value
    default: throw Mismatch(Self.kind)
    }
  }
  package var bridged: Value { .number(self) }
}

extension Int: Bridged {
  package static var kind: String { "a whole number" }
  package init(from value: Value) throws(Mismatch) {
    guard let number = try? Double(from: value), let whole = Int(exactly: number) else {
      throw Mismatch(Self.kind)
    }
    self = whole
  }
  package var bridged: Value { .number(Double(self)) }
}

extension Bool: Bridged {
  package static var kind: String { "true or false" }
  package init(from value: Value) throws(Mismatch) {
    guard case .boolean(let bool) = value else { throw Mismatch(Self.kind) }
    self = bool
  }
  package var bridged: Value { .boolean(self) }
}

extension String: Bridged {
  package static var kind: String { "a string" }
  package init(from value: Value) throws(Mismatch) {
    guard case .text(let text) = value else { throw Mismatch(Self.kind) }
    self = text
  }
  package var bridged: Value { .text(self) }
}

extension Tensor: Bridged {
  package static var kind: String { "a tensor" }
  package init(from value: Value) throws(Mismatch) {
    switch value {
    case .tensor(let tensor): self = tensor
    case .number(let number): self = Tensor(scalar: Float(number))
    case .list:
      guard let tensor = value.asTensor else {
        throw Mismatch("a tensor, or a list of numbers in rows of one length")
      }
      self = tensor
    default: throw Mismatch(Self.kind)
    }
  }
  package var bridged: Value { .tensor(self) }
}

extension Quantity: Bridged {
  package static var kind: String { "a quantity" }
  package init(from value: Value) throws(Mismatch) {
    switch value {
    case .quantity(let quantity): self = quantity
    case .number(let number): self = Quantity(number, .count(.plain))
    default: throw Mismatch(Self.kind)
    }
  }
  package var bridged: Value { .quantity(self) }
}

extension Function: Bridged {
  package static var kind: String { "a function" }
  package convenience init(from value: Value) throws(Mismatch) {
    guard case .function(let function) = value else { throw Mismatch(Self.kind) }
    self.init(function)
  }
  package var bridged: Value { .function(self) }
}

extension Record: Bridged {
  package static var kind: String { "a record" }
  package convenience init(from value: Value) throws(Mismatch) {
    guard case .record(let record) = value else { throw Mismatch(Self.kind) }
    self.init(record.names, record.values)
  }
  package var bridged: Value { .record(self) }
}

extension Value.Range: Bridged {
  package static var kind: String { "a range" }
  package init(from value: Value) throws(Mismatch) {
    guard case .range(let range) = value else { throw Mismatch(Self.kind) }
    self = range
  }
  package var bridged: Value { .range(self) }
}

extension Optional: Bridged where Wrapped: Bridged {
  package static var kind: String { Wrapped.kind }
  package static var choices: [Choice] { Wrapped.choices }
  package static var absent: Self? { .some(nil) }
  package init(from value: Value) throws(Mismatch) {
    self = value.isNone ? nil : try Wrapped(from: value)
  }
  package var bridged: Value { self?.bridged ?? .none }
}

extension Array: Bridged where Element: Bridged {
  package static var kind: String { "a list, each entry \(Element.kind)" }
  package init(from value: Value) throws(Mismatch) {
    let items = try value.sequence()
    // Through `Any`, a list of any values is taken as it is, not item by item.
    if let values = (items as Any) as? [Element] {
      self = values
      return
    }
    var elements: [Element] = []
    for item in items {
      do throws(Mismatch) { elements.append(try Element(from: item)) } catch {
        throw Mismatch(
          "a list, each entry \(error.wanted)", help: error.help, found: error.found)
      }
    }
    self = elements
  }
  package var bridged: Value { .list((self as Any) as? [Value] ?? map { $0.bridged }) }
}

extension Value {
  /// The items of a list, the numbers of a range or of a vector, the rows of what has any.
  package func sequence() throws(Mismatch) -> [Value] {
    switch self {
    case .list(let list): return list.items
    case .range(let range):
      guard let lower = range.lower, let end = range.end else {
        throw Mismatch("a range with both ends")
      }
      guard end - lower <= 10_000_000 else {
        throw Mismatch("a range of at most 10,000,000 numbers")
      }
      var numbers: [Value] = []
      numbers.reserveCapacity(Swift.max(0, end - lower))
      for i in lower..<Swift.max(lower, end) { numbers.append(.number(Double(i))) }
      return numbers
    case .tensor(let tensor) where tensor.rank == 1:
      return tensor.elements.map { .number(Double($0)) }
    case .native(let native):
      guard let items = native.items else { throw Mismatch("a list") }
      return items
    default: throw Mismatch("a list")
    }
  }

  /// A list of numbers, or of such lists of one length, as a tensor.
  package var asTensor: Tensor? {
    var elements: [Float] = []
    guard let shape = collect(into: &elements), shape.reduce(1, *) == elements.count else {
      return nil
    }
    return try? Tensor(shape: shape, elements: elements)
  }

  private func collect(into elements: inout [Float]) -> [Int]? {
    switch self {
    case .number(let number):
      elements.append(Float(number))
      return []
    case .quantity(let quantity):
      elements.append(Float(quantity.value))
      return []
    case .list(let list):
      var shape: [Int]?
      for item in list.items {
        guard let inner = item.collect(into: &elements), shape == nil || shape == inner else {
          return nil
        }
        shape = inner
      }
      return [list.items.count] + (shape ?? [])
    case .tensor(let tensor):
      elements += tensor.elements
      return tensor.shape
    default: return nil
    }
  }
}

/// Any number of positional arguments.
package struct Several<Element: Bridged>: Bridged {
  package let items: [Element]
  package init(_ items: [Element]) { self.items = items }
  package static var kind: String { Element.kind }
  package static var choices: [Choice] { Element.choices }
  package static var isVariadic: Bool { true }
  package init(from value: Value) throws(Mismatch) {
    guard case .list(let list) = value else { throw Mismatch(Self.kind) }
    var items: [Element] = []
    for item in list.items { items.append(try Element(from: item)) }
    self.items = items
  }
  package var bridged: Value { .list(items.map { $0.bridged }) }
}

/// An argument that the word evaluates itself, by calling a function without parameters.
package struct Deferred: Bridged {
  package let function: Function
  package static var kind: String { "an expression" }
  package static var isDeferred: Bool { true }
  package init(from value: Value) throws(Mismatch) { function = try Function(from: value) }
  package var bridged: Value { .function(function) }
}

/// A member as it was written: the value, and whose it is under which name.
package final class MemberOf: Native {
  package static let kind = "a member of a value"
  package let owner: Value
  package let name: String
  package let value: Value

  init(_ owner: Value, _ name: String, _ value: Value) {
    self.owner = owner
    self.name = name
    self.value = value
  }

  package func lines(_ style: DisplayStyle) -> [String] { value.lines(style) }
  package var summary: String { "the member `\(name)` of \(owner.kind)" }
}

/// A word that returns nothing.
package struct Nothing: Bridged {
  package init() {}
  package static var kind: String { "none" }
  package init(from value: Value) throws(Mismatch) {}
  package var bridged: Value { .none }
}

/// A share of a whole: `90%` or `0.9`. Which shares are allowed, the word says.
package struct Fraction: Bridged {
  package let share: Double
  /// Written in percent: then `150%` is not a slip for `1.5%`.
  package let isPercent: Bool
  package init(_ value: Double) {
    share = value
    isPercent = true
  }
  package static var kind: String { "a fraction such as 90%" }
  package init(from value: Value) throws(Mismatch) {
    guard let number = try? Double(from: value) else { throw Mismatch(Self.kind) }
    share = number
    if case .quantity(let quantity) = value {
      isPercent = quantity.unit == .fraction
    } else {
      isPercent = false
    }
  }
  package var bridged: Value { .quantity(Quantity(share, .fraction)) }
}
