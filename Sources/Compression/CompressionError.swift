// What can go wrong when a network is compressed or measured, as data.
package import Networks
package import Tensors

package enum CompressionError: EngineError, Equatable {
  /// A fraction of what is removed, outside `0..<1`.
  case sparsity(Double)
  /// A number of bits per code that a grid does not have.
  case bits(Int, wanted: ClosedRange<Int>, grid: String)
  /// A number of weights per group below 1.
  case group(Int)
  /// Groups that do not divide the rows of a parameter.
  case uneven(group: Int, row: Int, parameter: String)
  /// Blocks of weights that do not divide the rows of a parameter.
  case block(size: Int, row: Int, parameter: String)
  /// A rank outside `1...largest` of the layer.
  case rank(Int, largest: Int, layer: String)
  /// A share of the squared singular values outside `0...1` (0 excluded).
  case energy(Double)
  /// A budget below the least that the network can take, in bytes, MACs or parameters, and what it takes that
  /// much with.
  case budget(Int, smallest: Int, unit: String = "bytes", with: String = "rank 1 in every layer")
  /// A layer that a technique was asked for, and that the network does not have.
  case unknownLayer(String, known: [String])
  /// A technique that finds nothing in the network to work on.
  case nothing(technique: String, wanted: String)
  /// Blocks r×c that do not divide a matrix of weights.
  case blocks(BlockShape, matrix: [Int], parameter: String)
  /// A pattern n:m whose m does not divide the rows of a parameter.
  case pattern(Pattern, row: Int, parameter: String)
  /// A layer that would lose all that it has: how many of what.
  case everything(layer: String, count: Int, noun: String, isGlobal: Bool)
  /// A criterion that looks at examples, and there are none.
  case examples(criterion: String)
  /// A criterion that scores something else than what is to be pruned.
  case criterion(String, scores: String, wanted: String)
  /// A layer whose units cannot be removed, and why.
  case units(layer: String, reason: String)
  /// A layer that would be left without any units: what it connects would come apart.
  case emptied(layer: String)
  /// A layer that nothing bridges, which was to leave the network.
  case unbridged(layer: String)
  /// A layer whose neurons cannot be merged, and why.
  case merging(layer: String, reason: String)
  /// Another setting of a technique that is out of range.
  case setting(name: String, wanted: String, got: String)
  /// Weights that are not finite numbers.
  case notFinite(parameter: String, index: [Int])
  /// Something that a machine cannot run as it is.
  case illegal(machine: String, Objection)
  /// Zeros that do not have the structure of a format.
  case structure(layer: String, format: SparseFormat)
  /// A network that answers in whole numbers, where a technique wants floats.
  case wholeNumbers(technique: String)
  /// Two networks that were not measured on the same examples.
  case unpaired(Int, Int)
  case network(NetworkError)
  case tensor(TensorError)

  package var code: String {
    switch self {
    case .sparsity: "E0601"
    case .bits: "E0602"
    case .group: "E0603"
    case .rank: "E0604"
    case .energy: "E0605"
    case .budget: "E0606"
    case .unknownLayer: "E0607"
    case .nothing: "E0608"
    case .criterion: "E0609"
    case .units: "E0610"
    case .setting: "E0611"
    case .notFinite: "E0612"
    case .unpaired: "E0613"
    case .uneven: "E0614"
    case .illegal: "E0615"
    case .block, .blocks: "E0616"
    case .everything: "E0617"
    case .pattern: "E0618"
    case .examples: "E0619"
    case .structure: "E0625"
    case .wholeNumbers: "E0626"
    case .emptied: "E0630"
    case .unbridged: "E0631"
    case .merging: "E0632"
    case .network(let error): error.code
    case .tensor(let error): error.code
    }
  }

  package var message: String {
    switch self {
    case .sparsity(let got):
      "sparsity is the fraction that is removed, from 0 up to but not including 1, got \(got)"
    case .bits(let got, let wanted, let grid):
      "`bits` must be "
        + (wanted.count == 1
          ? "\(wanted.lowerBound)"
          : "a whole number from \(wanted.lowerBound) to \(wanted.upperBound)")
        + " on the grid \(grid), got \(got)"
    case .group(let got):
      "a group must have at least 1 weight, got \(got)"
    case .uneven(let group, let row, let parameter):
      "groups of \(group) do not divide the rows of `\(parameter)`, which have \(row) weights"
    case .block(let size, let row, let parameter):
      "blocks of \(size) do not divide the rows of `\(parameter)`, which have \(row) weights"
    case .rank(let got, let largest, let layer):
      "rank \(got) is out of range: `\(layer)` has ranks from 1 to \(largest)"
    case .energy(let got):
      "the energy kept is a fraction above 0 and at most 1, got \(got)"
    case .budget(let most, let smallest, let unit, let with):
      "\(most) \(unit) are too few: with \(with) the network takes \(smallest) \(unit)"
    case .blocks(let block, let matrix, let parameter):
      "blocks of \(block) do not divide `\(parameter)`, a matrix of \(matrix[0])×\(matrix[1]) weights"
    case .pattern(let pattern, let row, let parameter):
      "runs of \(pattern.run) do not divide the rows of `\(parameter)`, which have \(row) weights"
    case .examples(let criterion):
      "the criterion `\(criterion)` looks at examples, and there are none"
    case .everything(let layer, let count, let noun, _):
      "`\(layer)` would lose all of its \(count) \(noun)"
    case .unknownLayer(let name, let known):
      "the network has no layer `\(name)` that this works on; it has "
        + known.map { "`\($0)`" }.joined(separator: ", ")
    case .nothing(let technique, let wanted):
      "\(technique) found nothing to work on: it wants \(wanted)"
    case .criterion(let name, let scores, let wanted):
      "the criterion `\(name)` scores \(scores), and the network is to be pruned \(wanted)"
    case .units(let layer, let reason):
      "no units can be removed from `\(layer)`: \(reason)"
    case .emptied(let layer):
      "these removals leave `\(layer)` without a unit, and what it connects would come apart"
    case .unbridged(let layer):
      "without `\(layer)` nothing connects the network's input to its output"
    case .merging(let layer, let reason):
      "the neurons of `\(layer)` cannot be merged: \(reason)"
    case .setting(let name, let wanted, let got): "`\(name)` must be \(wanted), got \(got)"
    case .notFinite(let parameter, let index):
      "`\(parameter)` holds a value that is not a finite number, at \(index)"
    case .illegal(let machine, let objection):
      "\(machine) cannot run `\(objection.subject)` as \(objection.asked): \(objection.reason)"
    case .structure(let layer, let format):
      format == .pattern
        ? "the zeros of `\(layer)` have no pattern N:M, with M of 2, 4, 8, 16 or 32 neighbors in a row"
        : "the zeros of `\(layer)` do not fill blocks of 4, 8 or 16 rows or columns"
    case .wholeNumbers(let technique):
      "\(technique) skips zeros among floats, and this network's activations are codes"
    case .unpaired(let left, let right):
      "flips need the same examples: one network answered \(left) of them, the other \(right)"
    case .network(let error): error.message
    case .tensor(let error): error.message
    }
  }

  package var help: String? {
    switch self {
    case .sparsity(let got) where got > 1 && got < 100:
      "sparsity is a fraction: did you mean \(CompressionError.plain(got))%?"
    case .energy(let got) where got > 1 && got <= 100:
      "energy is a fraction: did you mean \(CompressionError.plain(got))%?"
    case .illegal(_, let objection): "legal there: \(objection.legal)"
    case .bits(let got, _, _) where got == 32: "a network that is not quantized has 32 bits"
    case .bits(1, _, _): "for one bit choose the grid binary or xnor"
    case .uneven(let group, let row, _):
      CompressionError.divisor(of: row, near: group).map {
        "groups of \($0) divide it; with strict: false its last group is shorter"
      } ?? "with strict: false the last group of a row is shorter"
    case .block(let size, let row, _):
      CompressionError.divisor(of: row, near: size).map { "blocks of \($0) divide them" }
    case .examples: "give some, such as on: data.train"
    case .blocks(_, _, let parameter), .pattern(_, _, let parameter):
      "leave the layer out: except: [\"\(parameter.prefix { $0 != "." })\"]"
    case .everything(let layer, let count, _, let isGlobal):
      isGlobal
        ? "scope: .local takes the same share everywhere; or leave it whole: except: [\"\(layer)\"]"
        : count > 1
          ? "prune less: one of \(count) stays at \(100 * (count - 1) / count)%"
          : "leave it whole: except: [\"\(layer)\"]"
    case .structure: ".csr takes zeros at any places; .auto chooses for each layer"
    case .wholeNumbers: "dequantize gives floats again"
    case .network(let error): error.help
    case .tensor(let error): error.help
    default: nil
    }
  }

  /// Of a tensor that holds such a value: where the first one is.
  static func notFinite(_ parameter: String, _ value: Tensor) -> CompressionError {
    var flat = value.elements.firstIndex { !$0.isFinite } ?? 0
    var index: [Int] = []
    for size in value.shape.reversed() {
      index.insert(flat % size, at: 0)
      flat /= size
    }
    return .notFinite(parameter: parameter, index: index)
  }

  /// The divisor of `row` nearest to `group`, above 1.
  private static func divisor(of row: Int, near group: Int) -> Int? {
    (2...max(2, row)).filter { row % $0 == 0 }.min { abs($0 - group) < abs($1 - group) }
  }

  /// A number without ".0".
  private static func plain(_ value: Double) -> String {
    value == value.rounded() ? "\(Int(value))" : "\(value)"
  }
}
