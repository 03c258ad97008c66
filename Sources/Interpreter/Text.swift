// Values in one line, as a program would write them or a sentence would name them.
package import Charts
import Tensors

package typealias DisplayStyle = ChartStyle

package enum Text {
  /// Up to six significant digits, whole numbers in full: `0.333333`, `60000`.
  package static func number(_ value: Double) -> String {
    if value.isNaN { return "nan" }
    if value.isInfinite { return value < 0 ? "-inf" : "inf" }
    if value == value.rounded(), abs(value) < 1e15 { return String(Int(value)) }
    return NumberText.significant(value, digits: 6)
  }

  package static func count(_ count: Int, _ noun: String) -> String {
    "\(NumberText.grouped(count)) \(noun)\(count == 1 ? "" : "s")"
  }

  /// In one line, the way the language would read it back where it can.
  package static func literal(_ value: Value) -> String {
    switch value {
    case .text(let text): quoted(text)
    default: plain(value)
    }
  }

  /// As it stands inside a string.
  package static func plain(_ value: Value) -> String {
    switch value {
    case .none: return "none"
    case .number(let number): return Text.number(number)
    case .boolean(let bool): return bool ? "true" : "false"
    case .choice(let name): return ".\(name)"
    case .text(let text): return text
    case .quantity(let quantity): return Text.quantity(quantity)
    case .list(let list): return "[\(items(list.items.map(literal)))]"
    case .record(let record):
      let fields = zip(record.names, record.values).map { "\($0): \(literal($1))" }
      return "(\(items(fields)))"
    case .range(let range):
      let lower = range.lower.map(String.init) ?? ""
      return lower + (range.isClosed ? "..." : "..<") + (range.upper.map(String.init) ?? "")
    case .function(let function): return function.signature
    case .tensor(let tensor):
      if tensor.rank == 0 { return number(Double(tensor.elements[0])) }
      if tensor.rank == 1, tensor.count <= 8 {
        return "[\(items(tensor.elements.map { number(shortest($0)) }))]"
      }
      return "tensor \(tensor.shape)"
    case .native(let native): return native.summary
    }
  }

  /// In an error: short, and with its kind where the value does not show it.
  package static func brief(_ value: Value) -> String {
    switch value {
    case .list(let list): return "a list of \(list.items.count)"
    case .record(let record): return "a record with \(items(record.names))"
    case .tensor(let tensor): return "a tensor of shape \(tensor.shape)"
    case .native(let native): return type(of: native).kind
    case .function(let function): return "the function \(function.name)"
    case .text(let text): return quoted(TextWidth.cut(text, to: 40))
    default: return plain(value)
    }
  }

  /// The double that prints as few digits as the float does.
  static func shortest(_ value: Float) -> Double { Double("\(value)") ?? Double(value) }

  private static func items(_ items: [String]) -> String {
    guard items.count > 20 else { return items.joined(separator: ", ") }
    return items.prefix(10).joined(separator: ", ") + ", … \(items.count - 10) more"
  }

  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "{": result += "\\{"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
