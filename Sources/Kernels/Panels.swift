// Weights of dense layers in panels of sixteen units, as the loops of the dense layer read them:
// laid out once for a whole training, and never packed for a step.
//
// Measured against OpenBLAS 0.3.21 on one core (AVX-512), in GFLOP/s of a peak of 118: the forward
// product with bias and relu, the gradient by the input, and the gradient by the weight with a step
// of momentum. Each pair is panels and OpenBLAS, in one process by turns:
//
//     rows x inputs x units     forward     by the input     by the weight
//       1 x 1024 x 1024          42    3
//      32 x  784 x  300         110   78      79   90           96   76
//     128 x  100 x   10          72   44      61   90           69   93
//     128 x  784 x  300         112   96     104   99          106   92
//     128 x 1024 x 1024         106   83     100   91           97   82
//     128 x 2048 x 2048         103   78      90   87           91   80
//     512 x 2048 x 2048         105   93      98   95           90   91
//      64 x 4096 x 4096         100   64      76   75           75   65
//
// Over a step panels won or were even at every size, so `Panels.pay` asks for the memory only.
import CKernels

/// Weights `[units, inputs]` in memory as `[panels, inputs, 16]`; the units that the last panel
/// lacks are zero.
package struct Panels: Sendable {
  package static let width = Int(CK_PANEL)

  package let floats: Floats
  package let units: Int
  package let inputs: Int

  package init(_ floats: Floats, units: Int, inputs: Int) {
    precondition(floats.count == Panels.size(units: units, inputs: inputs), "whole panels")
    self.floats = floats
    self.units = units
    self.inputs = inputs
  }

  package static func count(_ units: Int) -> Int { (units + width - 1) / width }

  /// How many floats the panels take.
  package static func size(units: Int, inputs: Int) -> Int { count(units) * width * inputs }

  /// Whether the zeros of the last panel cost little beside what they bring.
  package static func pay(units: Int, inputs: Int) -> Bool {
    let size = size(units: units, inputs: inputs)
    return size <= 2 * units * inputs || size <= 1 << 22
  }

  package var count: Int { Panels.count(units) }

  /// The units of some of the panels.
  package func units(of panels: Range<Int>) -> Range<Int> {
    let start = min(units, panels.lowerBound * Panels.width)
    return start..<max(start, min(units, panels.upperBound * Panels.width))
  }

  /// Takes over weights `[units, inputs]`.
  package func load(_ weights: [Float]) {
    precondition(weights.count == units * inputs, "as many as there are")
    weights.withUnsafeBufferPointer { source in
      guard let first = source.baseAddress, units * inputs > 0 else { return }
      ck_panels(first, units, inputs, floats.base)
    }
  }

  /// Takes over `[units, inputs]` that lie in planned memory.
  package func load(_ rows: Floats) {
    precondition(rows.count == units * inputs, "as many as there are")
    guard units * inputs > 0 else { return }
    ck_panels(rows.base, units, inputs, floats.base)
  }

  /// Writes `[units, inputs]`.
  package func write(to rows: Floats) {
    precondition(rows.count == units * inputs, "as many as there are")
    guard units * inputs > 0 else { return }
    ck_panels_back(floats.base, units, inputs, rows.base)
  }

  /// The weights `[units, inputs]`.
  package var weights: [Float] {
    [Float](unsafeUninitializedCapacity: units * inputs) { target, count in
      count = units * inputs
      guard let first = target.baseAddress, count > 0 else { return }
      ck_panels_back(floats.base, units, inputs, first)
    }
  }

  /// The columns of y for some of the panels: f(x w' + bias), `bias` one for each of all units.
  package func product(
    of x: Matrix, panels: Range<Int>, bias: Floats?, _ activator: Activator, to y: Matrix
  ) {
    let units = units(of: panels)
    precondition(x.columns == inputs && y.columns == self.units && x.rows == y.rows, "they fit")
    precondition(bias == nil || bias?.count == self.units, "one bias for each unit")
    precondition(panels.lowerBound >= 0 && panels.upperBound <= count, "panels that exist")
    guard !units.isEmpty else { return }
    ck_dense(
      activator.function.rawValue, activator.slope, x.floats.base, x.stride, x.rows,
      floats.base + panels.lowerBound * Panels.width * inputs, inputs,
      bias.map { $0.base + units.lowerBound }, units.count, y.floats.base + units.lowerBound,
      y.stride)
  }

  /// Floats that `inputGradient` needs for some inputs, counted in panels of them.
  package static func scratch(units: Int, panels: Int) -> Int { units * width * panels }

  /// The columns `inputs` of dx = dy w. They begin at a multiple of sixteen.
  package func inputGradient(
    of dy: Matrix, inputs part: Range<Int>, scratch: Floats, to dx: Matrix
  ) {
    precondition(dy.columns == units && dx.columns == inputs && dx.rows == dy.rows, "they fit")
    precondition(part.lowerBound % Panels.width == 0 && part.lowerBound >= 0, "whole panels")
    precondition(part.upperBound <= inputs, "inputs that exist")
    let needed = Panels.scratch(units: units, panels: Panels.count(part.count))
    precondition(needed <= scratch.count, "room for a transposed copy")
    guard !part.isEmpty else { return }
    ck_dense_inputs(
      dy.floats.base, dy.stride, dy.rows, units, floats.base, inputs, part.lowerBound,
      part.upperBound, scratch.base, dx.floats.base, dx.stride)
  }
}

