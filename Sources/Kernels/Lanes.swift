// Blocks of eight examples, a SIMD lane for each: how rows become lanes and back, and pooling there.
import CKernels

/// The layout [ceil(n / 8)][count][8] of n examples of `count` floats.
package enum Lanes {
  package static let count = 8

  /// Blocks that hold `examples`.
  package static func blocks(_ examples: Int) -> Int { (examples + count - 1) / count }
}

extension Floats {
  /// Fills blocks of eight from rows [n, count]. Lanes past n are zero.
  package func lanes(of rows: Floats, examples n: Int, each count: Int) {
    precondition(n >= 0 && count >= 0 && rows.count == n * count, "whole rows")
    precondition(self.count == Lanes.blocks(n) * count * Lanes.count, "whole blocks")
    ck_to_lanes(rows.base, n, count, base)
  }

  /// Fills rows [n, count] from blocks of eight.
  package func rows(of lanes: Floats, examples n: Int, each count: Int) {
    precondition(n >= 0 && count >= 0 && self.count == n * count, "whole rows")
    precondition(lanes.count == Lanes.blocks(n) * count * Lanes.count, "whole blocks")
    ck_from_lanes(lanes.base, n, count, base)
  }
}

/// Pooling of planes [H][W][8]: as many planes as the view holds.
extension Window {
  private func lanePlanes(_ x: Floats, _ y: Floats) -> Int {
    let plane = planeCount * Lanes.count
    let planes = x.count / max(1, plane)
    precondition(planes * plane == x.count, "whole planes")
    precondition(planes * outCount * Lanes.count == y.count, "an output for each window")
    return planes
  }

  /// The greatest value in each window. `places` (or none) keeps where it was, for the way back.
  package func maxPoolLanes(_ x: Floats, to y: Floats, places: Floats?) {
    precondition((places?.count ?? y.count) >= Window.places(y.count), "a byte for each output")
    withUnsafePointer(to: raw) {
      ck_lane_maxpool(x.base, lanePlanes(x, y), $0, y.base, places?.bytes)
    }
  }

  package func maxPoolLanesBack(_ dy: Floats, places: Floats, to dx: Floats) {
    precondition(places.count >= Window.places(dy.count), "a byte for each output")
    withUnsafePointer(to: raw) {
      ck_lane_maxpool_back(dy.base, places.bytes, lanePlanes(dx, dy), $0, dx.base)
    }
  }

  /// The mean over the part of each window that lies inside the plane. The window that is the whole
  /// plane makes it global.
  package func averagePoolLanes(_ x: Floats, to y: Floats) {
    withUnsafePointer(to: raw) { ck_lane_avgpool(x.base, lanePlanes(x, y), $0, y.base) }
  }

  package func averagePoolLanesBack(_ dy: Floats, to dx: Floats) {
    withUnsafePointer(to: raw) { ck_lane_avgpool_back(dy.base, lanePlanes(dx, dy), $0, dx.base) }
  }
}
