// Where the blocks and the claims of a CommonMark text stand, asked of cmark-gfm. It gives
// positions, never text to copy: the bytes stay with the document.

internal import CMarkdown
private import Glibc

/// What the document needs to know of a CommonMark text.
struct Markdown {
  /// A block that is a child of the document itself.
  struct Block: Equatable {
    enum Kind { case fence, paragraph, quoted, html, indentedCode, other }
    let kind: Kind
    /// Lines of the file, counted from 0, both included.
    let firstLine: Int
    let lastLine: Int
  }

  /// A link whose destination begins with `claim:`.
  struct ClaimLink: Equatable {
    let text: String
    let destination: String
    let expression: String
    /// The line of the file, counted from 0.
    let line: Int
  }

  private(set) var blocks: [Block] = []
  private(set) var claims: [ClaimLink] = []
  /// Lines of what begins like a claim and is no link: it would never be tested.
  private(set) var brokenClaims: [Int] = []
  /// Lines of fences that look like cells, but stand inside a list or a quote.
  private(set) var nestedCells: [Int] = []

  /// - Parameter offset: the number of lines in the file before `text`.
  init(_ text: ArraySlice<UInt8>, offset: Int) {
    guard let parser = cmark_parser_new(CMARK_OPT_DEFAULT) else { return }
    defer { cmark_parser_free(parser) }
    let characters = text.map { CChar(bitPattern: $0) }
    cmark_parser_feed(parser, characters, characters.count)
    guard let root = cmark_parser_finish(parser) else { return }
    defer { cmark_node_free(root) }
    var child = cmark_node_first_child(root)
    while let node = child {
      blocks.append(Self.block(node, offset))
      child = cmark_node_next(node)
    }
    walk(root, offset)
  }

  private static func block(_ node: OpaquePointer, _ offset: Int) -> Block {
    Block(
      kind: kind(of: node),
      firstLine: Int(cmark_node_get_start_line(node)) - 1 + offset,
      lastLine: Int(cmark_node_get_end_line(node)) - 1 + offset)
  }

  private static func kind(of node: OpaquePointer) -> Block.Kind {
    switch cmark_node_get_type(node) {
    case CMARK_NODE_CODE_BLOCK: isFenced(node) ? .fence : .indentedCode
    case CMARK_NODE_PARAGRAPH: .paragraph
    case CMARK_NODE_BLOCK_QUOTE, CMARK_NODE_LIST: .quoted
    case CMARK_NODE_HTML_BLOCK: .html
    default: .other
    }
  }

  private static func isFenced(_ node: OpaquePointer) -> Bool {
    var length: Int32 = 0
    var offset: Int32 = 0
    var character: CChar = 0
    return cmark_node_get_fenced(node, &length, &offset, &character) != 0
  }

  private mutating func walk(_ root: OpaquePointer, _ offset: Int) {
    guard let iterator = cmark_iter_new(root) else { return }
    defer { cmark_iter_free(iterator) }
    while true {
      let event = cmark_iter_next(iterator)
      if event == CMARK_EVENT_DONE { return }
      guard event == CMARK_EVENT_ENTER, let node = cmark_iter_get_node(iterator) else { continue }
      visit(node, root, offset)
    }
  }

  private mutating func visit(_ node: OpaquePointer, _ root: OpaquePointer, _ offset: Int) {
    switch cmark_node_get_type(node) {
    case CMARK_NODE_CODE_BLOCK where cmark_node_parent(node) != root && Self.isFenced(node):
      let info = cmark_node_get_fence_info(node).map { Array(String(cString: $0).utf8) } ?? []
      if InfoString.name(of: info[...]) == "cnb" {
        nestedCells.append(Int(cmark_node_get_start_line(node)) - 1 + offset)
      }
    case CMARK_NODE_LINK:
      let destination = cmark_node_get_url(node).map { String(cString: $0) } ?? ""
      guard destination.hasPrefix("claim:") else { return }
      claims.append(
        ClaimLink(
          text: Self.content(of: node), destination: destination,
          expression: cmark_node_get_title(node).map { String(cString: $0) } ?? "",
          line: Self.line(of: node) + offset))
    case CMARK_NODE_TEXT:
      // The text of a paragraph that holds no link there: its pieces are joined already.
      guard let text = cmark_node_get_literal(node), strstr(text, "](claim:") != nil else { return }
      brokenClaims.append(Self.line(of: node) + offset)
    default: return
    }
  }

  /// Inline nodes know their line; where one does not, its block does.
  private static func line(of node: OpaquePointer) -> Int {
    var current: OpaquePointer? = node
    while let candidate = current {
      let line = Int(cmark_node_get_start_line(candidate))
      if line > 0 { return line - 1 }
      current = cmark_node_parent(candidate)
    }
    return 0
  }

  private static func content(of link: OpaquePointer) -> String {
    guard let iterator = cmark_iter_new(link) else { return "" }
    defer { cmark_iter_free(iterator) }
    var result = ""
    while true {
      let event = cmark_iter_next(iterator)
      if event == CMARK_EVENT_DONE { return result }
      guard event == CMARK_EVENT_ENTER, let node = cmark_iter_get_node(iterator) else { continue }
      switch cmark_node_get_type(node) {
      case CMARK_NODE_TEXT, CMARK_NODE_CODE:
        result += cmark_node_get_literal(node).map { String(cString: $0) } ?? ""
      case CMARK_NODE_SOFTBREAK, CMARK_NODE_LINEBREAK: result += " "
      default: continue
      }
    }
  }
}
