// The settings of layers as a container holds them: for each kind the names and types that it usually
// has, so that files store values only. Settings of no such form are spelled out.
import Encodings
package import Networks

/// How the value of a setting is stored.
package enum SettingType: UInt8, Sendable, CaseIterable {
  /// A whole number, zigzag: 0, -1, 1, -2, … are the counts 0, 1, 2, 3, …
  case integer
  /// A number: exact in as few bytes as that takes.
  case number
  case text
  /// A count of whole numbers, and each of them zigzag.
  case integers
  /// A whole number from 0, as a count.
  case count
  /// A count of whole numbers from 0, and each of them as a count.
  case counts
  /// Two whole numbers from 0: a count, twice the first, where they are equal; else one more, and the
  /// second as a count.
  case pair
}

/// The settings that layers of a kind have, in order.
package struct LayerForm: Sendable {
  package let kind: String
  package let settings: [(name: String, type: SettingType)]

  /// In the order of their numbers in files: new ones go last, and none ever leaves or moves.
  package static let all: [LayerForm] = [
    LayerForm("flatten"),
    LayerForm("reshape", ("shape", .counts)),
    LayerForm("activation", ("function", .text)),
    LayerForm("activation", ("function", .text), ("slope", .number)),
    quantizer(),
    quantizer(("zero", .count)),
    quantizer(observed),
    quantizer([("zero", .count)] + observed),
    LayerForm("dropout", ("share", .number)),
    LayerForm("add"),
    LayerForm("multiply"),
    LayerForm("concatenate"),
    LayerForm("slice", ("start", .count), ("end", .count)),
    LayerForm("slice", ("start", .count), ("end", .count), ("axis", .count)),
    LayerForm("channel_shuffle", ("groups", .count)),
    LayerForm("softmax"),
    LayerForm("dense", ("units", .count), ("bias", .count)),
    LayerForm("dense", ("units", .count), ("bias", .count), ("positions", .count)),
    LayerForm("embedding", ("vocabulary", .count), ("units", .count)),
    LayerForm("position_embedding", ("positions", .count)),
    LayerForm("segment_embedding", ("segments", .count)),
    LayerForm("class_token"),
    pool("maxpool"),
    pool("maxpool", ("ceil", .count)),
    pool("avgpool"),
    pool("avgpool", ("ceil", .count)),
    LayerForm("globalpool"),
    LayerForm("globalpool", ("keepdims", .count)),
    LayerForm("layernorm", ("epsilon", .number)),
    LayerForm("batchnorm", ("epsilon", .number), ("momentum", .number)),
    LayerForm(
      "conv2d", ("filters", .count), ("kernel", .pair), ("stride", .pair), ("padding", .pair),
      ("groups", .count), ("bias", .count)),
    LayerForm("attention", ("heads", .count)),
  ]

  private typealias Setting = (name: String, type: SettingType)

  private static let observed: [Setting] = [
    ("least", .number), ("greatest", .number), ("examples", .count),
  ]

  private static func quantizer(_ more: Setting...) -> LayerForm { quantizer(more) }

  private static func quantizer(_ more: [Setting]) -> LayerForm {
    LayerForm("quantizer", [("bits", .count), ("grid", .text), ("range", .text)] + more)
  }

  private static func pool(_ kind: String, _ more: Setting...) -> LayerForm {
    LayerForm(kind, [("size", .pair), ("stride", .pair), ("padding", .pair)] + more)
  }

  private init(_ kind: String, _ settings: Setting...) { self.init(kind, settings) }

  private init(_ kind: String, _ settings: [Setting]) {
    self.kind = kind
    self.settings = settings
  }

  /// The number of the form that a layer's settings have, where there is one.
  package static func number(of layer: any Layer) -> Int? {
    all.firstIndex { $0.fits(type(of: layer).kind, layer.attributes) }
  }

  private func fits(_ kind: String, _ attributes: [(name: String, value: Attribute)]) -> Bool {
    kind == self.kind && attributes.count == settings.count
      && zip(attributes, settings).allSatisfy { $0.name == $1.name && $1.type.holds($0.value) }
  }

  // MARK: - In files
  //
  // Six bits of a node's first byte: the number of its form, or 63. Then, where that is 63, the kind,
  // a count of settings, and for each its name, its type and its value; else the values alone.

  static let spelledOut: UInt8 = 63

  /// - Parameter flags: two bits of the node, above the number.
  static func write(_ layer: any Layer, flags: UInt8, to writer: inout ByteWriter) {
    let attributes = layer.attributes
    if let number = number(of: layer) {
      writer.append(UInt8(number) | flags << 6)
      for (attribute, setting) in zip(attributes, all[number].settings) {
        setting.type.write(attribute.value, to: &writer)
      }
      return
    }
    writer.append(spelledOut | flags << 6)
    ContainerWords.write(type(of: layer).kind, to: &writer)
    writer.append(count: attributes.count)
    for (name, value) in attributes {
      let type = SettingType(of: value)
      ContainerWords.write(name, to: &writer)
      writer.append(type.rawValue)
      type.write(value, to: &writer)
    }
  }

  static func read(
    from reader: inout ByteReader
  ) throws(BytesError) -> (kind: String, attributes: [String: Attribute], flags: UInt8) {
    let start = reader.offset
    let first = try reader.integer(UInt8.self)
    let number = first & spelledOut
    var attributes: [String: Attribute] = [:]
    if number == spelledOut {
      let kind = try ContainerWords.read(from: &reader)
      for _ in 0..<(try reader.count(upTo: reader.remaining / 3)) {
        let name = try ContainerWords.read(from: &reader)
        let place = reader.offset
        guard let type = SettingType(rawValue: try reader.integer(UInt8.self)) else {
          throw BytesError("a setting of an unknown type", at: place)
        }
        attributes[name] = try type.read(from: &reader)
      }
      return (kind, attributes, first >> 6)
    }
    guard all.indices.contains(Int(number)) else {
      throw BytesError(
        "no layer has the form \(number): a newer cnb may have written it", at: start)
    }
    let form = all[Int(number)]
    for (name, type) in form.settings { attributes[name] = try type.read(from: &reader) }
    return (form.kind, attributes, first >> 6)
  }
}

