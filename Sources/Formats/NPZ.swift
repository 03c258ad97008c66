// NumPy's .npz: a zip archive of .npy files, which is a record of tensors.
import Encodings
import Tensors

extension Format {
  package static let npz = Format(
    name: "npz",
    extensions: ["npz"],
    summary: "named tensors, as NumPy's savez and savez_compressed write them",
    source: "https://numpy.org/doc/stable/reference/generated/numpy.savez.html",
    recognizes: Zip.recognizes,
    decode: { bytes, file throws(FormatError) in try NPZ.read(bytes, file: file) },
    encode: { content, file throws(FormatError) in
      switch content {
      case .network: throw .cannotHold(file: file, format: "npz", what: content.words)
      case .tensor(let tensor): try NPZ.bytes(of: [("arr_0", tensor)], file: file)
      case .tensors(let tensors): try NPZ.bytes(of: tensors, file: file)
      }
    })
}

enum NPZ {
  static func read(_ bytes: [UInt8], file: String) throws(FormatError) -> Loaded {
    var tensors: [(name: String, tensor: Tensor)] = []
    var rounded = 0
    for entry in try Zip.read(bytes, file: file) {
      guard entry.name.hasSuffix(".npy") else {
        throw .unsupported(file: file, what: "`\(entry.name)`, not an .npy array,")
      }
      let (tensor, more) = try NPY.read(entry.bytes, file: "\(file)/\(entry.name)")
      tensors.append((String(entry.name.dropLast(4)), tensor))
      rounded += more
    }
    let count = tensors.reduce(0) { $0 + $1.tensor.count }
    return Loaded(.tensors(tensors), rounded: rounded, of: count)
  }

  static func bytes(
    of tensors: [(name: String, tensor: Tensor)], file: String
  ) throws(FormatError) -> [UInt8] {
    var names: Set<String> = []
    var size = 0
    for (name, tensor) in tensors {
      guard names.insert(name).inserted else {
        throw .cannotHold(file: file, format: "npz", what: "two tensors called `\(name)`")
      }
      guard name.utf8.count < 60_000 else {
        throw .cannotHold(file: file, format: "npz", what: "a name of \(name.utf8.count) bytes")
      }
      size += 4 * tensor.count + 2 * name.utf8.count + 512
    }
    guard size < Zip.limit, tensors.count < 0xffff else {
      throw .cannotHold(file: file, format: "npz", what: "more than 2 GiB or 65534 tensors")
    }
    return Zip.bytes(
      of: tensors.map { .init(name: "\($0.name).npy", bytes: NPY.bytes(of: $0.tensor)) })
  }
}