/// The gradient of a dense layer's output, by panels of units: `[panels, rows, 16]`.
package struct PanelSlopes: Sendable {
  package let floats: Floats
  package let rows: Int
  package let units: Int

  package init(_ floats: Floats, rows: Int, units: Int) {
    precondition(floats.count >= Panels.size(units: units, inputs: rows), "whole panels")
    self.floats = floats
    self.rows = rows
    self.units = units
  }

  private func panel(_ index: Int) -> UnsafeMutablePointer<Float> {
    precondition(index >= 0 && index < Panels.count(units), "a panel that exists")
    return floats.base + index * rows * Panels.width
  }

  /// dy *= f'(y), for some of the panels, and a copy of it here.
  package func take(_ dy: Matrix, y: Matrix, _ activator: Activator, panels: Range<Int>) {
    precondition(dy.rows == rows && dy.columns == units && y.stride == dy.stride, "they fit")
    precondition(y.rows == rows && y.columns == units, "the same shape")
    precondition(panels.upperBound <= Panels.count(units), "panels that exist")
    guard !panels.isEmpty, rows > 0 else { return }
    let start = panels.lowerBound * Panels.width
    let width = min(units, panels.upperBound * Panels.width) - start
    ck_dense_slopes(
      activator.function.rawValue, activator.slope, dy.floats.base + start, y.floats.base + start,
      dy.stride, rows, width, panel(panels.lowerBound))
  }

  /// The gradient by one panel's weights from some of the inputs goes to its use.
  package func weightGradient(_ x: Matrix, panel index: Int, inputs: Range<Int>, _ use: GradientUse)
  {
    precondition(x.rows == rows, "they fit")
    precondition(inputs.lowerBound >= 0 && inputs.upperBound <= x.columns, "inputs that exist")
    let size = x.columns * Panels.width
    use.with(index * size..<(index + 1) * size) {
      ck_dense_weights(
        panel(index), x.floats.base, x.stride, rows, inputs.lowerBound, inputs.upperBound, $0)
    }
  }

  /// The gradient by one panel's biases goes to its use.
  package func biasGradient(panel index: Int, _ use: GradientUse) {
    let start = index * Panels.width
    let count = min(Panels.width, units - start)
    use.with(start..<start + count) { ck_dense_bias(panel(index), rows, count, $0) }
  }
}
