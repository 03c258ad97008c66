// IDX: the format of the MNIST files, one array of one element type, big-endian. Read only.
import Encodings
import Tensors

extension Format {
  package static let idx = Format(
    name: "idx",
    extensions: ["idx", "idx1-ubyte", "idx3-ubyte", "idx1", "idx3"],
    summary: "one tensor, as the MNIST files hold it; read only",
    source: "http://yann.lecun.com/exdb/mnist/",
    recognizes: { bytes in
      bytes.count >= 4 && bytes[0] == 0 && bytes[1] == 0 && IDX.types[bytes[2]] != nil
        && (1...8).contains(bytes[3])
    },
    decode: { bytes, file throws(FormatError) in
      let array = try IDX(bytes, file: file)
      let (elements, rounded) = array.type.floats(array.values, bigEndian: true)
      let tensor = Tensor(trusted: array.shape, elements)
      return Loaded(.tensor(tensor), rounded: rounded, of: tensor.count)
    },
    encode: nil)
}

struct IDX {
  /// The third byte of a file.
  static let types: [UInt8: ElementType] = [
    0x08: .unsigned8, 0x09: .signed8, 0x0b: .signed16, 0x0c: .signed32, 0x0d: .float32,
    0x0e: .float64,
  ]

  let type: ElementType
  let shape: [Int]
  /// The elements' bytes.
  let values: ArraySlice<UInt8>

  /// Checks that the sizes fill the bytes of a file exactly.
  init(_ bytes: [UInt8], file: String) throws(FormatError) {
    var cursor = FileCursor(bytes, file: file)
    let mark = try cursor.integer(UInt32.self).byteSwapped
    guard mark >> 16 == 0, let type = IDX.types[UInt8(truncatingIfNeeded: mark >> 8)] else {
      throw cursor.damaged("it does not begin as an IDX file", at: 0)
    }
    var shape: [Int] = []
    for _ in 0..<mark & 0xff { shape.append(Int(try cursor.integer(UInt32.self).byteSwapped)) }
    guard let count = try? Tensor.count(of: shape),
      case (let size, let overflow) = count.multipliedReportingOverflow(by: type.size), !overflow,
      size == cursor.remaining
    else {
      throw cursor.damaged(
        "the shape \(shape) does not fill the \(cursor.remaining) bytes of values")
    }
    self.type = type
    self.shape = shape
    values = try cursor.take(size)
  }
}
