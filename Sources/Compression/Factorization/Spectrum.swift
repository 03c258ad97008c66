// The singular values of a layer's weight, and what each rank would keep and cost.

package struct Spectrum: Sendable {
  /// The layer, such as "dense1".
  package let layer: String
  /// The weight read as a matrix `[rows, columns]`: `[O, I kh kw]` for a convolution.
  package let rows: Int
  package let columns: Int
  /// From the largest on: all min(rows, columns), or as many as the rank rule looks at.
  package let values: [Float]
  /// Bits that the weight takes as it is stored now.
  package let storedBits: Int

  package init(layer: String, rows: Int, columns: Int, values: [Float], storedBits: Int) {
    precondition(values.count <= min(rows, columns), "no more singular values than there are")
    self.layer = layer
    self.rows = rows
    self.columns = columns
    self.values = values
    self.storedBits = storedBits
  }

  /// The rank at which the factors reproduce the weight.
  package var largestRank: Int { min(rows, columns) }

  /// Numbers in two factors of a rank.
  package func weights(rank: Int) -> Int { rank * (rows + columns) }

  /// Bits of two factors of a rank, in fp32.
  package func bits(rank: Int) -> Int { 32 * weights(rank: rank) }

  /// The largest rank at which the factors hold fewer numbers than the weight; 0 where there is
  /// none.
  package var largestUsefulRank: Int {
    rows + columns == 0 ? 0 : max(0, (rows * columns - 1)) / (rows + columns)
  }

  /// σ², in order.
  package var energies: [Double] { values.map { Double($0) * Double($0) } }

  /// The squared error of the best approximation of a rank: the sum of the σ² that it drops.
  /// Eckart and Young 1936, doi:10.1007/BF02288367.
  package func droppedEnergy(rank: Int) -> Double {
    energies.dropFirst(rank).reversed().reduce(0, +)
  }

  /// The share of Σ σ² that a rank keeps, 0...1; of a weight of zeros it is 1.
  package func keptEnergy(rank: Int) -> Double {
    let all = droppedEnergy(rank: 0)
    return all == 0 ? 1 : 1 - droppedEnergy(rank: rank) / all
  }
}
