// A YAML text as a tree, read by libyaml. Anchors, aliases and tags are refused: with them a short
// text can mean a huge one.

internal import CYAML

/// A value in a YAML text.
enum YAML {
  case scalar(String)
  case sequence([YAML])
  case mapping([Pair])

  struct Pair {
    let key: YAML
    let value: YAML
    /// The line of the key, counted from 0.
    let line: Int
  }

  /// The text of a scalar.
  var text: String? {
    if case .scalar(let text) = self { return text }
    return nil
  }
}

/// What is wrong with a YAML text, on one of its lines, counted from 0.
enum YAMLFault: Error {
  case malformed(String, line: Int)
  case reference(line: Int)
  case tooDeep(line: Int)
}

extension YAML {
  /// - Parameter deepest: how many sequences and mappings may stand inside each other.
  /// - Returns: the one document of the text, or nil where it has none.
  static func document(_ text: String, deepest: Int) throws(YAMLFault) -> YAML? {
    var events = try events(of: text, deepest: deepest).makeIterator()
    guard let first = events.next() else { return nil }
    return try node(first, &events)
  }

  // MARK: - Events

  private struct Event {
    enum Kind {
      case scalar(String)
      case openSequence
      case openMapping
      case close
    }
    let kind: Kind
    let line: Int
  }

  private static func events(of text: String, deepest: Int) throws(YAMLFault) -> [Event] {
    let bytes = Array(text.utf8)
    guard let reader = cnb_yaml_open(bytes, bytes.count) else {
      throw .malformed("it cannot be read", line: 0)
    }
    defer { cnb_yaml_close(reader) }
    var events: [Event] = []
    var depth = 0
    while true {
      var event = yaml_event_t()
      guard cnb_yaml_next(reader, &event) == 1 else { throw fault(of: reader.pointee.parser) }
      defer { yaml_event_delete(&event) }
      let line = event.start_mark.line
      if event.type == YAML_STREAM_END_EVENT { return events }
      if event.type == YAML_DOCUMENT_START_EVENT, !events.isEmpty {
        throw .malformed("but found another document", line: line)
      }
      guard let kind = try kind(of: event) else { continue }
      switch kind {
      case .openSequence, .openMapping: depth += 1
      case .close: depth -= 1
      case .scalar: break
      }
      guard depth <= deepest else { throw .tooDeep(line: line) }
      events.append(Event(kind: kind, line: line))
    }
  }

  /// Nil for what only frames the document.
  private static func kind(of event: yaml_event_t) throws(YAMLFault) -> Event.Kind? {
    let data = event.data
    switch event.type {
    case YAML_SCALAR_EVENT:
      try refuse(data.scalar.anchor != nil || data.scalar.tag != nil, event)
      // Not as a C string: a scalar may contain NUL.
      let bytes = (0..<data.scalar.length).map { data.scalar.value[$0] }
      return .scalar(String(decoding: bytes, as: UTF8.self))
    case YAML_SEQUENCE_START_EVENT:
      try refuse(data.sequence_start.anchor != nil || data.sequence_start.tag != nil, event)
      return .openSequence
    case YAML_MAPPING_START_EVENT:
      try refuse(data.mapping_start.anchor != nil || data.mapping_start.tag != nil, event)
      return .openMapping
    case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: return .close
    case YAML_ALIAS_EVENT: throw .reference(line: event.start_mark.line)
    default: return nil
    }
  }

  private static func refuse(_ isReference: Bool, _ event: yaml_event_t) throws(YAMLFault) {
    if isReference { throw .reference(line: event.start_mark.line) }
  }

  private static func fault(of parser: yaml_parser_t) -> YAMLFault {
    switch parser.error {
    case YAML_SCANNER_ERROR, YAML_PARSER_ERROR:
      .malformed(String(cString: parser.problem), line: parser.problem_mark.line)
    default: .malformed("it cannot be read", line: 0)
    }
  }

  // MARK: - The tree

  /// The value that begins with an event; libyaml sees to it that all that is opened is closed.
  private static func node(
    _ event: Event, _ rest: inout IndexingIterator<[Event]>
  ) throws(YAMLFault) -> YAML {
    switch event.kind {
    case .scalar(let text): return .scalar(text)
    case .close: return .scalar("")
    case .openSequence:
      var elements: [YAML] = []
      while let next = inside(&rest) { elements.append(try node(next, &rest)) }
      return .sequence(elements)
    case .openMapping:
      var pairs: [Pair] = []
      var names: Set<String> = []
      while let next = inside(&rest) {
        let key = try node(next, &rest)
        if let name = key.text, !names.insert(name).inserted {
          throw .malformed("a key stands there twice", line: 0)
        }
        guard let start = inside(&rest) else { break }
        pairs.append(Pair(key: key, value: try node(start, &rest), line: next.line))
      }
      return .mapping(pairs)
    }
  }

  /// The next event of what was opened, or nil where it closes.
  private static func inside(_ rest: inout IndexingIterator<[Event]>) -> Event? {
    guard let event = rest.next() else { return nil }
    if case .close = event.kind { return nil }
    return event
  }
}
