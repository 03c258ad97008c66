// Products that skip zeros against plain Swift in double precision: any shape, any density, and the same
// bits however the work is cut.
import Kernels
import Testing

/// A matrix of which some share is not zero.
private struct SparseCase {
  let rows: Int
  let columns: Int
  let weights: [Float]
  let x: Numbers

  /// - Parameter block: zeros come in blocks of so many rows and columns.
  init(_ dice: inout Dice, rows: Int, columns: Int, density: Double, block: (Int, Int) = (1, 1)) {
    self.rows = rows
    self.columns = columns
    var weights = [Float](repeating: 0, count: rows * columns)
    for top in stride(from: 0, to: rows, by: block.0) {
      for left in stride(from: 0, to: columns, by: block.1) {
        guard Double(dice.size(0...999)) < density * 1000 else { continue }
        for row in top..<min(rows, top + block.0) {
          for column in left..<min(columns, left + block.1) {
            weights[row * columns + column] = dice.float()
          }
        }
      }
    }
    self.weights = weights
    x = dice.floats(columns)
  }

  var product: [Double] {
    let x = x.doubles
    return (0..<rows).map { row in
      (0..<columns).reduce(0) { $0 + Double(weights[row * columns + $1]) * x[$1] }
    }
  }
}

private let densities = [0, 0.01, 0.1, 0.5, 1]

@Suite("Products that skip zeros") struct SparseTests {
  @Test(arguments: [1, 15, 16, 17, 50], [1, 31, 32, 33, 64, 100])
  func tilesAreProducts(_ rows: Int, _ columns: Int) {
    var dice = Dice(UInt64(rows * 1000 + columns))
    for density in densities {
      let one = SparseCase(&dice, rows: rows, columns: columns, density: density)
      let tiles = SparseTiles(one.weights, rows: rows, columns: columns)
      let y = Numbers(count: rows)
      tiles.product(of: one.x.view, panels: 0..<tiles.panels, to: y.view)
      expectClose(y, one.product, "\(density)")
      // A fixed number of slots for each tile, and panel by panel.
      let even = SparseTiles(one.weights, rows: rows, columns: columns, count: 32)
      let parts = Numbers(count: rows)
      for panel in 0..<even.panels {
        even.product(of: one.x.view, panels: panel..<panel + 1, to: parts.view)
      }
      expectClose(parts, one.product, "\(density), all slots")
    }
  }

  @Test func panelsOfTilesAreIndependent() {
    var dice = Dice(7)
    let one = SparseCase(&dice, rows: 100, columns: 200, density: 0.2)
    let tiles = SparseTiles(one.weights, rows: 100, columns: 200)
    let (whole, parts) = (Numbers(count: 100), Numbers(count: 100))
    tiles.product(of: one.x.view, panels: 0..<tiles.panels, to: whole.view)
    for panel in 0..<tiles.panels {
      tiles.product(of: one.x.view, panels: panel..<panel + 1, to: parts.view)
    }
    #expect(whole.view.array == parts.view.array)
  }

  @Test(arguments: BlockShape.all, densities)
  func blocksAreProducts(_ shape: BlockShape, _ density: Double) {
    var dice = Dice(UInt64(shape.rows * 100 + shape.columns))
    for (rows, columns) in [(1, 16), (16, 16), (17, 48), (70, 160)] {
      let one = SparseCase(
        &dice, rows: rows, columns: columns, density: density, block: (shape.rows, shape.columns))
      let blocks = SparseBlocks(one.weights, rows: rows, columns: columns, shape: shape)
      #expect(blocks.strips == (rows + shape.rows - 1) / shape.rows)
      let (y, parts) = (Numbers(count: rows), Numbers(count: rows))
      blocks.product(of: one.x.view, strips: 0..<blocks.strips, to: y.view)
      expectClose(y, one.product, "\(rows)×\(columns)")
      for strip in 0..<blocks.strips {
        blocks.product(of: one.x.view, strips: strip..<strip + 1, to: parts.view)
      }
      #expect(y.view.array == parts.view.array)
    }
  }

  @Test(arguments: [1, 3, 4, 9, 22], [1, 15, 16, 31, 33, 64, 100])
  func termsAreProductsWithRuns(_ rows: Int, _ span: Int) {
    var dice = Dice(UInt64(rows * 100 + span))
    let columns = 19
    for density in densities {
      let one = SparseCase(&dice, rows: rows, columns: columns, density: density)
      // Column c begins at the float 3 c: the runs overlap, as the pixels of windows do.
      let x = dice.floats(3 * columns + span)
      for shares in [false, true] {
        let terms = SparseTerms(
          one.weights, rows: rows, columns: columns, chained: span % 2 == 0, sharesPlaces: shares
        ) { $1 * 3 }
        let stride = (span + 15) / 16 * 16
        let y = Numbers([Float](repeating: 0, count: terms.groups * terms.tall * stride))
        terms.spread(
          x.view, .init(span: span, step: 16, outStep: 16, row: stride), groups: 0..<terms.groups,
          to: y.view)
        let (from, found) = (x.doubles, y.doubles)
        for row in 0..<rows {
          for place in 0..<span {
            let wanted = (0..<columns).reduce(0.0) {
              $0 + Double(one.weights[row * columns + $1]) * from[3 * $1 + place]
            }
            #expect(abs(found[row * stride + place] - wanted) < 1e-4, "\(density) \(shares)")
          }
        }
      }
    }
  }

