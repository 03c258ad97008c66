// What `describe` says of each kind of value.
import Charts
import Interpreter
import Tensors

/// A native value that has more to say of itself than a cell shows.
protocol Describable: Native {
  func description(_ style: DisplayStyle) -> [String]
}

enum Describing {
  static func lines(_ value: Value, _ style: DisplayStyle) -> [String] {
    switch value {
    case .native(let native):
      return (native as? any Describable)?.description(style) ?? native.lines(style)
    case .tensor(let tensor): return [tensor.summary]
    case .list(let list): return ["list of \(list.items.count)"] + value.lines(style)
    case .record(let record):
      return ["record with \(Text.count(record.names.count, "field"))"] + value.lines(style)
    default: return [value.kind] + value.lines(style)
    }
  }
}
