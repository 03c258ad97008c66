// safetensors: a JSON header, then the tensors' bytes without gaps. Written as the reference does
// it: the widest type first, then by name, the header padded to a multiple of 8.
import Encodings
import Networks
package import Tensors

extension Format {
  package static let safetensors = Format(
    name: "safetensors",
    extensions: ["safetensors"],
    summary: "named tensors, as PyTorch and Hugging Face exchange them; a network saved here is "
      + "decoded to 32-bit floats and can be loaded again",
    source: "https://github.com/huggingface/safetensors",
    recognizes: { bytes in
      bytes.count > 8 && bytes[8] == UInt8(ascii: "{") && bytes[5...7].allSatisfy { $0 == 0 }
    },
    decode: { bytes, file throws(FormatError) in
      let file = try SafeTensors(bytes, file: file)
      return try file.loaded()
    },
    encode: { content, file throws(FormatError) in
      switch content {
      case .network(let network): try SafeTensors.bytes(of: network, file: file)
      case .tensor(let tensor): SafeTensors.bytes(of: [.init("tensor", tensor)])
      case .tensors(let tensors):
        try SafeTensors.bytes(of: tensors, file: file)
      }
    })
}

package struct SafeTensors: Sendable {
  /// The longest header that the reference takes.
  package static let headerLimit = 100_000_000
  /// The key of the strings that are not tensors.
  static let metadataKey = "__metadata__"

  /// One stored tensor.
  package struct Entry: Sendable {
    package let name: String
    package let type: ElementType
    package let shape: [Int]
    /// Where its bytes are in the file.
    package let range: Range<Int>
  }

  package let file: String
  package let bytes: [UInt8]
  /// In the order of the bytes.
  package let entries: [Entry]
  package let metadata: [(key: String, value: String)]

  /// Reads the header and checks that the tensors cover the file exactly.
  package init(_ bytes: [UInt8], file: String) throws(FormatError) {
    try SafeTensors.checkLength(bytes, file: file)
    var reader = ByteReader(bytes)
    do throws(BytesError) {
      let header = try reader.take(Int(clamping: try reader.integer(UInt64.self)))
      guard header.first == UInt8(ascii: "{") else {
        throw BytesError("the header does not begin with `{`", at: 8)
      }
      let start = reader.offset
      let json: JSON
      do throws(BytesError) {
        json = try JSON(parsing: Array(header))
      } catch {
        throw BytesError(error.message, at: 8 + error.offset)
      }
      metadata = try SafeTensors.metadata(json[SafeTensors.metadataKey])
      guard case .object(let pairs) = json else { throw BytesError("no header", at: 8) }
      var entries: [Entry] = []
      for (name, value) in pairs where name != SafeTensors.metadataKey {
        entries.append(try SafeTensors.entry(name, value, start: start, size: reader.remaining))
      }
      entries.sort {
        ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
      }
      try SafeTensors.checkCover(entries, start..<bytes.count)
      self.entries = entries
    } catch {
      throw FormatError(error, in: file)
    }
    self.file = file
    self.bytes = bytes
  }

  /// A header that claims too much is told apart from a file that was cut short.
  private static func checkLength(_ bytes: [UInt8], file: String) throws(FormatError) {
    var reader = ByteReader(bytes)
    guard let length = try? reader.integer(UInt64.self), length > headerLimit else { return }
    throw .tooLarge(
      file: file, what: "a header length", found: Int(clamping: length), limit: headerLimit)
  }

  private static func metadata(
    _ json: JSON?
  ) throws(BytesError) -> [(key: String, value: String)] {
    guard let json else { return [] }
    guard case .object(let pairs) = json else {
      throw BytesError("`\(metadataKey)` is not a record of strings", at: 8)
    }
    var strings: [(key: String, value: String)] = []
    for pair in pairs {
      guard let string = pair.value.string else {
        throw BytesError("`\(pair.key)` in `\(metadataKey)` is not a string", at: 8)
      }
      strings.append((pair.key, string))
    }
    return strings
  }

  private static func entry(
    _ name: String, _ json: JSON, start: Int, size: Int
  ) throws(BytesError) -> Entry {
    guard let dtype = json["dtype"]?.string else {
      throw BytesError("tensor `\(name)` has no element type", at: 8)
    }
    guard let type = ElementType(rawValue: dtype) else {
      throw BytesError(
        "tensor `\(name)` has the element type \(dtype), which is not read here", at: 8)
    }
    guard let shape = json["shape"]?.integers, shape.allSatisfy({ $0 >= 0 }) else {
      throw BytesError("tensor `\(name)` has no shape of whole numbers from 0", at: 8)
    }
    guard let offsets = json["data_offsets"]?.integers, offsets.count == 2,
      0 <= offsets[0], offsets[0] <= offsets[1], offsets[1] <= size
    else {
      throw BytesError("tensor `\(name)` has offsets outside the \(size) bytes of values", at: 8)
    }
    guard let count = try? Tensor.count(of: shape),
      case (let needed, let overflow) = count.multipliedReportingOverflow(by: type.size), !overflow,
      needed == offsets[1] - offsets[0]
    else {
      throw BytesError(
        "tensor `\(name)` of shape \(shape) and type \(dtype) does not fill its "
          + "\(offsets[1] - offsets[0]) bytes", at: 8)
    }
    return Entry(
      name: name, type: type, shape: shape, range: start + offsets[0]..<start + offsets[1])
  }

  /// No gaps, no overlaps, nothing behind the last one.
  private static func checkCover(_ entries: [Entry], _ whole: Range<Int>) throws(BytesError) {
    var end = whole.lowerBound
    for entry in entries {
      guard entry.range.lowerBound == end else {
        throw BytesError("a gap or an overlap before tensor `\(entry.name)`", at: end)
      }
      end = entry.range.upperBound
    }
    guard end == whole.upperBound else {
      throw BytesError("\(whole.upperBound - end) bytes belong to no tensor", at: end)
    }
  }

  /// A tensor's values, and how many of them were rounded.
  package func tensor(_ entry: Entry) -> (tensor: Tensor, rounded: Int) {
    let (elements, rounded) = entry.type.floats(bytes[entry.range])
    return (Tensor(trusted: entry.shape, elements), rounded)
  }

  /// The network, where one was saved here; otherwise the tensors by name.
  func loaded() throws(FormatError) -> Loaded {
    if let network = try network() { return Loaded(.network(network)) }
    var tensors: [(name: String, tensor: Tensor)] = []
    var rounded = 0
    for entry in entries.sorted(by: { $0.name < $1.name }) {
      let (tensor, more) = self.tensor(entry)
      tensors.append((entry.name, tensor))
      rounded += more
    }
    let count = tensors.reduce(0) { $0 + $1.tensor.count }
    return Loaded(.tensors(tensors), rounded: rounded, of: count)
  }
}
