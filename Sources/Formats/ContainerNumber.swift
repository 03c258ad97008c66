// Numbers of settings in a container: exact, and as short as they are.
import Encodings

/// Numbers, bit for bit, in as few bytes as that takes: decimals where these are short, else floats.
///
/// A count n. Where n mod 24 = k is below 23, n / 24 is a zigzag whole number m, and the number is the
/// double nearest to m / 10^k. Where k is 23, n / 24 is 0 for 4 bytes of a float that follow, 1 for 8.
enum ContainerNumber {
  private static let powers: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
    1e18, 1e19, 1e20, 1e21, 1e22,
  ]

  static func write(_ value: Double, to writer: inout ByteWriter) {
    let isSingle = Double(Float(value)).bitPattern == value.bitPattern
    if let count = decimal(value), ByteWriter.size(ofCount: count) <= (isSingle ? 5 : 9) {
      writer.append(count: count)
    } else if isSingle {
      writer.append(23 as UInt8)
      writer.append(Float(value))
    } else {
      writer.append(47 as UInt8)
      writer.append(value.bitPattern)
    }
  }

  private static func decimal(_ value: Double) -> Int? {
    for (k, power) in powers.enumerated() {
      let scaled = (value * power).rounded()
      guard abs(scaled) < 0x1p40 else { return nil }
      let whole = Int(scaled)
      if (Double(whole) / power).bitPattern == value.bitPattern {
        return Zigzag.count(whole) * 24 + k
      }
    }
    return nil
  }

  static func read(from reader: inout ByteReader) throws(BytesError) -> Double {
    let start = reader.offset
    let count = try reader.count(upTo: 1 << 48)
    guard count % 24 == 23 else { return Double(Zigzag.integer(count / 24)) / powers[count % 24] }
    let value: Double
    switch count / 24 {
    case 0: value = Double(try reader.float())
    case 1: value = Double(bitPattern: try reader.integer(UInt64.self))
    default: throw BytesError("a number of an unknown length", at: start)
    }
    guard value.isFinite else { throw BytesError("a setting is not a finite number", at: start) }
    return value
  }
}
