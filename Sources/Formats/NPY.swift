// NumPy's .npy: one array. Read in every version, byte order and memory order; written as NumPy
// writes float32. It refuses pickled objects and records.
import Encodings
package import Tensors

extension Format {
  package static let npy = Format(
    name: "npy",
    extensions: ["npy"],
    summary: "one tensor, as NumPy's save writes it",
    source: "https://numpy.org/neps/nep-0001-npy-format.html",
    recognizes: { $0.starts(with: NPY.magic) },
    decode: { bytes, file throws(FormatError) in
      let (tensor, rounded) = try NPY.read(bytes, file: file)
      return Loaded(.tensor(tensor), rounded: rounded, of: tensor.count)
    },
    encode: { content, file throws(FormatError) in
      guard case .tensor(let tensor) = content else {
        throw .cannotHold(file: file, format: "npy", what: content.words)
      }
      return NPY.bytes(of: tensor)
    })
}

package enum NPY {
  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  /// The longest header taken: far more than any shape needs.
  static let headerLimit = 1 << 16

  /// What an array's header says.
  struct Header: Equatable {
    var descr = ""
    var fortranOrder = false
    var shape: [Int] = []
  }

  /// The tensor in the bytes of a file, and how many of its values were rounded to 32-bit floats.
  package static func read(
    _ bytes: [UInt8], file: String
  ) throws(FormatError) -> (tensor: Tensor, rounded: Int) {
    var cursor = FileCursor(bytes, file: file)
    guard try cursor.take(magic.count).elementsEqual(magic) else {
      throw cursor.damaged("it does not begin as an .npy file", at: 0)
    }
    let major = try cursor.integer(UInt8.self)
    _ = try cursor.integer(UInt8.self)
    let length: Int
    switch major {
    case 1: length = Int(try cursor.integer(UInt16.self))
    case 2, 3: length = Int(try cursor.integer(UInt32.self))
    default: throw .unsupported(file: file, what: "version \(major) of the npy format")
    }
    guard length <= headerLimit else {
      throw .tooLarge(file: file, what: "a header length", found: length, limit: headerLimit)
    }
    let start = cursor.offset
    let text = Array(try cursor.take(length))
    let header: Header
    do throws(BytesError) {
      var parser = NPYHeaderParser(bytes: text)
      header = try parser.header()
    } catch {
      throw FormatError(error, in: file, after: start)
    }
    return try values(header, &cursor)
  }

  private static func values(
    _ header: Header, _ cursor: inout FileCursor
  ) throws(FormatError) -> (tensor: Tensor, rounded: Int) {
    let file = cursor.file
    let kind = header.descr.drop { "<>|=".contains($0) }
    guard let type = ElementType.allCases.first(where: { $0.numpy == String(kind) }),
      header.descr.count == kind.count + 1
    else {
      let what = kind == "O" ? "pickled objects" : "elements of the type `\(header.descr)`"
      throw .unsupported(file: file, what: what)
    }
    guard let count = try? Tensor.count(of: header.shape),
      case (let size, let overflow) = count.multipliedReportingOverflow(by: type.size), !overflow,
      size == cursor.remaining
    else {
      throw cursor.damaged(
        "the shape \(header.shape) of `\(header.descr)` does not fill the "
          + "\(cursor.remaining) bytes of values")
    }
    let bytes = try cursor.take(size)
    let (elements, rounded) = type.floats(bytes, bigEndian: header.descr.hasPrefix(">"))
    guard header.fortranOrder else {
      return (Tensor(trusted: header.shape, elements), rounded)
    }
    return (Tensor(trusted: header.shape, rowMajor(elements, header.shape)), rounded)
  }

  /// Elements that lie with the first axis fastest, in the order of the last axis fastest.
  private static func rowMajor(_ elements: [Float], _ shape: [Int]) -> [Float] {
    guard !elements.isEmpty else { return [] }
    var steps: [Int] = []
    var step = 1
    for size in shape {
      steps.append(step)
      step *= size
    }
    var index = [Int](repeating: 0, count: shape.count)
    var position = 0
    return elements.indices.map { _ in
      defer {
        var axis = shape.count - 1
        while axis >= 0 {
          index[axis] += 1
          position += steps[axis]
          if index[axis] < shape[axis] { break }
          position -= steps[axis] * shape[axis]
          index[axis] = 0
          axis -= 1
        }
      }
      return elements[position]
    }
  }

  /// The file that NumPy 2 writes for this tensor, byte for byte.
  package static func bytes(of tensor: Tensor) -> [UInt8] {
    let sizes = tensor.shape.map(String.init)
    let shape = sizes.count == 1 ? "(\(sizes[0]),)" : "(\(sizes.joined(separator: ", ")))"
    var header = "{'descr': '<f4', 'fortran_order': False, 'shape': \(shape), }"
    // NumPy leaves room for a first axis of 21 digits, so that a file can grow in place.
    if let first = sizes.first { header += String(repeating: " ", count: max(0, 21 - first.count)) }
    let wide = header.utf8.count + 75 > Int(UInt16.max)
    let prefix = magic.count + 2 + (wide ? 4 : 2)
    header += String(repeating: " ", count: 64 - (prefix + header.utf8.count + 1) % 64) + "\n"
    var writer = ByteWriter()
    writer.append(magic)
    writer.append([wide ? 2 : 1, 0] as [UInt8])
    if wide {
      writer.append(UInt32(header.utf8.count))
    } else {
      writer.append(UInt16(header.utf8.count))
    }
    writer.append(header.utf8)
    writer.append(tensor.elements)
    return writer.bytes
  }
}
