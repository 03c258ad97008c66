// The bytes of a safetensors file.
import Encodings
import Tensors

extension SafeTensors {
  /// A tensor to be stored.
  struct Item {
    let name: String
    let type: ElementType
    let shape: [Int]
    let bytes: [UInt8]

    init(_ name: String, _ tensor: Tensor) {
      self.name = name
      type = .float32
      shape = tensor.shape
      var writer = ByteWriter()
      writer.append(tensor.elements)
      bytes = writer.bytes
    }

    /// One byte per flag.
    init(_ name: String, flags: [Bool], shape: [Int]) {
      self.name = name
      type = .bool
      self.shape = shape
      bytes = flags.map { $0 ? 1 : 0 }
    }
  }

  static func bytes(
    of tensors: [(name: String, tensor: Tensor)], file: String
  ) throws(FormatError) -> [UInt8] {
    var names: Set<String> = [metadataKey]
    for (name, _) in tensors where !names.insert(name).inserted {
      throw .cannotHold(file: file, format: "safetensors", what: "two tensors called `\(name)`")
    }
    return bytes(of: tensors.map { Item($0.name, $0.tensor) })
  }

  static func bytes(
    of items: [Item], metadata: [(key: String, value: String)] = []
  ) -> [UInt8] {
    let order = ElementType.allCases
    func rank(_ item: Item) -> Int { order.firstIndex(of: item.type) ?? 0 }
    let items = items.sorted {
      rank($0) != rank($1) ? rank($0) > rank($1) : $0.name < $1.name
    }
    var pairs: [(key: String, value: JSON)] = []
    if !metadata.isEmpty {
      pairs.append((metadataKey, .object(metadata.map { ($0.key, .string($0.value)) })))
    }
    var offset = 0
    for item in items {
      let end = offset + item.bytes.count
      pairs.append(
        (
          item.name,
          .object([
            ("dtype", .string(item.type.rawValue)),
            ("shape", .array(item.shape.map(JSON.integer))),
            ("data_offsets", .array([.integer(offset), .integer(end)])),
          ])
        ))
      offset = end
    }
    var header = Array(JSON.object(pairs).text.utf8)
    header += [UInt8](repeating: 0x20, count: (8 - header.count % 8) % 8)
    var writer = ByteWriter()
    writer.append(UInt64(header.count))
    writer.append(header)
    for item in items { writer.append(item.bytes) }
    return writer.bytes
  }
}
