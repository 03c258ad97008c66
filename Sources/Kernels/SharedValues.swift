// Arrays whose elements share a few values: filled from a table, and sums back into it.

package enum SharedValues {
  /// values[i] = factors[i] · table[index[i]], and 0 where the index is negative.
  /// - Parameter factors: one per element, or nil where all are 1.
  package static func gather(
    _ table: Floats, index: [Int32], factors: [Float]?, to values: Floats
  ) {
    check(index, factors, table.count, values.count)
    index.withUnsafeBufferPointer { index in
      for i in 0..<values.count {
        values.base[i] = index[i] < 0 ? 0 : table.base[Int(index[i])]
      }
    }
    guard let factors else { return }
    factors.withUnsafeBufferPointer { factors in
      for i in 0..<values.count { values.base[i] *= factors[i] }
    }
  }

  /// sums[k] = Σ factors[i] · terms[i] over the elements with index k, in order, in double precision.
  package static func scatter(
    _ terms: Floats, index: [Int32], factors: [Float]?, to sums: Floats
  ) {
    check(index, factors, sums.count, terms.count)
    var totals = [Double](repeating: 0, count: sums.count)
    totals.withUnsafeMutableBufferPointer { totals in
      index.withUnsafeBufferPointer { index in
        guard let factors else {
          for i in 0..<terms.count where index[i] >= 0 {
            totals[Int(index[i])] += Double(terms.base[i])
          }
          return
        }
        factors.withUnsafeBufferPointer { factors in
          for i in 0..<terms.count where index[i] >= 0 {
            totals[Int(index[i])] += Double(terms.base[i]) * Double(factors[i])
          }
        }
      }
    }
    for k in 0..<sums.count { sums.base[k] = Float(totals[k]) }
  }

  private static func check(_ index: [Int32], _ factors: [Float]?, _ shared: Int, _ count: Int) {
    precondition(index.count == count && factors?.count ?? count == count, "one per element")
    precondition((index.max() ?? -1) < shared, "indices into the table")
  }

  /// Blocks of a table, one after the other: element i of block b is table[code · block + i].
  /// - Parameters:
  ///   - low: the lowest eight bits of each code.
  ///   - high: the other bits; empty where there are none.
  package static func blocks(
    of table: [Float], block: Int, low: [UInt8], high: [UInt8], on workers: Workers = .shared
  ) -> [Float] {
    precondition(block >= 1 && table.count % block == 0, "a table of whole blocks")
    precondition(high.isEmpty || high.count == low.count, "all bits of each code")
    let entries = table.count / block
    return [Float](filling: low.count * block) { result in
      nonisolated(unsafe) let result = result
      Pass.run(low.count, on: workers) { _, range, _ in
        low.withUnsafeBufferPointer { low in
          high.withUnsafeBufferPointer { high in
            table.withUnsafeBufferPointer { table in
              for i in range {
                let code = Int(low[i]) | (high.isEmpty ? 0 : Int(high[i]) << 8)
                precondition(code < entries, "codes of the table")
                for j in 0..<block { result[i * block + j] = table[code * block + j] }
              }
            }
          }
        }
      }
    }
  }
}
