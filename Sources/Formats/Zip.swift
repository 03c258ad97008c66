// Just enough of zip for .npz: files stored or deflated, found by the central directory. It refuses
// encryption, several disks, files over 4 GiB, entries that overlap, and bombs.
import Encodings

enum Zip {
  struct File {
    let name: String
    let bytes: [UInt8]
  }

  /// The most bytes that an archive's files may have together.
  static let limit = 1 << 31

  private static let localMark: UInt32 = 0x0403_4b50
  private static let entryMark: UInt32 = 0x0201_4b50
  private static let endMark: UInt32 = 0x0605_4b50
  private static let endSize = 22

  /// What the central directory says about a file.
  private struct Entry {
    let name: String
    let method: UInt16
    let checksum: UInt32
    let packedSize: Int
    let size: Int
    /// Where its local header is.
    let offset: Int
  }

  static func recognizes(_ bytes: [UInt8]) -> Bool {
    bytes.starts(with: [0x50, 0x4b, 3, 4]) || bytes.starts(with: [0x50, 0x4b, 5, 6])
  }

  // MARK: - Reading

  static func read(_ bytes: [UInt8], file: String) throws(FormatError) -> [File] {
    let (entries, directory) = try entries(bytes, file: file)
    var total = 0
    for entry in entries { total += entry.size }
    guard total <= limit else {
      throw .tooLarge(file: file, what: "unpacked contents in bytes", found: total, limit: limit)
    }
    var files: [File] = []
    var end = 0
    for entry in entries.sorted(by: { $0.offset < $1.offset }) {
      guard entry.offset >= end else {
        throw .damaged(
          file: file, what: "`\(entry.name)` overlaps another entry", offset: entry.offset)
      }
      let content = try contents(of: entry, bytes, before: directory, file: file)
      files.append(File(name: entry.name, bytes: content.bytes))
      end = content.end
    }
    return files
  }

  /// The central directory and where it begins.
  private static func entries(
    _ bytes: [UInt8], file: String
  ) throws(FormatError) -> (entries: [Entry], start: Int) {
    let end = try endRecord(bytes, file: file)
    var cursor = FileCursor(bytes, file: file)
    _ = try cursor.take(end + 10)
    let count = Int(try cursor.integer(UInt16.self))
    let size = Int(try cursor.integer(UInt32.self))
    let start = Int(try cursor.integer(UInt32.self))
    guard count != 0xffff, start != 0xffff_ffff else {
      throw .unsupported(file: file, what: "a zip64 directory")
    }
    guard start + size <= end else {
      throw cursor.damaged("the directory does not lie before its end record", at: end)
    }
    cursor = FileCursor(Array(bytes[..<(start + size)]), file: file)
    _ = try cursor.take(start)
    var entries: [Entry] = []
    var names: Set<String> = []
    for _ in 0..<count {
      let place = cursor.offset
      let entry = try entry(&cursor)
      guard names.insert(entry.name).inserted else {
        throw cursor.damaged("the name `\(entry.name)` occurs twice", at: place)
      }
      entries.append(entry)
    }
    return (entries, start)
  }

  /// The end record is the last thing in the file, but for a comment whose length it tells.
  private static func endRecord(_ bytes: [UInt8], file: String) throws(FormatError) -> Int {
    var place = bytes.count - endSize
    while place >= 0, place >= bytes.count - endSize - 0xffff {
      if bytes[place] == 0x50, bytes[place...].starts(with: [0x50, 0x4b, 5, 6]),
        Int(bytes[place + 20]) + Int(bytes[place + 21]) << 8 == bytes.count - endSize - place
      {
        return place
      }
      place -= 1
    }
    throw .damaged(file: file, what: "the archive has no directory at its end", offset: bytes.count)
  }

