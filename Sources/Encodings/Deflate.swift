// Deflate and gzip by zlib, in one go between arrays of bytes, the same bytes at every run; and
// CRC-32. It refuses to unpack more than it was told to expect.
import CZlib
import Kernels

package enum Deflate {
  /// What surrounds a deflate stream; the value is zlib's `windowBits`.
  private enum Wrapper: Int32 {
    /// Nothing.
    case raw = -15
    /// A gzip header and trailer (RFC 1952).
    case gzip = 31
  }

  /// A gzip file of one member: level 9, no name, and a modification time of 0.
  package static func gzip(_ bytes: [UInt8]) -> [UInt8] {
    var packed = pack(bytes, .gzip)
    // The one byte of the header that differs between systems: "made on an unknown one".
    if packed.count > 9 { packed[9] = 255 }
    return packed
  }

  /// The contents of a gzip file, of one member or several.
  /// - Throws: `BytesError` for anything else, and for contents of more than `limit` bytes.
  package static func gunzip(_ bytes: [UInt8], limit: Int) throws(BytesError) -> [UInt8] {
    var output: [UInt8] = []
    var start = 0
    repeat {
      let (part, used) = try unpack(bytes, from: start, .gzip, limit: limit - output.count)
      if output.isEmpty { output = part } else { output += part }
      start += used
    } while start < bytes.count && bytes[start] == 0x1f
    guard bytes[start...].allSatisfy({ $0 == 0 }) else {
      throw BytesError("bytes after the end of the gzip stream", at: start)
    }
    return output
  }

  /// A raw deflate stream (RFC 1951), level 9.
  /// - Parameter dictionary: bytes that the stream may refer to as if they stood before it.
  package static func deflate(_ bytes: [UInt8], dictionary: [UInt8] = []) -> [UInt8] {
    pack(bytes, .raw, dictionary)
  }

  /// The contents of a raw deflate stream that ends where the bytes end.
  /// - Throws: `BytesError` for anything else, and for contents of more than `limit` bytes.
  package static func inflate(
    _ bytes: [UInt8], limit: Int, dictionary: [UInt8] = []
  ) throws(BytesError) -> [UInt8] {
    let (output, used) = try unpack(bytes, from: 0, .raw, dictionary, limit: limit)
    guard used == bytes.count else {
      throw BytesError("\(bytes.count - used) bytes after the end of the deflate stream", at: used)
    }
    return output
  }

  /// CRC-32 as in gzip, zip and PNG.
  package static func crc32(_ bytes: [UInt8]) -> UInt32 { crc32(bytes[...]) }

  /// The same of a part. Long parts are cut, checked side by side, and their sums joined.
  package static func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    let pieces = (bytes.count + checkedAtOnce - 1) / checkedAtOnce
    var sums = [UInt](repeating: 0, count: max(1, pieces))
    bytes.withUnsafeBufferPointer { bytes in
      sums.withUnsafeMutableBufferPointer { sums in
        nonisolated(unsafe) let sums = sums
        Workers.shared.run(blocks: pieces) { piece, _ in
          let start = piece * checkedAtOnce
          let size = min(checkedAtOnce, bytes.count - start)
          guard let first = bytes.baseAddress else { return }
          sums[piece] = crc32_z(0, first + start, size)
        }
      }
    }
    var sum = sums[0]
    for piece in sums.indices.dropFirst() {
      let size = min(checkedAtOnce, bytes.count - piece * checkedAtOnce)
      sum = crc32_combine(sum, sums[piece], size)
    }
    return UInt32(truncatingIfNeeded: sum)
  }

  private static let checkedAtOnce = 1 << 20

  // MARK: - zlib

  /// The most bytes handed to zlib at once: its counters have 32 bits.
  private static let portion = 1 << 30

  private static func pack(
    _ bytes: [UInt8], _ wrapper: Wrapper, _ dictionary: [UInt8] = []
  ) -> [UInt8] {
    var stream = z_stream()
    precondition(cz_deflate_init(&stream, 9, wrapper.rawValue) == Z_OK, "zlib: out of memory")
    defer { deflateEnd(&stream) }
    if !dictionary.isEmpty { deflateSetDictionary(&stream, dictionary, uInt(dictionary.count)) }
    var output: [UInt8] = []
    var block = [UInt8](repeating: 0, count: min(1 << 18, bytes.count / 2 + 256))
    var position = 0
    var status = Z_OK
    while status != Z_STREAM_END {
      let size = min(portion, bytes.count - position)
      let flush = position + size == bytes.count ? Z_FINISH : Z_NO_FLUSH
      let (used, made) = step(&stream, bytes, from: position, size: size, into: &block) {
        status = CZlib.deflate(&$0, flush)
      }
      position += used
      output.append(contentsOf: block[..<made])
    }
    return output
  }

  private static func unpack(
    _ bytes: [UInt8], from start: Int, _ wrapper: Wrapper, _ dictionary: [UInt8] = [], limit: Int
  ) throws(BytesError) -> (output: [UInt8], used: Int) {
    var stream = z_stream()
    precondition(cz_inflate_init(&stream, wrapper.rawValue) == Z_OK, "zlib: out of memory")
    defer { inflateEnd(&stream) }
    if !dictionary.isEmpty { inflateSetDictionary(&stream, dictionary, uInt(dictionary.count)) }
    var output: [UInt8] = []
    var block = [UInt8](repeating: 0, count: min((1 << 18) - 1, max(limit, 0)) + 1)
    var position = start
    var status = Z_OK
    while status != Z_STREAM_END {
      let size = min(portion, bytes.count - position)
      let (used, made) = step(&stream, bytes, from: position, size: size, into: &block) {
        status = CZlib.inflate(&$0, Z_NO_FLUSH)
      }
      position += used
      guard output.count + made <= limit else {
        throw BytesError("the compressed bytes hold more than the \(limit) expected", at: position)
      }
      output.append(contentsOf: block[..<made])
      if status == Z_BUF_ERROR || (status == Z_OK && used == 0 && made == 0) {
        throw BytesError("the compressed bytes end too early", at: position)
      }
      guard status == Z_OK || status == Z_STREAM_END else {
        throw BytesError("the compressed bytes are damaged", at: position)
      }
    }
    return (output, position - start)
  }

  /// Runs zlib once over a part of the bytes: how many it used, and how many it made.
  private static func step(
    _ stream: inout z_stream, _ bytes: [UInt8], from position: Int, size: Int,
    into block: inout [UInt8], _ run: (inout z_stream) -> Void
  ) -> (used: Int, made: Int) {
    bytes.withUnsafeBufferPointer { input in
      block.withUnsafeMutableBufferPointer { output in
        // zlib promises not to write to its input; the field is not const for historical reasons.
        stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress.map { $0 + position })
        stream.avail_in = UInt32(size)
        stream.next_out = output.baseAddress
        stream.avail_out = UInt32(output.count)
        run(&stream)
        return (size - Int(stream.avail_in), output.count - Int(stream.avail_out))
      }
    }
  }
}