extension SettingType {
  /// Sizes far beyond any tensor would overflow where layers multiply them.
  static let largest = 1 << 31

  /// The type that holds every value of this sort.
  init(of attribute: Attribute) {
    switch attribute {
    case .integer: self = .integer
    case .number: self = .number
    case .text: self = .text
    case .integers: self = .integers
    }
  }

  func holds(_ attribute: Attribute) -> Bool {
    switch (self, attribute) {
    case (.integer, .integer), (.number, .number), (.text, .text), (.integers, .integers): true
    case (.count, .integer(let value)): value >= 0
    case (.counts, .integers(let list)): list.allSatisfy { $0 >= 0 }
    case (.pair, .integers(let list)): list.count == 2 && list.allSatisfy { $0 >= 0 }
    default: false
    }
  }

  func write(_ attribute: Attribute, to writer: inout ByteWriter) {
    switch (self, attribute) {
    case (.count, .integer(let value)): writer.append(count: value)
    case (_, .integer(let value)): writer.append(count: Zigzag.count(value))
    case (_, .number(let value)): ContainerNumber.write(value, to: &writer)
    case (_, .text(let text)): ContainerWords.write(text, to: &writer)
    case (.pair, .integers(let pair)):
      let isSquare = pair[0] == pair[1]
      writer.append(count: 2 * pair[0] + (isSquare ? 0 : 1))
      if !isSquare { writer.append(count: pair[1]) }
    case (_, .integers(let list)):
      writer.append(count: list.count)
      for value in list { writer.append(count: self == .counts ? value : Zigzag.count(value)) }
    }
  }

  func read(from reader: inout ByteReader) throws(BytesError) -> Attribute {
    switch self {
    case .integer: return .integer(try SettingType.integer(from: &reader))
    case .number: return .number(try ContainerNumber.read(from: &reader))
    case .text: return .text(try ContainerWords.read(from: &reader))
    case .count: return .integer(try reader.count(upTo: SettingType.largest))
    case .pair:
      let first = try reader.count(upTo: 2 * SettingType.largest)
      guard first % 2 == 1 else { return .integers([first / 2, first / 2]) }
      return .integers([first / 2, try reader.count(upTo: SettingType.largest)])
    case .integers, .counts:
      var list: [Int] = []
      for _ in 0..<(try reader.count(upTo: reader.remaining)) {
        list.append(
          self == .counts
            ? try reader.count(upTo: SettingType.largest) : try SettingType.integer(from: &reader))
      }
      return .integers(list)
    }
  }

  private static func integer(from reader: inout ByteReader) throws(BytesError) -> Int {
    Zigzag.integer(try reader.count(upTo: 2 * largest))
  }
}

/// Whole numbers as counts: those near 0 are small.
enum Zigzag {
  static func count(_ value: Int) -> Int { value < 0 ? -2 * value - 1 : 2 * value }
  static func integer(_ count: Int) -> Int { count % 2 == 1 ? -(count / 2) - 1 : count / 2 }
}
