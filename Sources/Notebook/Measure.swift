// Units of time and of size, as they stand behind a number in an option or in an output.

/// A unit: what it measures, and how many base units it holds.
package struct Measure: Equatable, Sendable {
  /// What is measured; quantities of two kinds are never compared.
  package enum Kind: Sendable { case plain, percent, seconds, bytes }

  package let name: String
  package let kind: Kind
  /// In seconds, in bytes, or 1.
  package let scale: Double

  static let none = Measure(name: "", kind: .plain, scale: 1)

  package static let all: [Measure] = [
    Measure(name: "%", kind: .percent, scale: 1),
    Measure(name: "ns", kind: .seconds, scale: 1e-9),
    Measure(name: "µs", kind: .seconds, scale: 1e-6),
    Measure(name: "μs", kind: .seconds, scale: 1e-6),
    Measure(name: "us", kind: .seconds, scale: 1e-6),
    Measure(name: "ms", kind: .seconds, scale: 1e-3),
    Measure(name: "s", kind: .seconds, scale: 1),
    Measure(name: "min", kind: .seconds, scale: 60),
    Measure(name: "h", kind: .seconds, scale: 3600),
    Measure(name: "B", kind: .bytes, scale: 1),
    Measure(name: "bytes", kind: .bytes, scale: 1),
    Measure(name: "kB", kind: .bytes, scale: 1e3),
    Measure(name: "KB", kind: .bytes, scale: 1e3),
    Measure(name: "MB", kind: .bytes, scale: 1e6),
    Measure(name: "GB", kind: .bytes, scale: 1e9),
    Measure(name: "TB", kind: .bytes, scale: 1e12),
    Measure(name: "KiB", kind: .bytes, scale: 1024),
    Measure(name: "MiB", kind: .bytes, scale: 1_048_576),
    Measure(name: "GiB", kind: .bytes, scale: 1_073_741_824),
    Measure(name: "TiB", kind: .bytes, scale: 1_099_511_627_776),
  ]

  /// A duration such as `2s` or `500ms`, in seconds.
  package static func seconds(_ text: String) -> Double? { quantity(text, .seconds) }

  /// A size such as `1GiB`, in bytes; at most 1 EB.
  package static func bytes(_ text: String) -> Int? {
    guard let bytes = quantity(text, .bytes), bytes <= 1e18 else { return nil }
    return Int(bytes)
  }

  private static func quantity(_ text: String, _ kind: Kind) -> Double? {
    let digits = text.prefix { ("0"..."9").contains($0) || $0 == "." }
    let unit = text.dropFirst(digits.count)
    guard let value = Double(digits), value > 0, value.isFinite,
      let measure = all.first(where: { $0.kind == kind && $0.name == unit })
    else { return nil }
    return value * measure.scale
  }
}
