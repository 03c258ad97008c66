// A number of a machine, and who says so. No figure of this room stands without its source.

package struct Figure: Sendable {
  /// In the base unit that its place says: bytes, bytes per second, cycles per second, watts, joules.
  package let value: Double
  /// Authors or maker, document and table; how it follows, where it is derived.
  package let source: String
  /// It was found in that source, or in a text that quotes it, when the table was written. What was not
  /// says so wherever it is shown.
  package let isChecked: Bool

  package init(_ value: Double, _ source: String, checked: Bool = true) {
    self.value = value
    self.source = source
    isChecked = checked
  }

  /// The source, with a warning where nobody read it there.
  package var citation: String { isChecked ? source : source + " (not verified)" }
}
