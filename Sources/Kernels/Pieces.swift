// The straight pieces of piecewise linear functions: what a layer computes that keeps to the pieces
// on which it was.
import CKernels

extension Floats {
  /// self = a x + b, element by element.
  package func line(_ a: Floats, _ x: Floats, plus b: Floats) {
    precondition(a.count == count && x.count == count && b.count == count, "one for each element")
    let (a, x, b) = (a.base, x.base, b.base)
    for i in 0..<count { base[i] = a[i] * x[i] + b[i] }
  }

  /// self = a x, element by element.
  package func product(_ a: Floats, _ x: Floats) {
    precondition(a.count == count && x.count == count, "one for each element")
    let (a, x) = (a.base, x.base)
    for i in 0..<count { base[i] = a[i] * x[i] }
  }

  /// self -= a x, element by element.
  package func subtract(_ a: Floats, times x: Floats) {
    precondition(a.count == count && x.count == count, "one for each element")
    let (a, x) = (a.base, x.base)
    for i in 0..<count { base[i] -= a[i] * x[i] }
  }
}

extension Window {
  /// The value of each window at the place that `maxPool` kept for it, greatest or not.
  package func pick(_ x: Floats, at places: Floats, to y: Floats) {
    pick(x, at: places, to: y, width: 1)
  }

  /// The same of planes [H][W][8].
  package func pickLanes(_ x: Floats, at places: Floats, to y: Floats) {
    pick(x, at: places, to: y, width: Lanes.count)
  }

  /// - Parameter width: numbers that lie side by side, each with a place of its own.
  private func pick(_ x: Floats, at places: Floats, to y: Floats, width: Int) {
    let planes = y.count / max(1, outCount * width)
    precondition(planes * outCount * width == y.count, "an output for each window")
    precondition(planes * planeCount * width == x.count, "whole planes")
    precondition(places.count >= Window.places(y.count), "a byte for each output")
    let row = Int(raw.width) * width
    let (down, across) = (Int(raw.stride_height) * row, Int(raw.stride_width) * width)
    let margin = Int(raw.padding_height) * row + Int(raw.padding_width) * width
    let kernel = Int(raw.kernel_width)
    let offsets = (0..<kernelCount).map { $0 / kernel * row + $0 % kernel * width - margin }
    let bytes = places.bytes
    offsets.withUnsafeBufferPointer { offsets in
      var out = 0
      for plane in 0..<planes {
        for line in 0..<outHeight {
          var first = plane * planeCount * width + line * down
          for _ in 0..<outWidth {
            for lane in 0..<width {
              y.base[out + lane] = x.base[first + offsets[Int(bytes[out + lane])] + lane]
            }
            out += width
            first += across
          }
        }
      }
    }
  }
}
