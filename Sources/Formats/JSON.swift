// JSON as strictly as RFC 8259 has it: UTF-8 only, no duplicate keys, whole numbers kept exact,
// keys in their order, and a limit on depth. It refuses to be lenient.
package import Encodings

package enum JSON: Sendable, Equatable {
  case null
  case bool(Bool)
  /// A number without a fraction or exponent that fits 64 bits.
  case integer(Int)
  case number(Double)
  case string(String)
  case array([JSON])
  case object([(key: String, value: JSON)])

  /// How deep arrays and objects may nest.
  package static let depthLimit = 32

  /// - Throws: `BytesError` with the offset of the first byte that does not belong.
  package init(parsing bytes: [UInt8]) throws(BytesError) {
    var reader = JSONReader(bytes: bytes)
    self = try reader.document()
  }

  package static func == (left: JSON, right: JSON) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let a), .bool(let b)): a == b
    case (.integer(let a), .integer(let b)): a == b
    case (.number(let a), .number(let b)): a == b
    case (.string(let a), .string(let b)): a == b
    case (.array(let a), .array(let b)): a == b
    case (.object(let a), .object(let b)):
      a.elementsEqual(b) { $0.key == $1.key && $0.value == $1.value }
    default: false
    }
  }

  // MARK: - Looking inside

  /// The value of a key, where this is an object that has it.
  package subscript(key: String) -> JSON? {
    guard case .object(let pairs) = self else { return nil }
    return pairs.first { $0.key == key }?.value
  }

  package var string: String? { if case .string(let value) = self { value } else { nil } }
  package var integer: Int? { if case .integer(let value) = self { value } else { nil } }
  package var array: [JSON]? { if case .array(let value) = self { value } else { nil } }

  /// A list of whole numbers.
  package var integers: [Int]? {
    guard let array else { return nil }
    let values = array.compactMap(\.integer)
    return values.count == array.count ? values : nil
  }

  // MARK: - Writing

  /// The shortest text of this value. A number that is not finite becomes `null`.
  package var text: String {
    var out = ""
    write(to: &out)
    return out
  }

  private func write(to out: inout String) {
    switch self {
    case .null: out += "null"
    case .bool(let value): out += value ? "true" : "false"
    case .integer(let value): out += String(value)
    case .number(let value): out += value.isFinite ? value.description : "null"
    case .string(let value): JSON.quote(value, to: &out)
    case .array(let values):
      JSON.list(values, "[", "]", to: &out) { $0.write(to: &$1) }
    case .object(let pairs):
      JSON.list(pairs, "{", "}", to: &out) { pair, out in
        JSON.quote(pair.key, to: &out)
        out += ":"
        pair.value.write(to: &out)
      }
    }
  }

  private static func list<Item>(
    _ items: [Item], _ start: String, _ end: String, to out: inout String,
    _ write: (Item, inout String) -> Void
  ) {
    out += start
    for (i, item) in items.enumerated() {
      if i > 0 { out += "," }
      write(item, &out)
    }
    out += end
  }

  private static func quote(_ text: String, to out: inout String) {
    out += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\t": out += "\\t"
      case "\r": out += "\\r"
      case "\0"..<" ":
        let hex = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: out.unicodeScalars.append(scalar)
      }
    }
    out += "\""
  }
}
