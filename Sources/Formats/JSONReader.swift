// Reads JSON, by recursive descent over bytes with a limit on depth.
import Encodings

struct JSONReader {
  let bytes: [UInt8]
  private var position = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  /// One value with nothing but white space around it.
  mutating func document() throws(BytesError) -> JSON {
    let value = try value(depth: 0)
    skipSpace()
    guard position == bytes.count else { throw fault("more text after the end of the JSON value") }
    return value
  }

  private mutating func value(depth: Int) throws(BytesError) -> JSON {
    skipSpace()
    guard depth <= JSON.depthLimit else {
      throw fault("JSON nests deeper than \(JSON.depthLimit) levels")
    }
    switch peek {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case nil: throw fault("the JSON text ends too early")
    case let byte? where byte == UInt8(ascii: "-") || (0x30...0x39).contains(byte):
      return try number()
    default: throw fault("a JSON value is wanted here")
    }
  }

  private mutating func object(depth: Int) throws(BytesError) -> JSON {
    position += 1
    var pairs: [(key: String, value: JSON)] = []
    var keys: Set<String> = []
    skipSpace()
    if take("}") { return .object(pairs) }
    repeat {
      skipSpace()
      let start = position
      guard peek == UInt8(ascii: "\"") else { throw fault("a key in quotes is wanted here") }
      let key = try string()
      guard keys.insert(key).inserted else {
        throw BytesError("the key \"\(key)\" occurs twice", at: start)
      }
      skipSpace()
      guard take(":") else { throw fault("a colon is wanted here") }
      pairs.append((key, try value(depth: depth + 1)))
      skipSpace()
    } while take(",")
    guard take("}") else { throw fault("a comma or `}` is wanted here") }
    return .object(pairs)
  }

  private mutating func array(depth: Int) throws(BytesError) -> JSON {
    position += 1
    var values: [JSON] = []
    skipSpace()
    if take("]") { return .array(values) }
    repeat {
      values.append(try value(depth: depth + 1))
      skipSpace()
    } while take(",")
    guard take("]") else { throw fault("a comma or `]` is wanted here") }
    return .array(values)
  }

  // MARK: - Strings

  private mutating func string() throws(BytesError) -> String {
    let start = position
    position += 1
    var text: [UInt8] = []
    while let byte = peek, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { throw fault("a control character inside a string") }
      position += 1
      guard byte == UInt8(ascii: "\\") else {
        text.append(byte)
        continue
      }
      text.append(contentsOf: String(try escape()).utf8)
    }
    guard take("\"") else { throw BytesError("a string without an end", at: start) }
    guard let string = String(validating: text, as: UTF8.self) else {
      throw BytesError("a string that is not UTF-8", at: start)
    }
    return string
  }

  /// What stands behind a backslash.
  private mutating func escape() throws(BytesError) -> Unicode.Scalar {
    guard let byte = peek else { throw fault("the JSON text ends too early") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try unicode()
    default: throw fault("`\\` before a character that it does not go with")
    }
  }

  private mutating func unicode() throws(BytesError) -> Unicode.Scalar {
    let first = try hexadecimal()
    var value = first
    if (0xd800..<0xdc00).contains(first), take("\\"), take("u") {
      let second = try hexadecimal()
      guard (0xdc00..<0xe000).contains(second) else { throw fault("half a surrogate pair") }
      value = 0x10000 + (first - 0xd800) << 10 + (second - 0xdc00)
    }
    guard let scalar = Unicode.Scalar(value) else { throw fault("half a surrogate pair") }
    return scalar
  }

  private mutating func hexadecimal() throws(BytesError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw fault("four hexadecimal digits are wanted here")
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }

  // MARK: - Numbers and words

  private mutating func number() throws(BytesError) -> JSON {
    let start = position
    _ = take("-")
    if !take("0") { try digits() }
    var whole = true
    if take(".") {
      whole = false
      try digits()
    }
    if take("e") || take("E") {
      whole = false
      if !take("+") { _ = take("-") }
      try digits()
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if whole, let value = Int(text) { return .integer(value) }
    guard let value = Double(text), value.isFinite else {
      throw BytesError("a number that does not fit 64 bits", at: start)
    }
    return .number(value)
  }

  private mutating func digits() throws(BytesError) {
    let start = position
    while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
    guard position > start else { throw fault("a digit is wanted here") }
  }

  private mutating func word(_ word: String, _ value: JSON) throws(BytesError) -> JSON {
    guard bytes[position...].starts(with: word.utf8) else {
      throw fault("a JSON value is wanted here")
    }
    position += word.utf8.count
    return value
  }

  // MARK: - Bytes

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard peek == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 {
      position += 1
    }
  }

  private func fault(_ message: String) -> BytesError { BytesError(message, at: position) }
}
