// How a network runs weights that were pruned: which of its layers skip the zeros, and in which format.
package import Kernels
internal import Tensors

/// The format in which layers skip their zeros; training and layers without zeros stay dense.
package enum SparseFormat: String, Sendable, CaseIterable {
  /// For each layer the format that its zeros fit, or dense where they are too few to win.
  case auto
  /// Compressed sparse rows: the weights that are not zero, each with its place.
  case csr
  /// Blocks of neighbors of which none, or nearly none, are zero.
  case block
  /// N of every M neighbors in a row are not zero, in all rows.
  case pattern
}

/// What the zeros of one weight are like, and so how its layer runs.
package enum SparseStructure: Sendable, Equatable {
  case csr
  case block(BlockShape)
  /// At most `kept` of each `of` neighbors in a row are not zero.
  case pattern(kept: Int, of: Int)

  /// "csr", "block 16×1", "pattern 2:4".
  package var summary: String {
    switch self {
    case .csr: "csr"
    case .block(let shape): "block \(shape.rows)×\(shape.columns)"
    case .pattern(let kept, let group): "pattern \(kept):\(group)"
    }
  }

  package var format: SparseFormat {
    switch self {
    case .csr: .csr
    case .block: .block
    case .pattern: .pattern
    }
  }
}

/// A weight as a matrix `[outputs, inputs]`, for a look at its zeros.
package struct SparseWeight: Sendable {
  package let elements: [Float]
  package let rows: Int
  package let columns: Int
  package let nonZeros: Int

  /// - Returns: nil for a parameter that is no weight, or without rows.
  package init?(_ parameter: Parameter) {
    guard parameter.role == .weight, let rows = parameter.value.shape.first, rows > 0,
      parameter.value.count > 0
    else { return nil }
    elements = parameter.value.elements
    self.rows = rows
    columns = parameter.value.count / rows
    nonZeros = Count.nonZeros(in: parameter.value.elements)
  }

  package var zeros: Int { elements.count - nonZeros }
  package var density: Double { Double(nonZeros) / Double(elements.count) }

  /// The share of weights that may be left where `.auto` skips the zeros: a little below where skipping
  /// them became faster than the dense loops, whatever the shape (see `SparseTiles` and `SparseTerms`).
  package static let autoDensity = 0.25

  /// How the zeros are skipped in a format; nil where they have no such structure, or where there are
  /// none, or for `.auto` too few.
  package func structure(_ format: SparseFormat) -> SparseStructure? {
    guard zeros > 0 else { return nil }
    switch format {
    case .csr: return .csr
    case .block: return blockShape.map { .block($0) }
    case .pattern: return pattern
    case .auto:
      if let shape = blockShape, shape.rows > 1 { return .block(shape) }
      return density <= SparseWeight.autoDensity ? .csr : pattern
    }
  }

  /// Whether storing so many weights skips most of the zeros, and stores few.
  private func fits(stored: Int) -> Bool {
    2 * (elements.count - stored) >= zeros && 2 * nonZeros >= stored
  }

  /// Of the blocks that skip most of the zeros the largest that stores little more than any.
  private var blockShape: BlockShape? {
    let found = BlockShape.all.compactMap { shape -> (shape: BlockShape, stored: Int)? in
      guard columns % shape.columns == 0, shape.rows <= rows else { return nil }
      let blocks = shape.blocks(of: elements, rows: rows, columns: columns)
      let stored = blocks.reduce(0) { $0 + $1.count } * shape.rows * shape.columns
      return fits(stored: stored) ? (shape, stored) : nil
    }
    let least = found.map(\.stored).min() ?? 0
    return found.first { $0.stored <= least + least / 8 }?.shape
  }

  /// The sizes of groups that a pattern may have: a tile holds whole groups.
  private static let groups = [2, 4, 8, 16, 32]

  private var pattern: SparseStructure? {
    let found = SparseWeight.groups.compactMap { group -> (kept: Int, group: Int)? in
      guard group <= columns else { return nil }
      let kept = SparseTiles.most(of: group, in: elements, columns: columns)
      let stored = elements.count / group * kept
      // Zeros at random places are nearly as even in large groups.
      guard kept < group, fits(stored: stored), 5 * nonZeros >= 4 * stored else { return nil }
      return (kept, group)
    }
    // The least share that is stored; of equal ones the finest.
    let best = found.min { $0.kept * $1.group < $1.kept * $0.group }
    return best.map { .pattern(kept: $0.kept, of: $0.group) }
  }
}

extension Network {
  /// How each node skips its zeros; nil where it runs dense.
  package var sparseStructures: [SparseStructure?] {
    guard let format = skipsZeros, !runsOnCodes else { return nodes.map { _ in nil } }
    return nodes.indices.map { n in
      canSkipZeros(n) ? sparseWeight(n)?.structure(format) : nil
    }
  }

  /// The weight of a node that has loops which skip zeros.
  package func sparseWeight(_ n: Int) -> SparseWeight? {
    let node = nodes[n]
    guard node.layer is DenseLayer || node.layer is Conv2D else { return nil }
    return node.parameters.first.flatMap(SparseWeight.init)
  }

  /// Answers are computed, or simulated, in whole numbers: there, zeros are codes like others.
  package var runsOnCodes: Bool {
    runsInIntegers || nodes.contains { ($0.layer as? ActivationQuantizer)?.hasStep == true }
  }

  private func canSkipZeros(_ n: Int) -> Bool {
    guard !SignProduct.fits(self, n) else { return false }
    let inputs = inputShapes(of: n)
    if let conv = nodes[n].layer as? Conv2D { return conv.sparseWindow(inputs[0], unit: 8) != nil }
    guard let dense = nodes[n].layer as? DenseLayer else { return false }
    return dense.positions
      ? dense.positionWindow(inputs[0]) != nil : inputs[0][0] < SparseDenseRun.widest
  }
}
