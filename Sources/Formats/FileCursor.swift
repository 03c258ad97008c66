// Reads a file's bytes from front to back, and names the file in every error.
import Encodings

struct FileCursor {
  let file: String
  private var reader: ByteReader

  init(_ bytes: [UInt8], file: String) {
    self.file = file
    reader = ByteReader(bytes)
  }

  var offset: Int { reader.offset }
  var remaining: Int { reader.remaining }

  mutating func take(_ count: Int) throws(FormatError) -> ArraySlice<UInt8> {
    try read { reader throws(BytesError) in try reader.take(count) }
  }

  mutating func integer<T: FixedWidthInteger & UnsignedInteger>(
    _ type: T.Type
  ) throws(FormatError) -> T {
    try read { reader throws(BytesError) in try reader.integer(type) }
  }

  /// Lets someone read on from here who knows no files.
  mutating func read<Value>(
    _ body: (inout ByteReader) throws(BytesError) -> Value
  ) throws(FormatError) -> Value {
    do throws(BytesError) {
      return try body(&reader)
    } catch {
      throw FormatError(error, in: file)
    }
  }

  /// The error of bytes that cannot be what they claim, here or at another place.
  func damaged(_ what: String, at place: Int? = nil) -> FormatError {
    .damaged(file: file, what: what, offset: place ?? offset)
  }
}
