// The bytes of a file, and what stands where: in hexadecimal, part by part.
import Charts
import Encodings
import Formats
import Interpreter
import Networks
import Tensors

/// A file that can be looked at: a network's, or one by its path.
struct Dumpable: Bridged {
  private enum Source {
    case network(NetworkValue)
    case path(String)
  }
  private let source: Source
  let bridged: Value

  static var kind: String { "a network, or the path of a file" }

  init(from value: Value) throws(Mismatch) {
    bridged = value
    if case .text(let path) = value {
      source = .path(path)
    } else if let network = try? NetworkValue(from: value) {
      source = .network(network)
    } else {
      throw Mismatch(Self.kind)
    }
  }

  /// The bytes, and the parts that follow each other in them.
  func file(_ context: Context) throws -> (bytes: [UInt8], parts: [HexdumpValue.Part]) {
    switch source {
    case .network(let value):
      return (Container.bytes(of: value.network), HexdumpValue.parts(of: value.network))
    case .path(let name):
      let path = try context.readable(name)
      let bytes = try FileWords.calling(path, name, "of") {
        let bytes = try FileAccess.read(path)
        context.didRead(FileRead(path: name, digest: Digest.sha256(bytes)))
        return bytes
      }
      if let network = try? Container.read(bytes, file: name) {
        return (bytes, HexdumpValue.parts(of: network))
      }
      return (bytes, [.init(name: "file", range: bytes.indices)])
    }
  }
}

final class HexdumpValue: Native, Bridged {
  static let kind = "the bytes of a file"
  /// What is shown without a range.
  private static let usual = 256
  private static let most = 1 << 16
  private static let perLine = 16

  struct Part: Sendable {
    let name: String
    let range: Range<Int>
  }

  private let bytes: [UInt8]
  private let parts: [Part]
  private let shown: Range<Int>

  init(_ file: (bytes: [UInt8], parts: [Part]), _ range: Value.Range?) throws(Problem) {
    let count = file.bytes.count
    let lower = range?.lower ?? 0
    let end = range?.end ?? min(count, lower + (range == nil ? Self.usual : Self.most))
    guard lower >= 0, lower <= end, end <= count else {
      throw Problem(
        "E0309", "the range \(lower)..<\(end) is outside the \(count) bytes", parameter: "bytes")
    }
    guard end - lower <= Self.most else {
      throw Problem(
        "E0309", "at most \(Self.most) bytes are shown, got \(end - lower)", parameter: "bytes")
    }
    bytes = file.bytes
    parts = file.parts
    shown = lower..<end
  }

  private init(_ other: HexdumpValue) {
    bytes = other.bytes
    parts = other.parts
    shown = other.shown
  }

  convenience init(from value: Value) throws(Mismatch) {
    guard case .native(let native) = value, let own = native as? HexdumpValue else {
      throw Mismatch(Self.kind)
    }
    self.init(own)
  }

  /// As the container's ledger has them, in the order of the file.
  static func parts(of network: Network) -> [Part] {
    var bits: [(name: String, bits: Int)] = []
    for row in Container.ledger(of: network) {
      let name = row.part == "file" ? row.purpose.rawValue : "\(row.part) (\(row.encoding))"
      if bits.last?.name == name {
        bits[bits.count - 1].bits += row.bits
      } else {
        bits.append((name, row.bits))
      }
    }
    var parts: [Part] = []
    for part in bits {
      let start = parts.last?.range.upperBound ?? 0
      parts.append(Part(name: part.name, range: start..<start + part.bits / 8))
    }
    return parts
  }

  var bridged: Value { .native(self) }
  var summary: String { "\(shown.count) of \(bytes.count) bytes" }
  let members = ["bytes", "parts", "count"]

  func member(_ name: String) -> Value? {
    switch name {
    case "bytes": .tensor(Tensor(vector: bytes[shown].map { Float($0) }))
    case "count": .number(Double(bytes.count))
    case "parts":
      .list(
        parts.map { part in
          .record([
            ("part", .text(part.name)), ("start", .number(Double(part.range.lowerBound))),
            ("bytes", .quantity(Double(part.range.count), .bytes(.file))),
          ])
        })
    default: nil
    }
  }

  func lines(_ style: DisplayStyle) -> [String] {
    var lines: [String] = []
    for part in parts {
      let range = part.range.clamped(to: shown)
      guard !range.isEmpty else { continue }
      lines.append("\(part.name), \(Text.count(part.range.count, "byte"))")
      for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.perLine) {
        lines.append(line(start..<min(start + Self.perLine, range.upperBound)))
      }
    }
    let rest = bytes.count - shown.upperBound
    return rest > 0 ? lines + ["… \(Text.count(rest, "byte")) more"] : lines
  }

  private func line(_ range: Range<Int>) -> String {
    let digits = Array("0123456789abcdef")
    var hex = ""
    var text = ""
    for byte in bytes[range] {
      hex += " \(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
      text += (32..<127).contains(byte) ? String(UnicodeScalar(byte)) : "·"
    }
    let place = String(range.lowerBound)
    return TextWidth.leading(
      String(repeating: " ", count: max(0, 8 - place.count)) + place + " " + hex, in: 60) + text
  }
}
