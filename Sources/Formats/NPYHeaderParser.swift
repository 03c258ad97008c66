// Reads the header of an .npy file: a Python dictionary literal with exactly three keys.
import Encodings

struct NPYHeaderParser {
  let bytes: [UInt8]
  private var position = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func header() throws(BytesError) -> NPY.Header {
    var header = NPY.Header()
    var keys: Set<String> = []
    try expect("{")
    while !take("}") {
      let start = position
      let key = try string()
      guard keys.insert(key).inserted else {
        throw BytesError("the key `\(key)` occurs twice", at: start)
      }
      try expect(":")
      switch key {
      case "descr": header.descr = try descr()
      case "fortran_order": header.fortranOrder = try truth()
      case "shape": header.shape = try sizes()
      default: throw BytesError("the key `\(key)` is not one of an .npy header", at: start)
      }
      if !take(",") {
        try expect("}")
        break
      }
    }
    skipSpace()
    guard position == bytes.count else { throw fault("more text after the end of the header") }
    guard keys.count == 3 else {
      throw fault("the header wants the keys descr, fortran_order and shape")
    }
    return header
  }

  /// A string, or the name that stands for a list of fields.
  private mutating func descr() throws(BytesError) -> String {
    skipSpace()
    guard peek == UInt8(ascii: "[") else { return try string() }
    // The fields may contain anything in brackets; what they are does not matter.
    var depth = 0
    repeat {
      guard let byte = peek else { throw fault("the header ends too early") }
      if byte == UInt8(ascii: "[") { depth += 1 }
      if byte == UInt8(ascii: "]") { depth -= 1 }
      position += 1
    } while depth > 0
    return "records"
  }

  private mutating func string() throws(BytesError) -> String {
    skipSpace()
    guard let quote = peek, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      throw fault("a text in quotes is wanted here")
    }
    position += 1
    let start = position
    while let byte = peek, byte != quote { position += 1 }
    guard peek != nil else { throw fault("the header ends too early") }
    defer { position += 1 }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func truth() throws(BytesError) -> Bool {
    skipSpace()
    for (word, value) in [("True", true), ("False", false)]
    where bytes[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return value
    }
    throw fault("True or False is wanted here")
  }

  private mutating func sizes() throws(BytesError) -> [Int] {
    try expect("(")
    var sizes: [Int] = []
    while !take(")") {
      skipSpace()
      let start = position
      while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
        position += 1
      }
      guard let size = Int(String(decoding: bytes[start..<position], as: UTF8.self)) else {
        throw BytesError("a size is wanted here", at: start)
      }
      sizes.append(size)
      if !take(",") {
        try expect(")")
        break
      }
    }
    return sizes
  }

  // MARK: - Bytes

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x0a { position += 1 }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard peek == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(BytesError) {
    guard take(character) else { throw fault("`\(character)` is wanted here") }
  }

  private func fault(_ message: String) -> BytesError { BytesError(message, at: position) }
}
