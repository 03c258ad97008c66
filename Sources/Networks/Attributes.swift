// Reading a layer's settings: each with its range, so that no layer has to check twice.

extension Attribute {
  /// As it would be written.
  var text: String {
    switch self {
    case .integer(let value): "\(value)"
    case .number(let value): value.numeral
    case .text(let value): "\"\(value)\""
    case .integers(let list): "\(list)"
    }
  }
}

extension [Int] {
  /// Height and width in a sentence: one number where they agree.
  var sizes: String {
    guard let first, count == 2, allSatisfy({ $0 == first }) else { return "\(self)" }
    return "\(first)"
  }
}

/// The settings of a layer that is being made, checked as they are read.
struct AttributeReader {
  /// The word that makes it: what errors call it.
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
      throw refusal(name, known + names.map { "`\($0)`" }.joined(separator: ", "))
    }
  }

  /// What is wrong with a setting; what it is follows from the settings where `got` does not say.
  func refusal(_ name: String, _ wanted: String, got: String? = nil) -> NetworkError {
    .attribute(
      layer: layer, name: name, wanted: wanted, got: got ?? attributes[name]?.text ?? "nothing")
  }

  func integer(
    _ name: String, in range: ClosedRange<Int>, default standard: Int? = nil
  ) throws(NetworkError) -> Int {
    let wanted = "a whole number from \(range.lowerBound) to \(range.upperBound)"
    switch attributes[name] {
    case .integer(let value) where range.contains(value): return value
    case nil:
      guard let standard else { throw refusal(name, wanted) }
      return standard
    default: throw refusal(name, wanted)
    }
  }

  func flag(_ name: String, default standard: Bool) throws(NetworkError) -> Bool {
    try integer(name, in: 0...1, default: standard ? 1 : 0) == 1
  }

  func number(
    _ name: String, from low: Double, to high: Double, default standard: Double? = nil
  ) throws(NetworkError) -> Double {
    guard let value = given(name) ?? (attributes[name] == nil ? standard : nil),
      value >= low, value <= high
    else { throw refusal(name, "a number from \(low.numeral) to \(high.numeral)") }
    return value
  }

  /// A share of a whole, which errors give in percent.
  func share(_ name: String, to high: Double) throws(NetworkError) -> Double {
    let value = given(name)
    guard let value, value >= 0, value <= high else {
      throw refusal(name, "a share from 0% to \(high.percentage)", got: value?.percentage)
    }
    return value
  }

  private func given(_ name: String) -> Double? {
    switch attributes[name] {
    case .number(let number): number
    case .integer(let number): Double(number)
    default: nil
    }
  }

  func text(_ name: String, of choices: [String]) throws(NetworkError) -> String {
    guard case .text(let value) = attributes[name], choices.contains(value) else {
      throw refusal(name, "one of " + choices.joined(separator: ", "))
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
      throw refusal(
        name, "one or two whole numbers from \(range.lowerBound) to \(range.upperBound)",
        got: value?.sizes)
    }
    return value
  }

  func integers(_ name: String, in range: ClosedRange<Int>) throws(NetworkError) -> [Int] {
    guard case .integers(let list) = attributes[name], list.allSatisfy(range.contains) else {
      throw refusal(name, "whole numbers from \(range.lowerBound) to \(range.upperBound)")
    }
    return list
  }
}
