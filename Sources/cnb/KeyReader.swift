// Characters from the terminal, one at a time: decoded here, so that a signal, a resize and a paste
// are seen while libedit waits. Bytes that are not UTF-8 become U+FFFD.

internal import CEditLine
internal import Glibc

/// Bytes of the terminal that were read but not yet decoded.
struct ByteQueue {
  private var bytes: [UInt8] = []
  private var start = 0

  var isEmpty: Bool { start == bytes.count }

  /// The next byte, reading more where none is left; nil when reading failed or ended.
  mutating func next() -> UInt8? {
    if isEmpty {
      var chunk = [UInt8](repeating: 0, count: 4096)
      let count = read(0, &chunk, chunk.count)
      guard count > 0 else { return nil }
      bytes = Array(chunk.prefix(count))
      start = 0
    }
    defer { start += 1 }
    return bytes[start]
  }

  /// Takes these bytes if they are what comes next.
  mutating func take(_ expected: some Collection<UInt8>) -> Bool {
    guard bytes[start...].starts(with: expected) else { return false }
    start += expected.count
    return true
  }

  mutating func putBack() { start = max(0, start - 1) }
}

extension LineEditor {
  /// libedit's question for one more character: 1 and the character, 0 at the end, -1 on failure.
  func nextKey(into place: UnsafeMutablePointer<wchar_t>) -> Int32 {
    while true {
      guard let scalar = nextScalar() else {
        if outcome == .drop {
          place.pointee = wchar_t(bitPattern: PrivateKey.submit.rawValue)
          return 1
        }
        return 0
      }
      // What our private keys stand on is nothing that a keyboard sends.
      if (0x80..<0xA0).contains(scalar) || scalar == 0 { continue }
      // Seen here and not by a binding, since a search would take the escape for its end.
      let isPaste = scalar == 0x1B && queue.take("[200~".utf8)
      place.pointee = wchar_t(bitPattern: isPaste ? PrivateKey.paste.rawValue : scalar)
      return 1
    }
  }

  /// The next character, or nil at the end of the input or when Ctrl-C was pressed.
  private func nextScalar() -> UInt32? {
    if queue.isEmpty, !waitForInput() { return nil }
    guard let first = queue.next() else { return nil }
    let length = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 0
    guard length > 0, first < 0xF8 else { return 0xFFFD }
    var bytes = [first]
    while bytes.count < length {
      guard let byte = queue.next() else { return 0xFFFD }
      guard byte & 0xC0 == 0x80 else {
        queue.putBack()
        return 0xFFFD
      }
      bytes.append(byte)
    }
    return String(decoding: bytes, as: UTF8.self).unicodeScalars.first?.value
  }

  /// Waits until the terminal has input; answers signals meanwhile. False says: Ctrl-C.
  private func waitForInput() -> Bool {
    while true {
      var sources = [
        pollfd(fd: 0, events: Int16(POLLIN), revents: 0),
        pollfd(fd: Interrupt.wakeDescriptor, events: Int16(POLLIN), revents: 0),
      ]
      guard poll(&sources, 2, -1) >= 0 || errno == EINTR else { return true }
      while let wake = Interrupt.nextWake() {
        switch wake {
        case .interrupt:
          Interrupt.lower()
          outcome = .drop
          return false
        case .resize: redrawAfterResize()
        case .resume: redrawAfterResume()
        }
      }
      if sources[0].revents != 0 { return true }
    }
  }

  // MARK: - Paste

  /// Takes everything up to the end mark as text: no key in it runs anything.
  func paste() -> UInt8 {
    let end: [UInt32] = "\u{1B}[201~".unicodeScalars.map(\.value)
    var text: [UInt32] = []
    while !text.ends(with: end) {
      guard let scalar = nextScalar() else { return cnb_cc_error }
      text.append(scalar)
    }
    text.removeLast(end.count)
    insert(Self.cleaned(paste: text))
    return cnb_cc_refresh
  }

  /// Lines end in one line feed, whatever the terminal made of them; controls other than tabs are
  /// dropped; a last line feed waits for Enter.
  static func cleaned(paste: [UInt32]) -> [UInt32] {
    var text: [UInt32] = []
    var previous: UInt32 = 0
    for scalar in paste {
      let isPairEnd = (scalar == 10 && previous == 13) || (scalar == 13 && previous == 10)
      previous = isPairEnd ? 0 : scalar
      if isPairEnd { continue }
      if scalar == 10 || scalar == 13 {
        text.append(10)
      } else if scalar == 9 || scalar >= 32, scalar != 0x7F, !(0x80..<0xA0).contains(scalar) {
        text.append(scalar)
      }
    }
    if text.last == 10 { text.removeLast() }
    return text
  }
}

extension Array where Element: Equatable {
  fileprivate func ends(with tail: [Element]) -> Bool { suffix(tail.count).elementsEqual(tail) }
}
