// Text that a word lays out for the width it is shown in.
import Interpreter

/// Lines that depend on the width of the terminal or the notebook.
final class Page: Native, Bridged {
  static let kind = "a page of text"
  private let layOut: @Sendable (DisplayStyle) -> [String]

  init(_ layOut: @escaping @Sendable (DisplayStyle) -> [String]) { self.layOut = layOut }

  convenience init(from value: Value) throws(Mismatch) {
    guard case .native(let native) = value, let page = native as? Page else {
      throw Mismatch(Self.kind)
    }
    self.init(page.layOut)
  }

  var bridged: Value { .native(self) }
  func lines(_ style: DisplayStyle) -> [String] { layOut(style) }
  var summary: String { "a page of text" }
}
