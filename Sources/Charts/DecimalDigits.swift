// The decimal digits of a number, taken from its shortest text, and their rounding half to even.
// It is how we format without Foundation; it is not a type to calculate with.

/// A finite number as `± 0.d₁d₂d₃… × 10^point`, without zeros at either end; zero has no digits.
struct DecimalDigits: Equatable {
  var isNegative: Bool
  /// Values 0...9, the first and the last never 0.
  var digits: [UInt8] = []
  var point = 0

  /// Nil when the number is not finite.
  init?(_ number: Double) {
    guard number.isFinite else { return nil }
    isNegative = number.sign == .minus
    read("\(number)")
    trim()
  }

  private mutating func read(_ text: String) {
    var exponent = 0
    var exponentIsNegative = false
    var isAfterPoint = false
    var isInExponent = false
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "."): isAfterPoint = true
      case UInt8(ascii: "e"): isInExponent = true
      case UInt8(ascii: "-"): exponentIsNegative = isInExponent
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        let digit = byte - UInt8(ascii: "0")
        if isInExponent {
          exponent = exponent * 10 + Int(digit)
        } else {
          digits.append(digit)
          if !isAfterPoint { point += 1 }
        }
      default: break
      }
    }
    point += exponentIsNegative ? -exponent : exponent
  }

  private mutating func trim() {
    while digits.last == 0 { digits.removeLast() }
    let zeros = digits.prefix { $0 == 0 }.count
    digits.removeFirst(zeros)
    point -= zeros
    if digits.isEmpty {
      point = 0
      isNegative = false
    }
  }

  /// Keeps the first `count` digits, half to even; with a count below 1 the result may be zero.
  mutating func round(toDigits count: Int) {
    guard count < digits.count else { return }
    guard count >= 0 else {
      digits = []
      trim()
      return
    }
    let next = digits[count]
    let hasRest = count + 1 < digits.count
    let lastIsOdd = count > 0 && digits[count - 1] % 2 == 1
    digits.removeSubrange(count...)
    if next > 5 || (next == 5 && (hasRest || lastIsOdd)) { increment() }
    trim()
  }

  private mutating func increment() {
    for index in digits.indices.reversed() {
      if digits[index] < 9 {
        digits[index] += 1
        return
      }
      digits[index] = 0
    }
    digits.insert(1, at: 0)
    point += 1
  }

  /// The digits before the decimal point, "0" when there are none.
  func whole(grouped: Bool) -> String {
    guard point > 0 else { return "0" }
    var text = ""
    for place in 0..<point {
      if grouped, place > 0, (point - place) % 3 == 0 { text += "," }
      text += place < digits.count ? "\(digits[place])" : "0"
    }
    return text
  }

  /// The digits behind the decimal point, filled with zeros to at least `minimum`.
  func fraction(minimum: Int) -> String {
    var text = String(repeating: "0", count: digits.isEmpty ? 0 : max(0, -point))
    for digit in digits.dropFirst(max(0, point)) { text += "\(digit)" }
    return text + String(repeating: "0", count: max(0, minimum - text.utf8.count))
  }
}
