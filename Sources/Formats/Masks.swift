// Pruned weights in files. A pruned weight is zero, so only zeros need a bit: 1 for pruned, 0 for a
// weight that merely became zero. Most bits are 1, and deflate to little.
import Encodings
import Networks

enum Masks {
  /// The deflated bits of a mask.
  static func bytes(of pruned: [Bool], values: [Float]) -> [UInt8] {
    var packed: [UInt8] = []
    var bit = 0
    for i in values.indices where values[i] == 0 {
      if bit % 8 == 0 { packed.append(0) }
      if pruned[i] { packed[bit / 8] |= 1 << UInt8(bit % 8) }
      bit += 1
    }
    return Deflate.deflate(packed)
  }

  /// The mask in deflated bits.
  static func read(_ bytes: [UInt8], values: [Float]) throws(BytesError) -> [Bool] {
    let zeros = values.count { $0 == 0 }
    let packed = try Deflate.inflate(bytes, limit: (zeros + 7) / 8)
    guard packed.count == (zeros + 7) / 8 else {
      throw BytesError("\(zeros) zeros want another number of mask bits", at: 0)
    }
    var bit = -1
    return values.map { value in
      guard value == 0 else { return false }
      bit += 1
      return packed[bit / 8] >> UInt8(bit % 8) & 1 == 1
    }
  }
}