  private static func entry(_ cursor: inout FileCursor) throws(FormatError) -> Entry {
    let place = cursor.offset
    guard try cursor.integer(UInt32.self) == entryMark else {
      throw cursor.damaged("an entry of the directory is wanted here", at: place)
    }
    _ = try cursor.take(4)
    let flags = try cursor.integer(UInt16.self)
    let method = try cursor.integer(UInt16.self)
    _ = try cursor.take(4)
    let checksum = try cursor.integer(UInt32.self)
    let packedSize = Int(try cursor.integer(UInt32.self))
    let size = Int(try cursor.integer(UInt32.self))
    let nameLength = Int(try cursor.integer(UInt16.self))
    let extraLength = Int(try cursor.integer(UInt16.self))
    let commentLength = Int(try cursor.integer(UInt16.self))
    _ = try cursor.take(8)
    let offset = Int(try cursor.integer(UInt32.self))
    let name = String(decoding: try cursor.take(nameLength), as: UTF8.self)
    _ = try cursor.take(extraLength + commentLength)
    guard flags & 1 == 0 else { throw .unsupported(file: cursor.file, what: "encrypted entries") }
    guard method == 0 || method == 8 else {
      throw .unsupported(file: cursor.file, what: "entries packed by zip's method \(method)")
    }
    guard size != 0xffff_ffff, packedSize != 0xffff_ffff, offset != 0xffff_ffff else {
      throw .unsupported(file: cursor.file, what: "entries of 4 GiB and more")
    }
    return Entry(
      name: name, method: method, checksum: checksum, packedSize: packedSize, size: size,
      offset: offset)
  }

  private static func contents(
    of entry: Entry, _ bytes: [UInt8], before directory: Int, file: String
  ) throws(FormatError) -> (bytes: [UInt8], end: Int) {
    var cursor = FileCursor(bytes, file: file)
    _ = try cursor.take(entry.offset)
    guard try cursor.integer(UInt32.self) == localMark else {
      throw cursor.damaged("`\(entry.name)` does not begin here", at: entry.offset)
    }
    // The sizes in the local header may be zero or 64 bits wide; those of the directory count.
    _ = try cursor.take(22)
    let nameLength = Int(try cursor.integer(UInt16.self))
    let extraLength = Int(try cursor.integer(UInt16.self))
    _ = try cursor.take(nameLength + extraLength)
    let start = cursor.offset
    let packed = Array(try cursor.take(entry.packedSize))
    guard cursor.offset <= directory else {
      throw cursor.damaged("`\(entry.name)` reaches into the directory", at: start)
    }
    var content = packed
    if entry.method == 8 {
      do throws(BytesError) {
        content = try Deflate.inflate(packed, limit: entry.size)
      } catch {
        throw FormatError(error, in: file, after: start)
      }
    }
    guard content.count == entry.size else {
      throw cursor.damaged(
        "`\(entry.name)` has \(content.count) bytes, and \(entry.size) are promised", at: start)
    }
    guard Deflate.crc32(content) == entry.checksum else {
      throw .checksum(file: file, part: "`\(entry.name)`")
    }
    return (content, cursor.offset)
  }

  // MARK: - Writing

  /// An archive with the files as they are, dated 1980-01-01 so that it is the same at every run.
  static func bytes(of files: [File]) -> [UInt8] {
    var writer = ByteWriter()
    var directory = ByteWriter()
    for file in files {
      let offset = writer.bytes.count
      writer.append(localMark)
      writer.append(common(file))
      writer.append(file.name.utf8)
      writer.append(file.bytes)
      directory.append(entryMark)
      directory.append(UInt16(20))
      directory.append(common(file))
      directory.append([UInt8](repeating: 0, count: 10))
      directory.append(UInt32(truncatingIfNeeded: offset))
      directory.append(file.name.utf8)
    }
    let start = writer.bytes.count
    writer.append(directory.bytes)
    writer.append(endMark)
    writer.append(UInt32(0))
    writer.append(UInt16(truncatingIfNeeded: files.count))
    writer.append(UInt16(truncatingIfNeeded: files.count))
    writer.append(UInt32(truncatingIfNeeded: directory.bytes.count))
    writer.append(UInt32(truncatingIfNeeded: start))
    writer.append(UInt16(0))
    return writer.bytes
  }

  /// The fields that both headers of a file have: from the version to the extra field's length.
  private static func common(_ file: File) -> [UInt8] {
    var writer = ByteWriter()
    writer.append(UInt16(20))
    // Names are UTF-8; nothing is packed; midnight of 1980-01-01.
    for field: UInt16 in [0x800, 0, 0, 0x21] { writer.append(field) }
    writer.append(Deflate.crc32(file.bytes))
    writer.append(UInt32(truncatingIfNeeded: file.bytes.count))
    writer.append(UInt32(truncatingIfNeeded: file.bytes.count))
    writer.append(UInt16(truncatingIfNeeded: file.name.utf8.count))
    writer.append(UInt16(0))
    return writer.bytes
  }
}
