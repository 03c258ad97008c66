// Convolution of a run of images through columns and matrix products: the general path, for every
// shape. A specialised kernel for some shapes has the same two calls.

package struct Convolution: Sendable {
  /// The window over one group's channels.
  package let window: Window
  package let groups: Int
  /// Filters of all groups.
  package let filters: Int

  package init(window: Window, groups: Int, filters: Int) {
    precondition(groups > 0 && filters % groups == 0, "the filters divide into groups")
    self.window = window
    self.groups = groups
    self.filters = filters
  }

  private var depth: Int { window.channels * window.kernelCount }
  private var inputCount: Int { groups * window.channels * window.planeCount }
  private var outputCount: Int { filters * window.outCount }

  /// Images whose columns go into one product: as many as stay in a core's own cache.
  private var images: Int { max(1, min(16, (1 << 16) / max(1, depth * window.outCount))) }

  /// Floats of working memory that one thread needs.
  package var scratchCount: Int { (depth + filters / groups) * window.outCount * images }

  /// y = f(w * x + bias) for images x [n, C, H, W], w [O, C/groups, kh, kw], y [n, O, OH, OW].
  package func forward(
    _ x: Floats, weight: Floats, bias: Floats?, _ activator: Activator, to y: Floats,
    scratch: Floats
  ) {
    let n = x.count / inputCount
    precondition(n * inputCount == x.count && n * outputCount == y.count, "whole images")
    let rows = filters / groups
    for start in stride(from: 0, to: n, by: images) {
      let run = start..<min(n, start + images)
      for group in 0..<groups {
        let (columns, result) = workspace(scratch, run.count)
        gather(x, run, group, to: columns)
        result.product(weights(weight, group), columns)
        for image in run {
          let part = (image - run.lowerBound) * window.outCount
          output(y, image, group).activate(
            result.columns(part..<part + window.outCount),
            rows: bias?.slice(group * rows, rows), activator)
        }
      }
    }
  }

  /// The way back: writes the gradients of weight, bias and (where asked) x from those of y.
  package func backward(
    _ dy: Floats, x: Floats, y: Floats, weight: Floats, _ activator: Activator,
    dx: Floats?, dWeight: Floats?, dBias: Floats?, scratch: Floats
  ) {
    let n = x.count / inputCount
    precondition(n * inputCount == x.count && n * outputCount == dy.count, "whole images")
    let rows = filters / groups
    dBias?.fill(0)
    dx?.fill(0)
    for start in stride(from: 0, to: n, by: images) {
      let run = start..<min(n, start + images)
      for group in 0..<groups {
        let (columns, slopes) = workspace(scratch, run.count)
        for image in run {
          let part = (image - run.lowerBound) * window.outCount
          slopes.columns(part..<part + window.outCount)
            .slopes(output(dy, image, group), y: output(y, image, group), activator)
        }
        if let dBias { slopes.addRowSums(to: dBias.slice(group * rows, rows)) }
        if let dWeight {
          gather(x, run, group, to: columns)
          weights(dWeight, group).product(slopes, columns, transposeB: true, adding: start > 0)
        }
        guard let dx else { continue }
        columns.product(weights(weight, group), slopes, transposeA: true)
        scatter(columns, run, group, to: dx)
      }
    }
  }

  private func workspace(_ scratch: Floats, _ images: Int) -> (columns: Matrix, result: Matrix) {
    let width = window.outCount * images
    let first = Matrix(scratch.slice(0, depth * width), depth, width)
    let second = scratch.slice(depth * width, filters / groups * width)
    return (first, Matrix(second, filters / groups, width))
  }

  private func weights(_ weight: Floats, _ group: Int) -> Matrix {
    let rows = filters / groups
    return Matrix(weight.slice(group * rows * depth, rows * depth), rows, depth)
  }

  private func output(_ y: Floats, _ image: Int, _ group: Int) -> Matrix {
    let rows = filters / groups
    let start = image * outputCount + group * rows * window.outCount
    return Matrix(y.slice(start, rows * window.outCount), rows, window.outCount)
  }

  private func input(_ x: Floats, _ image: Int, _ group: Int) -> Floats {
    let count = window.channels * window.planeCount
    return x.slice(image * inputCount + group * count, count)
  }

  private func gather(_ x: Floats, _ run: Range<Int>, _ group: Int, to columns: Matrix) {
    for image in run {
      let part = (image - run.lowerBound) * window.outCount
      window.columns(of: input(x, image, group), to: columns.columns(part..<part + window.outCount))
    }
  }

  private func scatter(_ columns: Matrix, _ run: Range<Int>, _ group: Int, to dx: Floats) {
    for image in run {
      let part = (image - run.lowerBound) * window.outCount
      window.addColumns(
        columns.columns(part..<part + window.outCount), to: input(dx, image, group))
    }
  }
}
