// A matrix of mostly zeros, packed for products with one vector at a time.
//
// Rows lie side by side as lanes, as in sliced ELLPACK (Kreutzer et al. 2014, arXiv:1307.6209). Columns
// are cut into tiles of 32, so that a byte says where a weight is, and what it is multiplied with is
// looked up in registers: a vector that is gathered from memory costs a load for each lane.
//
// Measured on one core (AVX-512) in µs, 10% of the weights kept: dense panels, rows of (place,
// value), those with gathers, sliced ELLPACK with gathers, and tiles.
//
//     rows x columns     dense    rows    gathers    slices    tiles
//       300 x  784          10      10         10        10        2
//      1000 x 4096         220     180        160       150       50
//      4096 x 4096        2170     720        660       610      285
import CKernels

package struct SparseTiles: Sendable {
  package static let rowCount = Int(CK_TILE_ROWS)
  package static let columnCount = Int(CK_TILE_COLUMNS)

  package let rows: Int
  package let columns: Int
  /// Slots of sixteen weights that are stored, zeros that fill them up included.
  package let slots: Int
  private let values: Memory
  private let places: [UInt8]
  /// Of each tile; empty where all have `count`.
  private let counts: [UInt8]
  private let count: Int
  private let starts: [Int]

  /// - Parameters:
  ///   - weights: `[rows, columns]`.
  ///   - count: slots of every tile, where the zeros have a pattern that needs no more anywhere.
  package init(_ weights: [Float], rows: Int, columns: Int, count: Int? = nil) {
    precondition(rows >= 0 && columns >= 0 && weights.count == rows * columns, "they fill it")
    let panels = (rows + SparseTiles.rowCount - 1) / SparseTiles.rowCount
    let tiles = (columns + SparseTiles.columnCount - 1) / SparseTiles.columnCount
    let found = SparseTiles.counts(weights, rows, columns, panels, tiles)
    precondition(found.allSatisfy { Int($0) <= count ?? Int.max }, "a pattern that is kept")
    counts = count == nil ? found : []
    self.count = count ?? 0
    var starts = [0]
    for panel in 0..<panels {
      let own = found[panel * tiles..<(panel + 1) * tiles]
      starts.append(
        (starts.last ?? 0) + (count.map { $0 * tiles } ?? own.reduce(0) { $0 + Int($1) }))
    }
    self.starts = starts
    slots = starts.last ?? 0
    values = Memory(slots * SparseTiles.rowCount)
    var places = [UInt8](repeating: 0, count: slots * SparseTiles.rowCount)
    SparseTiles.fill(
      weights, rows, columns, values.floats, &places,
      starts: SparseTiles.tileStarts(found, count, slots))
    self.places = places
    self.rows = rows
    self.columns = columns
  }

  package var panels: Int { starts.count - 1 }

  /// y = A x, for the rows of some panels.
  package func product(of x: Floats, panels: Range<Int>, to y: Floats) {
    precondition(x.count == columns && y.count == rows, "a number for each column and each row")
    precondition(panels.lowerBound >= 0 && panels.upperBound <= self.panels, "panels that exist")
    places.withUnsafeBufferPointer { places in
      counts.withUnsafeBufferPointer { counts in
        starts.withUnsafeBufferPointer { starts in
          var tiles = ck_tiles(
            values: values.floats.base, places: places.baseAddress,
            counts: counts.isEmpty ? nil : counts.baseAddress, starts: starts.baseAddress,
            count: count, rows: rows, columns: columns)
          ck_sparse_tiles(&tiles, x.base, panels.lowerBound, panels.upperBound, y.base)
        }
      }
    }
  }
}

// Counting and packing.
extension SparseTiles {
  /// The most weights that are not zero in any `group` neighbors of a row.
  package static func most(of group: Int, in weights: [Float], columns: Int) -> Int {
    precondition(group > 0 && columns > 0, "rows and groups with columns")
    return weights.withUnsafeBufferPointer { weights in
      var most = 0
      for row in stride(from: 0, to: weights.count, by: columns) {
        for start in stride(from: row, to: row + columns, by: group) {
          var count = 0
          for i in start..<min(row + columns, start + group) where weights[i] != 0 { count += 1 }
          most = max(most, count)
        }
      }
      return most
    }
  }

  /// The most weights that a row has in each tile.
  private static func counts(
    _ weights: [Float], _ rows: Int, _ columns: Int, _ panels: Int, _ tiles: Int
  ) -> [UInt8] {
    var counts = [UInt8](repeating: 0, count: panels * tiles)
    weights.withUnsafeBufferPointer { weights in
      for row in 0..<rows {
        for tile in 0..<tiles {
          var found: UInt8 = 0
          let end = min(columns, (tile + 1) * columnCount)
          for column in tile * columnCount..<end where weights[row * columns + column] != 0 {
            found += 1
          }
          let index = row / rowCount * tiles + tile
          counts[index] = max(counts[index], found)
        }
      }
    }
    return counts
  }

  /// The first slot of each tile.
  private static func tileStarts(_ found: [UInt8], _ count: Int?, _ slots: Int) -> [Int] {
    var next = 0
    return found.map { own in
      defer { next += count ?? Int(own) }
      return next
    }
  }

  private static func fill(
    _ weights: [Float], _ rows: Int, _ columns: Int, _ values: Floats, _ places: inout [UInt8],
    starts: [Int]
  ) {
    let tiles = (columns + columnCount - 1) / columnCount
    weights.withUnsafeBufferPointer { weights in
      places.withUnsafeMutableBufferPointer { places in
        for row in 0..<rows {
          for tile in 0..<tiles {
            var at = starts[row / rowCount * tiles + tile] * rowCount + row % rowCount
            let begin = tile * columnCount
            for column in begin..<min(columns, begin + columnCount) {
              let weight = weights[row * columns + column]
              guard weight != 0 else { continue }
              values.base[at] = weight
              places[at] = UInt8(column - begin)
              at += rowCount
            }
          }
        }
      }
    }
  }
}
