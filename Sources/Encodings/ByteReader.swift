// A bounds-checked little-endian cursor over bytes. It knows positions, and no format.
import Kernels
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
  /// How many encodings are being read inside each other.
  var depth = 0
  /// Gives streams of symbols, where a coder wrote them; nothing in them is coded again.
  var decoder: (any StreamDecoder)?
  /// What is left of how much its bytes may stand for.
  var allowance = CodedAllowance(of: 0)
  /// Where the bits of the streams that it gave would be if they were packed.
  var packedStreams = Ledger()
  /// Whether streams are packed even so.
  var isPacked = false
  /// Tied codebooks that were read whole, by their ties.
  var codebooks: [Int: Codebook] = [:]

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

  /// A number of `ByteWriter.append(count:)`, in as few bytes as it takes.
  package mutating func count(upTo limit: Int) throws(BytesError) -> Int {
    let start = offset
    var value = 0
    var shift = 0
    while true {
      let byte = Int(try integer(UInt8.self))
      guard shift < 56, byte != 0 || shift == 0 else {
        throw BytesError("a count in too many bytes", at: start)
      }
      value |= (byte & 127) << shift
      shift += 7
      if byte < 128 { break }
    }
    guard value <= limit else {
      throw BytesError("a count of \(value), where at most \(limit) can be", at: start)
    }
    return value
  }

  package mutating func float() throws(BytesError) -> Float {
    Float(bitPattern: try integer(UInt32.self))
  }

  /// So many floats at once; none are made before their bytes are known to be there.
  package mutating func floats(_ count: Int) throws(BytesError) -> [Float] {
    let (size, overflow) = count.multipliedReportingOverflow(by: 4)
    return FloatBytes.floats(in: try take(overflow ? -1 : size))
  }

  /// So many 16-bit numbers at once.
  package mutating func integers(_ count: Int) throws(BytesError) -> [UInt16] {
    var values = [UInt16]()
    try read(count, into: &values)
    return values.map { UInt16(littleEndian: $0) }
  }

  /// So many 32-bit numbers at once.
  package mutating func integers(_ count: Int) throws(BytesError) -> [UInt32] {
    var values = [UInt32]()
    try read(count, into: &values)
    return values.map { UInt32(littleEndian: $0) }
  }

  /// The number of elements of a shape that comes from a file.
  func count(of shape: [Int]) throws(BytesError) -> Int {
    do throws(TensorError) {
      return try Tensor.count(of: shape)
    } catch {
      throw BytesError(error.message, at: offset)
    }
  }

  private mutating func read<T: FixedWidthInteger>(
    _ count: Int, into values: inout [T]
  ) throws(BytesError) {
    let (size, overflow) = count.multipliedReportingOverflow(by: T.bitWidth / 8)
    let part = try take(overflow ? -1 : size)
    values = [T](repeating: 0, count: count)
    values.withUnsafeMutableBytes { memory in
      part.withUnsafeBytes { memory.copyMemory(from: $0) }
    }
  }
}
