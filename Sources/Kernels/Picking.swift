// Parts of an array that lies in rows of columns of equally many elements: copied run by run.
import Glibc

package enum Picking {
  /// Of `values`, which are [rows, columns, size], the entries in these rows and columns, in order.
  /// - Parameter columns: how many there are, and those that are picked; nil for whole rows.
  package static func entries<Element: BitwiseCopyable>(
    of values: [Element], rows: [Int], of rowCount: Int,
    columns: (count: Int, picked: [Int])? = nil
  ) -> [Element] {
    let row = values.count / max(1, rowCount)
    let size = row / max(1, columns?.count ?? 1)
    let runs = columns.map { Picking.runs($0.picked) } ?? [0..<1]
    let width = runs.reduce(0) { $0 + $1.count } * size
    precondition(
      rows.allSatisfy { $0 >= 0 && $0 < rowCount }
        && runs.allSatisfy { $0.lowerBound >= 0 && $0.upperBound * size <= row },
      "rows and columns of the array")
    return [Element](filling: rows.count * width) { target in
      values.withUnsafeBytes { source in
        guard let start = source.baseAddress else { return }
        let stride = MemoryLayout<Element>.stride
        var place = UnsafeMutableRawPointer(target)
        for row in rows.lazy.map({ start + $0 * row * stride }) {
          for run in runs {
            let bytes = run.count * size * stride
            memcpy(place, row + run.lowerBound * size * stride, bytes)
            place += bytes
          }
        }
      }
    }
  }

  /// Neighbors in ascending order taken together.
  private static func runs(_ places: [Int]) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    for place in places {
      if let last = runs.last, last.upperBound == place {
        runs[runs.count - 1] = last.lowerBound..<place + 1
      } else {
        runs.append(place..<place + 1)
      }
    }
    return runs
  }
}
