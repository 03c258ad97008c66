// Parts of arrays and distances of rows, against their definitions.
import Kernels
import Testing

@Suite struct PickingTests {
  @Test(arguments: [1, 2, 5]) func picksRowsAndColumns(_ size: Int) {
    let (rows, columns) = (4, 6)
    let values = (0..<rows * columns * size).map { Float($0) }
    for (keptRows, keptColumns) in [([0, 2, 3], [1, 2, 5]), ([1], [0]), ([], [3]), ([2], [])] {
      let expected = keptRows.flatMap { row in
        keptColumns.flatMap { column in
          (0..<size).map { values[(row * columns + column) * size + $0] }
        }
      }
      #expect(
        Picking.entries(
          of: values, rows: keptRows, of: rows, columns: (columns, keptColumns)) == expected)
      let flags = values.map { $0.truncatingRemainder(dividingBy: 3) == 0 }
      #expect(
        Picking.entries(of: flags, rows: keptRows, of: rows, columns: (columns, keptColumns))
          == expected.map { $0.truncatingRemainder(dividingBy: 3) == 0 })
    }
    #expect(
      Picking.entries(of: values, rows: [3, 0], of: rows)
        == Array(values.suffix(columns * size) + values.prefix(columns * size)))
  }

  @Test(arguments: [1, 7, 8, 33, 2500]) func distancesAreThoseOfTheRows(_ width: Int) {
    let count = 5
    let values = (0..<count * width).map { Float(($0 * 37) % 41 - 20) / 16 }
    for row in 0..<count {
      let found = Distances.squared(from: row, in: values, width: width)
      #expect(found[row] == 0)
      for other in 0..<count {
        let expected = (0..<width).reduce(0.0) {
          let difference = Double(values[row * width + $1] - values[other * width + $1])
          return $0 + difference * difference
        }
        #expect(abs(found[other] - expected) <= 1e-6 * max(1, expected))
      }
    }
  }
}
