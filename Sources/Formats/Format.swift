// The table of file formats. A format is recognized by its first bytes when it is read, and by the
// ending of the file's name when it is written.
import Encodings
package import Networks
package import Tensors

/// What a file holds.
package enum Content: Sendable {
  case network(Network)
  case tensor(Tensor)
  case tensors([(name: String, tensor: Tensor)])

  /// In the words of an error.
  package var words: String {
    switch self {
    case .network: "a network"
    case .tensor: "a single tensor"
    case .tensors: "several named tensors"
    }
  }
}

/// What came out of a file, and what the reader should know about it.
package struct Loaded: Sendable {
  package let content: Content
  /// Sentences such as "3 of 120 values were rounded to 32-bit floats".
  package let notices: [String]

  init(_ content: Content, rounded: Int = 0, of count: Int = 0) {
    self.content = content
    notices = rounded == 0 ? [] : ["\(rounded) of \(count) values were rounded to 32-bit floats"]
  }
}

package struct Format: Sendable {
  /// The field's name, such as "safetensors".
  package let name: String
  /// What a file's name ends in, without the point; the first is the usual one.
  package let extensions: [String]
  package let summary: String
  /// Where the format is written down.
  package let source: String
  /// Whether the first bytes are those of this format.
  package let recognizes: @Sendable (_ bytes: [UInt8]) -> Bool
  /// The contents of a file's bytes; the name is for errors.
  package let decode: @Sendable (_ bytes: [UInt8], _ file: String) throws(FormatError) -> Loaded
  /// The bytes of a file, or nil for a format that is only read.
  package let encode:
    (@Sendable (_ content: Content, _ file: String) throws(FormatError) -> [UInt8])?

  package static let all: [Format] = [.container, .safetensors, .npy, .npz, .idx]

  /// The format that a file's name asks for.
  package static func named(by path: String) -> Format? {
    let name = path.lowercased()
    return all.first { format in format.extensions.contains { name.hasSuffix(".\($0)") } }
  }

  /// Reads a file in whichever format it is in, gzipped or not.
  /// - Throws: `FormatError`, naming the file.
  package static func load(_ path: String) throws(FormatError) -> Loaded {
    try decode(try FileAccess.read(path), file: path)
  }

  /// The contents of bytes in whichever format they are in, gzipped or not.
  package static func decode(_ bytes: [UInt8], file: String) throws(FormatError) -> Loaded {
    let bytes = try Gzip.unpackedIfPacked(bytes, file: file)
    let byName = named(by: file.lowercased().hasSuffix(".gz") ? String(file.dropLast(3)) : file)
    guard let format = all.first(where: { $0.recognizes(bytes) }) ?? byName else {
      throw .unknownFormat(file: file)
    }
    return try format.decode(bytes, file)
  }

  /// Writes a file in the format that its name asks for, entirely or not at all.
  /// - Throws: `FormatError`, naming the file; then nothing has changed.
  package static func save(_ content: Content, to path: String) throws(FormatError) {
    guard let format = named(by: path) else {
      throw .unknownFormat(file: path, isWritten: true)
    }
    guard let encode = format.encode else {
      throw .unwritable(file: path, reason: "\(format.name) files are only read")
    }
    try FileAccess.writeAtomically(try encode(content, path), to: path)
  }
}

/// Files that some programs leave gzipped.
enum Gzip {
  /// The most bytes that a gzipped file may hold.
  static let limit = 1 << 31

  static func unpackedIfPacked(_ bytes: [UInt8], file: String) throws(FormatError) -> [UInt8] {
    guard bytes.starts(with: [0x1f, 0x8b]) else { return bytes }
    do throws(BytesError) {
      return try Deflate.gunzip(bytes, limit: limit)
    } catch {
      throw FormatError(error, in: file)
    }
  }
}
