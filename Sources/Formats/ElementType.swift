// The element types that other programs store, and their way into 32-bit floats.
// Values are never rounded in silence: the number of those that changed comes with them.

/// An element type, by its name in safetensors.
package enum ElementType: String, Sendable, CaseIterable {
  case bool = "BOOL"
  case unsigned8 = "U8"
  case signed8 = "I8"
  case unsigned16 = "U16"
  case signed16 = "I16"
  case unsigned32 = "U32"
  case signed32 = "I32"
  case unsigned64 = "U64"
  case signed64 = "I64"
  case float16 = "F16"
  case bfloat16 = "BF16"
  case float32 = "F32"
  case float64 = "F64"

  /// Bytes of one element.
  package var size: Int {
    switch self {
    case .bool, .unsigned8, .signed8: 1
    case .unsigned16, .signed16, .float16, .bfloat16: 2
    case .unsigned32, .signed32, .float32: 4
    case .unsigned64, .signed64, .float64: 8
    }
  }

  /// The kind and size in NumPy's `descr`, such as `f4`; bfloat16 has none.
  package var numpy: String? {
    switch self {
    case .bool: "b1"
    case .unsigned8, .unsigned16, .unsigned32, .unsigned64: "u\(size)"
    case .signed8, .signed16, .signed32, .signed64: "i\(size)"
    case .float16, .float32, .float64: "f\(size)"
    case .bfloat16: nil
    }
  }

  /// The elements in a run of bytes, as 32-bit floats, and how many of them had to be rounded.
  /// - Parameter bigEndian: the most significant byte comes first.
  package func floats(
    _ bytes: ArraySlice<UInt8>, bigEndian: Bool = false
  ) -> (elements: [Float], rounded: Int) {
    var rounded = 0
    func near(_ value: Double) -> Float {
      let float = Float(value)
      if Double(float) != value && !value.isNaN { rounded += 1 }
      return float
    }
    func whole<T: BinaryInteger>(_ value: T) -> Float {
      let float = Float(value)
      if T(exactly: float) != value { rounded += 1 }
      return float
    }
    let elements: [Float] =
      switch self {
      case .bool: Self.map(bytes, bigEndian) { (bits: UInt8) in bits == 0 ? 0 : 1 }
      case .unsigned8: Self.map(bytes, bigEndian) { (bits: UInt8) in Float(bits) }
      case .signed8: Self.map(bytes, bigEndian) { (bits: Int8) in Float(bits) }
      case .unsigned16: Self.map(bytes, bigEndian) { (bits: UInt16) in Float(bits) }
      case .signed16: Self.map(bytes, bigEndian) { (bits: Int16) in Float(bits) }
      case .unsigned32: Self.map(bytes, bigEndian) { (bits: UInt32) in whole(bits) }
      case .signed32: Self.map(bytes, bigEndian) { (bits: Int32) in whole(bits) }
      case .unsigned64: Self.map(bytes, bigEndian) { (bits: UInt64) in whole(bits) }
      case .signed64: Self.map(bytes, bigEndian) { (bits: Int64) in whole(bits) }
      case .float16:
        Self.map(bytes, bigEndian) { (bits: UInt16) in Float(Float16(bitPattern: bits)) }
      case .bfloat16:
        Self.map(bytes, bigEndian) { (bits: UInt16) in Float(bitPattern: UInt32(bits) << 16) }
      case .float32: Self.map(bytes, bigEndian) { (bits: UInt32) in Float(bitPattern: bits) }
      case .float64: Self.map(bytes, bigEndian) { (bits: UInt64) in near(Double(bitPattern: bits)) }
      }
    return (elements, rounded)
  }

  private static func map<Bits: FixedWidthInteger>(
    _ bytes: ArraySlice<UInt8>, _ bigEndian: Bool, _ transform: (Bits) -> Float
  ) -> [Float] {
    let size = MemoryLayout<Bits>.size
    return bytes.withUnsafeBytes { raw in
      [Float](unsafeUninitializedCapacity: raw.count / size) { floats, count in
        count = raw.count / size
        for i in 0..<count {
          let bits = raw.loadUnaligned(fromByteOffset: i * size, as: Bits.self)
          floats[i] = transform(bigEndian ? Bits(bigEndian: bits) : Bits(littleEndian: bits))
        }
      }
    }
  }
}
