// Numbers as short text: a few significant digits, no trailing zeros.
import Glibc

package enum SignificantDigits {
  /// The nearest decimal with so many significant digits (1 to 17): "0.0012", "1.5", "1.2e-07".
  /// Halves in binary are exact, so the last digit is the right one.
  package static func text(_ value: Double, digits: Int = 4) -> String {
    if value.isNaN { return "nan" }
    if value.isInfinite { return value < 0 ? "-inf" : "inf" }
    if value == 0 { return "0" }
    var buffer = [CChar](repeating: 0, count: 40)
    let digits = Int32(min(max(digits, 1), 17))
    let length = withVaList([digits, value]) {
      vsnprintf(&buffer, buffer.count, "%.*g", $0)
    }
    let characters = buffer.prefix(max(0, Int(length))).map { UInt8(bitPattern: $0) }
    return String(decoding: characters, as: UTF8.self)
  }

  /// A share as percent with one decimal: "93.3%".
  static func percent(_ share: Double) -> String {
    var buffer = [CChar](repeating: 0, count: 40)
    let length = withVaList([share * 100]) { vsnprintf(&buffer, buffer.count, "%.1f%%", $0) }
    let characters = buffer.prefix(max(0, Int(length))).map { UInt8(bitPattern: $0) }
    return String(decoding: characters, as: UTF8.self)
  }
}
