// Reading a layer's settings: each with its range, so that no layer has to check twice.

/// The settings of a layer that is being made, checked as they are read.
struct AttributeReader {
  let layer: String
  let attributes: [String: Attribute]

  /// The largest size that a setting may have.
  static let largest = 1 << 20

  /// - Throws: `NetworkError.attribute` for a setting that the layer does not have.
  init(
    _ layer: String, _ attributes: [String: Attribute], knows names: [String]
  ) throws(NetworkError) {
    self.layer = layer
    self.attributes = attributes
    for name in attributes.keys.sorted() where !names.contains(name) {
      let known = names.isEmpty ? "left out: there are no settings" : "one of its settings: "
      throw .attribute(
        layer: layer, name: name, wanted: known + names.map { "`\($0)`" }.joined(separator: ", "))
    }
  }

  func integer(
    _ name: String, in range: ClosedRange<Int>, default standard: Int? = nil
  ) throws(NetworkError) -> Int {
    let wanted = "a whole number from \(range.lowerBound) to \(range.upperBound)"
    switch attributes[name] {
    case .integer(let value) where range.contains(value): return value
    case nil:
      guard let standard else { throw .attribute(layer: layer, name: name, wanted: wanted) }
      return standard
    default: throw .attribute(layer: layer, name: name, wanted: wanted)
    }
  }

  func flag(_ name: String, default standard: Bool) throws(NetworkError) -> Bool {
    try integer(name, in: 0...1, default: standard ? 1 : 0) == 1
  }

  func number(
    _ name: String, from low: Double, to high: Double, default standard: Double? = nil
  ) throws(NetworkError) -> Double {
    let value: Double?
    switch attributes[name] {
    case .number(let number): value = number
    case .integer(let number): value = Double(number)
    case nil: value = standard
    default: value = nil
    }
    guard let value, value >= low, value <= high else {
      throw .attribute(layer: layer, name: name, wanted: "a number from \(low) to \(high)")
    }
    return value
  }

  func text(_ name: String, of choices: [String]) throws(NetworkError) -> String {
    guard case .text(let value) = attributes[name], choices.contains(value) else {
      throw .attribute(
        layer: layer, name: name, wanted: "one of " + choices.joined(separator: ", "))
    }
    return value
  }

  /// Height and width: one number for both, or two.
  func pair(
    _ name: String, in range: ClosedRange<Int>, default standard: [Int]? = nil
  ) throws(NetworkError) -> [Int] {
    let value: [Int]?
    switch attributes[name] {
    case .integer(let both): value = [both, both]
    case .integers(let list): value = list
    case nil: value = standard
    default: value = nil
    }
    guard let value, value.count == 2, value.allSatisfy(range.contains) else {
      throw .attribute(
        layer: layer, name: name,
        wanted: "one or two whole numbers from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  func integers(_ name: String, in range: ClosedRange<Int>) throws(NetworkError) -> [Int] {
    guard case .integers(let list) = attributes[name], list.allSatisfy(range.contains) else {
      throw .attribute(
        layer: layer, name: name,
        wanted: "whole numbers from \(range.lowerBound) to \(range.upperBound)")
    }
    return list
  }
}
