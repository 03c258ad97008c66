// A bounds-checked little-endian cursor over bytes. It knows positions, and no format.
import Tensors

/// Bytes that cannot be what they claim to be.
package struct BytesError: EngineError, Equatable {
  package let message: String
  /// Where, from the first byte of the file or the part being read.
  package let offset: Int
  package var code: String { "E0703" }
  package init(_ message: String, at offset: Int) {
    self.message = message
    self.offset = offset
  }
}

package struct ByteReader: Sendable {
  package let bytes: [UInt8]
  package private(set) var offset: Int
  package let end: Int

  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
    self.offset = 0
    self.end = bytes.count
  }

  package var remaining: Int { end - offset }

  package mutating func take(_ count: Int) throws(BytesError) -> ArraySlice<UInt8> {
    guard count >= 0, count <= remaining else {
      throw BytesError("\(count) bytes wanted, \(remaining) left", at: offset)
    }
    defer { offset += count }
    return bytes[offset..<offset + count]
  }

  package mutating func integer<T: FixedWidthInteger & UnsignedInteger>(
    _ type: T.Type
  ) throws(BytesError) -> T {
    var value: T = 0
    for (i, byte) in try take(T.bitWidth / 8).enumerated() {
      value |= T(truncatingIfNeeded: byte) << (8 * i)
    }
    return value
  }

  package mutating func float() throws(BytesError) -> Float {
    Float(bitPattern: try integer(UInt32.self))
  }
}