  @Test func termsDoNotDependOnHowTheyAreCut() {
    var dice = Dice(11)
    let one = SparseCase(&dice, rows: 24, columns: 60, density: 0.3)
    let x = dice.floats(60 * 16 * 5)
    for (chained, shares) in [(true, false), (false, false), (false, true)] {
      // Five panels of sixteen examples.
      let terms = SparseTerms(
        one.weights, rows: 24, columns: 60, chained: chained, sharesPlaces: shares
      ) { $1 * 16 }
      let (whole, parts) = (Numbers(count: 24 * 80), Numbers(count: 24 * 80))
      let (step, outStep) = (60 * 16, 24 * 16)
      terms.spread(
        x.view, .init(span: 80, step: step, outStep: outStep, row: 16), groups: 0..<terms.groups,
        to: whole.view)
      for panel in 0..<5 {
        for group in 0..<terms.groups {
          let start = panel * outStep + group * terms.tall * 16
          terms.spread(
            x.view.slice(panel * step, step),
            .init(span: 16, step: step, outStep: outStep, row: 16),
            groups: group..<group + 1, to: parts.view.slice(start, 24 * 80 - start))
        }
      }
      #expect(whole.view.array == parts.view.array)
    }
  }
}

@Suite("Windows that skip zeros") struct SparseWindowTests {
  struct Form: CustomTestStringConvertible {
    var channels = 3
    var height = 7
    var width = 9
    var filters = 5
    var groups = 1
    var kernel = (3, 3)
    var stride = (1, 1)
    var padding = (0, 0)
    var testDescription: String {
      "\(channels)×\(height)×\(width) to \(filters), \(kernel) \(stride) \(padding) \(groups)"
    }
  }

  static let forms = [
    Form(), Form(padding: (1, 1)), Form(stride: (2, 2), padding: (1, 1)),
    Form(channels: 8, filters: 12, groups: 2, padding: (1, 1)),
    Form(channels: 4, filters: 8, groups: 4, kernel: (2, 3), stride: (1, 2), padding: (1, 2)),
    Form(channels: 16, height: 1, width: 40, filters: 7, kernel: (1, 1)),
    Form(channels: 2, height: 30, width: 33, filters: 9, kernel: (5, 5), stride: (3, 2)),
    Form(channels: 1, height: 4, width: 4, filters: 4, kernel: (4, 4)),
  ]

  @Test(arguments: forms, [1, 8]) func areConvolutions(_ form: Form, _ unit: Int) throws {
    var dice = Dice(UInt64(form.channels * form.width + unit))
    let depth = form.channels / form.groups
    let window = try #require(
      Window(
        channels: depth, plane: (form.height, form.width), kernel: form.kernel,
        stride: form.stride, padding: form.padding))
    let sparse = try #require(
      SparseWindow(window: window, groups: form.groups, filters: form.filters, unit: unit))
    let taps = form.kernel.0 * form.kernel.1
    let bias = dice.floats(form.filters)
    for density in [0, 0.2, 1] {
      let one = SparseCase(&dice, rows: form.filters, columns: depth * taps, density: density)
      let image = dice.floats(form.channels * form.height * form.width * unit)
      for shares in [false, true] {
        let terms = sparse.terms(one.weights, sharesPlaces: shares)
        let planes = Numbers(count: sparse.planesCount)
        sparse.split(image.view, to: planes.view)
        let scratch = Numbers(count: sparse.bandCount(filters: terms.groups * terms.tall))
        let y = Numbers(count: form.filters * window.outCount * unit)
        for band in 0..<sparse.bands {
          sparse.forward(
            planes.view, terms, bias: bias.view, Activator(.relu), band: band,
            groups: 0..<terms.groups, scratch: scratch.view, to: y.view)
        }
        let sums = plain(form, window, one.weights, image.doubles, unit)
        let each = window.outCount * unit
        expectClose(y, sums.enumerated().map { max(0, $1 + bias.doubles[$0 / each]) })
      }
    }
  }

  private func plain(
    _ form: Form, _ window: Window, _ weights: [Float], _ x: [Double], _ unit: Int
  ) -> [Double] {
    let depth = form.channels / form.groups
    var y = [Double](repeating: 0, count: form.filters * window.outCount * unit)
    for o in 0..<form.filters {
      for (r, c, u) in places(window, unit) {
        var sum = 0.0
        for k in 0..<depth {
          for i in 0..<form.kernel.0 {
            for j in 0..<form.kernel.1 {
              let row = r * form.stride.0 + i - form.padding.0
              let column = c * form.stride.1 + j - form.padding.1
              guard (0..<form.height).contains(row), (0..<form.width).contains(column) else {
                continue
              }
              let channel = o / (form.filters / form.groups) * depth + k
              let weight = weights[((o * depth + k) * form.kernel.0 + i) * form.kernel.1 + j]
              sum +=
                Double(weight) * x[((channel * form.height + row) * form.width + column) * unit + u]
            }
          }
        }
        y[((o * window.outHeight + r) * window.outWidth + c) * unit + u] = sum
      }
    }
    return y
  }

  private func places(_ window: Window, _ unit: Int) -> [(Int, Int, Int)] {
    (0..<window.outHeight).flatMap { r in
      (0..<window.outWidth).flatMap { c in (0..<unit).map { (r, c, $0) } }
    }
  }
}
