// A matrix of mostly zeros for products with many vectors at once: a weight that is left is multiplied
// with a run of neighbors, which are examples, positions or pixels.
import CKernels

/// Rows in groups that share their places: a group is one row, or four.
package struct SparseTerms: Sendable {
  package static let tallRows = 4

  package let rows: Int
  package let tall: Int
  /// The terms of a row go round so many: few vectors side by side need more for speed, and many none.
  private let chains: Int
  private let values: Memory
  private let places: [Int32]
  private let starts: [Int]

  /// - Parameters:
  ///   - weights: `[rows, columns]`.
  ///   - chained: vectors come two by two, as panels of examples do, and not in long runs.
  ///   - sharesPlaces: groups of four rows, all multiplied where one of them is not 0.
  ///   - place: which float of x a column begins at, for the rows of a group.
  package init(
    _ weights: [Float], rows: Int, columns: Int, chained: Bool, sharesPlaces: Bool,
    place: (_ row: Int, _ column: Int) -> Int
  ) {
    precondition(weights.count == rows * columns, "they fill it")
    self.rows = rows
    let tall = sharesPlaces ? SparseTerms.tallRows : 1
    self.tall = tall
    chains = chained && !sharesPlaces ? 4 : 1
    var places: [Int32] = []
    var kept: [Float] = []
    var starts = [0]
    weights.withUnsafeBufferPointer { weights in
      for top in stride(from: 0, to: rows, by: tall) {
        let own = top..<min(rows, top + tall)
        for column in 0..<columns {
          guard own.contains(where: { weights[$0 * columns + column] != 0 }) else { continue }
          places.append(Int32(place(top, column)))
          for row in top..<top + tall {
            kept.append(row < rows ? weights[row * columns + column] : 0)
          }
        }
        starts.append(places.count)
      }
    }
    self.places = places
    last = Int(places.max() ?? 0)
    self.starts = starts
    let memory = Memory(kept.count)
    memory.floats.copy(from: kept)
    self.values = memory
  }

  package var groups: Int { starts.count - 1 }
  /// Weights that are multiplied, for each number of a row of y.
  package var count: Int { values.floats.count }
  /// The greatest place.
  private let last: Int

  /// How vectors of sixteen neighbors lie, of which the last has what is left of `span` floats: so
  /// far apart in x and in y, and rows of y.
  package struct Spread: Sendable {
    package let span: Int
    package let step: Int
    package let outStep: Int
    package let row: Int

    package init(span: Int, step: Int, outStep: Int, row: Int) {
      (self.span, self.step, self.outStep, self.row) = (span, step, outStep, row)
    }

    /// The floats behind the first that are reached in steps of so much.
    fileprivate func reach(_ step: Int) -> Int {
      span == 0 ? 0 : (span - 1) / 16 * step + (span - 1) % 16 + 1
    }
  }

  /// The rows of some groups, `y[r][v] = Σ w x[place + v step]`; y begins with the first of them, and has
  /// room for whole groups.
  package func spread(_ x: Floats, _ spread: Spread, groups: Range<Int>, to y: Floats) {
    precondition(groups.lowerBound >= 0 && groups.upperBound <= self.groups, "groups that exist")
    precondition(spread.span >= 0 && min(spread.step, spread.outStep) >= 16, "whole vectors")
    guard !groups.isEmpty, spread.span > 0 else { return }
    precondition(places.isEmpty || last + spread.reach(spread.step) <= x.count, "inside x")
    let lastRow = groups.count * tall - 1
    precondition(lastRow * spread.row + spread.reach(spread.outStep) <= y.count, "inside y")
    places.withUnsafeBufferPointer { places in
      starts.withUnsafeBufferPointer { starts in
        var terms = ck_terms(
          values: values.floats.base, places: places.baseAddress, starts: starts.baseAddress,
          tall: tall, chains: chains)
        var plain = ck_spread(
          span: spread.span, step: spread.step, out_step: spread.outStep, row: spread.row)
        ck_sparse_spread(&terms, x.base, groups.lowerBound, groups.upperBound, &plain, y.base)
      }
    }
  }
}
