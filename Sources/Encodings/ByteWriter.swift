// Appends little-endian values to bytes.

package struct ByteWriter: Sendable {
  package private(set) var bytes: [UInt8] = []
  var streamUse = StreamUse.packed
  /// Of `StreamUse.collected`.
  var streams: [SymbolStream] = []
  /// Tied codebooks that were written whole, by their ties.
  var codebooks: [Int: Codebook] = [:]

  package init() {}

  /// With room for so many bytes: appending them copies nothing twice.
  package init(capacity: Int) { bytes.reserveCapacity(capacity) }

  package mutating func append(_ more: some Sequence<UInt8>) {
    bytes.append(contentsOf: more)
  }

  package mutating func append<T: FixedWidthInteger & UnsignedInteger>(_ value: T) {
    for i in 0..<T.bitWidth / 8 {
      bytes.append(UInt8(truncatingIfNeeded: value >> (8 * i)))
    }
  }

  /// A number from 0, seven bits to a byte, the lowest first; all bytes but the last have the top bit
  /// (LEB128).
  package mutating func append(count: Int) {
    precondition(count >= 0, "counts are not negative")
    var rest = count
    while rest > 127 {
      bytes.append(UInt8(truncatingIfNeeded: rest & 127 | 128))
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  /// The bytes that `append(count:)` appends.
  package static func size(ofCount count: Int) -> Int {
    max(1, (Int.bitWidth - count.leadingZeroBitCount + 6) / 7)
  }

  package mutating func append(_ value: Float) {
    append(value.bitPattern)
  }

  /// All at once: the memory of little-endian values is their bytes.
  package mutating func append(_ values: [Float]) {
    #if _endian(little)
      values.withUnsafeBytes { bytes.append(contentsOf: $0) }
    #else
      append(memoryOf: values.map { $0.bitPattern.littleEndian })
    #endif
  }

  package mutating func append(_ values: [UInt16]) {
    append(memoryOf: values.map { $0.littleEndian })
  }

  package mutating func append(_ values: [UInt32]) {
    append(memoryOf: values.map { $0.littleEndian })
  }

  private mutating func append<T: FixedWidthInteger>(memoryOf values: [T]) {
    values.withUnsafeBytes { bytes.append(contentsOf: $0) }
  }
}
