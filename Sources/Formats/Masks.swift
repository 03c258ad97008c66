// Pruned weights in files: told by the zeros or by sparse storage where these suffice, else listed.
// A pruned weight is zero, so a list needs a bit for zeros only: 1 for pruned, 0 for a weight that
// merely became zero. Most bits are 1, and deflate to little.
import Encodings
import Networks
import Tensors

/// How a file tells which elements of a parameter were pruned.
enum MaskStorage: String {
  /// Exactly those that are zero.
  case zeros
  /// Exactly those that sparse storage leaves out.
  case places
  /// Some of those that are zero: a bit for each says which.
  case listed

  /// Its number in containers, where 0 stands for none.
  var mark: UInt8 {
    switch self {
    case .zeros: 1
    case .places: 2
    case .listed: 3
    }
  }

  init?(mark: UInt8) {
    switch mark {
    case 1: self = .zeros
    case 2: self = .places
    case 3: self = .listed
    default: return nil
    }
  }

  /// The cheapest way that tells this parameter's pruned weights; nil where none are.
  init?(of parameter: Parameter) {
    guard let pruned = parameter.pruned else { return nil }
    let elements = parameter.value.elements
    if pruned.indices.allSatisfy({ pruned[$0] == (elements[$0] == 0) }) {
      self = .zeros
    } else {
      self = Masks.places(of: parameter.encoding) == pruned ? .places : .listed
    }
  }
}

enum Masks {
  /// The elements that sparse storage leaves out; nil for any other storage.
  static func places(of encoding: any Encoding) -> [Bool]? {
    if let coded = encoding as? Coded { return coded.nested.flatMap(places) }
    guard let sparse = encoding as? Sparse else { return nil }
    var left = [Bool](repeating: true, count: sparse.shape.reduce(1, *))
    for position in sparse.positions { left[position] = false }
    return left
  }

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
