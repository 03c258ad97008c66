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
    let planes = y.count / max(1, outCount)
    precondition(planes * outCount == y.count && planes * planeCount == x.count, "whole planes")
    precondition(places.count >= Window.places(y.count), "a byte for each output")
    let (width, stride) = (Int(raw.width), (Int(raw.stride_height), Int(raw.stride_width)))
    let padding = (Int(raw.padding_height), Int(raw.padding_width))
    let kernelWidth = Int(raw.kernel_width)
    let bytes = places.bytes
    var out = 0
    for plane in 0..<planes {
      for row in 0..<outHeight {
        let first = plane * planeCount + (row * stride.0 - padding.0) * width - padding.1
        for column in 0..<outWidth {
          let place = Int(bytes[out])
          let inside = place / kernelWidth * width + place % kernelWidth
          y.base[out] = x.base[first + column * stride.1 + inside]
          out += 1
        }
      }
    }
  }
}
