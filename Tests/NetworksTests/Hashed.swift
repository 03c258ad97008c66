// Numbers that follow from their places, so that PyTorch can be given the same ones.
import Networks
import Tensors

/// From -bound to bound. In Python, with NumPy's uint64: u = (i * 2654435761 + k * 40503) % 2^32;
/// u ^= u >> 16; u = u * 2246822519 % 2^32; u ^= u >> 13; ((u >> 8) / 2^24 - 0.5) * 2 * bound.
func hashed(_ shape: [Int], _ k: UInt64, _ bound: Float) -> Tensor {
  let elements = (0..<UInt64(shape.reduce(1, *))).map { i -> Float in
    var u = (i &* 2_654_435_761 &+ k &* 40503) & 0xFFFF_FFFF
    u ^= u >> 16
    u = (u &* 2_246_822_519) & 0xFFFF_FFFF
    u ^= u >> 13
    return (Float(u >> 8) / 16_777_216 - 0.5) * 2 * bound
  }
  return Tensor(trusted: shape, elements)
}
