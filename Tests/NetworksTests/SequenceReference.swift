// The plain twins of the layers that pick, reorder and attend.
import Glibc
import Networks

extension Reference {
  /// One example's output, or nil for a layer that only sees its input in another shape.
  static func sequence(
    _ layer: any Layer, _ x: [[Double]], _ shapes: [[Int]], _ p: [[Double]]
  ) -> [Double]? {
    switch layer {
    case let slice as Slice: return self.slice(slice, x[0], shapes[0])
    case let shuffle as ChannelShuffle:
      let (channels, each) = (shapes[0][0], x[0].count / shapes[0][0])
      return (0..<channels).flatMap { new -> ArraySlice<Double> in
        let size = channels / shuffle.groups
        let old = new % shuffle.groups * size + new / shuffle.groups
        return x[0][old * each..<(old + 1) * each]
      }
    case is PositionEmbedding:
      return places(shapes[0]).map { x[0][$0.i] + p[0][$0.t * shapes[0][0] + $0.d] }
    case is SegmentEmbedding: return places(shapes[0]).map { x[0][$0.i] + p[0][$0.d] }
    case is ClassToken:
      let length = shapes[0][1]
      return (0..<shapes[0][0]).flatMap { [p[0][$0]] + x[0][$0 * length..<($0 + 1) * length] }
    case let attention as Attention: return attend(attention, x, shapes)
    default: return nil
    }
  }

  private static func places(_ shape: [Int]) -> [(i: Int, d: Int, t: Int)] {
    (0..<shape[0] * shape[1]).map { ($0, $0 / shape[1], $0 % shape[1]) }
  }

  private static func slice(_ slice: Slice, _ x: [Double], _ shape: [Int]) -> [Double] {
    let inner = shape.dropFirst(slice.axis + 1).reduce(1, *)
    return x.indices.filter { (slice.start..<slice.end).contains($0 / inner % shape[slice.axis]) }
      .map { x[$0] }
  }

  private static func attend(
    _ attention: Attention, _ x: [[Double]], _ shapes: [[Int]]
  ) -> [Double] {
    let (length, span) = (shapes[0][1], shapes[1][1])
    let (depth, width) = (shapes[0][0] / attention.heads, shapes[2][0] / attention.heads)
    var y = [Double](repeating: 0, count: shapes[2][0] * length)
    for head in 0..<attention.heads {
      for t in 0..<length {
        let weights = (0..<span).map { s -> Double in
          let sum = (0..<depth).reduce(0.0) { sum, d in
            let unit = head * depth + d
            return sum + x[0][unit * length + t] * x[1][unit * span + s]
          }
          return exp(sum / Double(depth).squareRoot())
        }
        let total = weights.reduce(0, +)
        for e in head * width..<(head + 1) * width {
          y[e * length + t] = (0..<span).reduce(0) {
            $0 + weights[$1] / total * x[2][e * span + $1]
          }
        }
      }
    }
    return y
  }
}
