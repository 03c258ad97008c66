// What it means for values to be in order, and for strings to be cut.
import Interpreter

enum Ordering {
  /// What an item is sorted by: itself, a field, or what a function says.
  static func key(of item: Value, _ by: Value?, _ context: Context) throws -> Value {
    switch by {
    case nil: return item
    case .function(let function): return try context.call(function, with: item)
    case .text(let name):
      guard case .record(let record) = item, let value = record[name] else {
        throw Problem("E0309", "not every item has a field \"\(name)\"", parameter: "by")
      }
      return value
    default:
      throw Problem("E0207", "`by` must be a field's name or a function", parameter: "by")
    }
  }

  /// The positions of the keys in order; equal keys stay as they stand.
  static func order(of keys: [Value], descending: Bool) throws(Problem) -> [Int] {
    var numbers: [Double] = []
    var texts: [String] = []
    var unit: Quantity.Unit?
    for key in keys {
      switch key {
      case .number(let number): numbers.append(number)
      case .text(let text): texts.append(text)
      case .quantity(let quantity):
        if let unit, unit != quantity.unit {
          throw Problem("E0307", "\(unit.name) and \(quantity.unit.name) have no common order")
        }
        unit = quantity.unit
        numbers.append(quantity.value)
      default: throw Problem("E0301", "\(key.kind) has no order")
      }
    }
    guard numbers.isEmpty || texts.isEmpty else {
      throw Problem("E0301", "numbers and strings have no common order")
    }
    let positions = Array(keys.indices)
    func sorted<K: Comparable>(_ keys: [K]) -> [Int] {
      positions.sorted { a, b in
        if keys[a] == keys[b] { return a < b }
        return descending ? keys[a] > keys[b] : keys[a] < keys[b]
      }
    }
    guard numbers.isEmpty else {
      // What is not a number has no place in an order: it comes last.
      return sorted(numbers.map { $0.isNaN ? (descending ? -.infinity : .infinity) : $0 })
    }
    return sorted(texts)
  }
}

enum Splitting {
  /// The pieces between the separators, at least one.
  static func parts(of text: String, at separator: String) -> [String] {
    let bytes = Array(text.utf8)
    let mark = Array(separator.utf8)
    guard !mark.isEmpty, mark.count <= bytes.count else { return [text] }
    var parts: [String] = []
    var start = 0
    var i = 0
    while i + mark.count <= bytes.count {
      if bytes[i] == mark[0], bytes[i..<i + mark.count].elementsEqual(mark) {
        parts.append(String(decoding: bytes[start..<i], as: UTF8.self))
        i += mark.count
        start = i
      } else {
        i += 1
      }
    }
    return parts + [String(decoding: bytes[start...], as: UTF8.self)]
  }
}
