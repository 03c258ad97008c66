// Where the ones of a matrix of bits are likely to be, learned row after row. Pruned layers have empty rows
// and columns, strokes and spots: each is a reason to expect a one, and all of them are mixed.

/// The state of one matrix that is being coded.
struct MaskModel: ~Copyable {
  private let columns: Int
  /// How far apart neighbors of the row above in a picture are, where each row is one; 0 where none is.
  private let width: Int
  private let tables = ModelTables()
  /// Of all decisions.
  private var base = AdaptiveBit()
  private var mixture = Mixture(tenths: [10, 6, 6, 2, 2, 3, 2, 2])
  private let contexts: UnsafeMutablePointer<AdaptiveBit>
  /// The row at work and the two above, with zeros on both sides.
  private var rows:
    (UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<UInt8>)
  private let kept: UnsafeMutablePointer<Int32>
  private static let margin = 2 * MaskModel.widths.upperBound

  /// Pictures may be so wide.
  static let widths = 3...127
  /// Rows of a table of counts by counts.
  private static let buckets = 24

  init(columns: Int, width: Int) {
    self.columns = columns
    self.width = width
    let contextCount = 128 + 3 * MaskModel.buckets * MaskModel.buckets
    contexts = .allocate(capacity: contextCount)
    contexts.initialize(repeating: AdaptiveBit(), count: contextCount)
    func row() -> UnsafeMutablePointer<UInt8> {
      let size = columns + 2 * MaskModel.margin
      let row = UnsafeMutablePointer<UInt8>.allocate(capacity: size)
      row.initialize(repeating: 0, count: size)
      return row
    }
    rows = (row(), row(), row())
    kept = .allocate(capacity: columns)
    kept.initialize(repeating: 0, count: columns)
  }

  deinit {
    contexts.deallocate()
    rows.0.deallocate()
    rows.1.deallocate()
    rows.2.deallocate()
    kept.deallocate()
  }

  /// Codes rows of a matrix from the first one on.
  /// - Parameter bits: 0 or 1 each; a decoder's are written.
  mutating func code<Coder: BinaryCoder>(
    _ bits: UnsafeMutableBufferPointer<UInt8>, with coder: inout Coder
  ) {
    for start in stride(from: 0, to: bits.count, by: columns) {
      let end = min(start + columns, bits.count)
      codeRow(start / columns, UnsafeMutableBufferPointer(rebasing: bits[start..<end]), &coder)
    }
  }

  private mutating func codeRow<Coder: BinaryCoder>(
    _ row: Int, _ bits: UnsafeMutableBufferPointer<UInt8>, _ coder: inout Coder
  ) {
    let here = rows.0 + MaskModel.margin
    let above = rows.1 + MaskModel.margin
    let above2 = rows.2 + MaskModel.margin
    let (rowBucket, buckets) = (tables.bucket(row), MaskModel.buckets)
    let (local, picture) = (contexts, contexts + 64)
    let byColumn = contexts + 128
    let byRow = byColumn + buckets * buckets
    let byGap = byRow + buckets * buckets
    var (inRow, gap) = (0, 0)
    for c in 0..<bits.count {
      let inColumn = Int(kept[c])
      let (columnBucket, gapBucket) = (tables.bucket(inColumn), tables.bucket(gap))
      let left = Int(here[c - 1]) | Int(here[c - 2]) << 1
      var spots = left | Int(above[c]) << 2
      let near = spots | Int(above[c - 1]) << 3 | Int(above[c + 1]) << 4 | Int(above2[c]) << 5
      if width > 0 {
        let over = here + (c - width)
        spots |= Int(over[0]) << 3 | Int(over[-1]) << 4 | Int(over[1]) << 5
      }
      let places = (
        local + near, byColumn + columnBucket * buckets + rowBucket,
        byRow + tables.bucket(inRow) * buckets + tables.bucket(c),
        byGap + gapBucket * buckets + columnBucket, picture + spots
      )
      let odds = tables.logOdds(base.coarse)
      let inputs = SIMD8<Int32>(
        odds, tables.logOdds(share(inColumn, of: row, prior: 1)) - odds,
        tables.logOdds(share(inRow, of: c, prior: 2)) - odds, surplus(places.0, over: odds),
        surplus(places.1, over: odds), surplus(places.2, over: odds),
        surplus(places.3, over: odds), surplus(places.4, over: odds))
      let probability = mixture.mix(inputs, tables.probabilities)
      let bit = coder.code(UInt32(bits[c]), probability: probability)
      bits[c] = UInt8(truncatingIfNeeded: bit)
      here[c] = bits[c]
      mixture.learn(bit)
      base.learn(bit, tables.rates)
      places.0.pointee.learn(bit, tables.rates)
      places.1.pointee.learn(bit, tables.rates)
      places.2.pointee.learn(bit, tables.rates)
      places.3.pointee.learn(bit, tables.rates)
      places.4.pointee.learn(bit, tables.rates)
      kept[c] &+= Int32(truncatingIfNeeded: bit)
      inRow += Int(bit)
      gap = bit == 0 ? gap + 1 : 0
    }
    rows = (rows.2, rows.0, rows.1)
    rows.0.update(repeating: 0, count: columns + 2 * MaskModel.margin)
  }

  /// The probability of a one where `ones` of `seen` were: as if `prior` half ones had been seen before,
  /// as often as everywhere.
  @inline(__always)
  private func share(_ ones: Int, of seen: Int, prior: UInt64) -> UInt32 {
    let m = UInt64(base.coarse)
    let upper = (UInt64(2 * ones) + prior) &* m
    return UInt32(truncatingIfNeeded: (upper << 16) / (UInt64(2 * seen) &* m + prior << 16))
  }

  /// By how much a context expects a one more than all decisions do. A new one expects as much.
  @inline(__always)
  private func surplus(_ context: UnsafeMutablePointer<AdaptiveBit>, over odds: Int32) -> Int32 {
    if context.pointee.seen == 0 { context.pointee = AdaptiveBit(like: base) }
    return tables.logOdds(context.pointee.coarse) - odds
  }
}

extension MaskModel {
  /// The distance at which ones follow each other within a row most often beyond chance: how wide the picture
  /// is that each row is; 0 where there is none.
  static func width(of bits: UnsafeBufferPointer<UInt8>, columns: Int) -> Int {
    var pairs = [Int](repeating: 0, count: widths.upperBound + 1)
    var recent: [Int] = []
    var left = 1 << 22
    for start in stride(from: 0, to: bits.count, by: columns) where left > 0 {
      recent.removeAll(keepingCapacity: true)
      for i in start..<min(start + columns, bits.count) where bits[i] != 0 && left > 0 {
        for other in recent.reversed() {
          guard i - other < pairs.count else { break }
          pairs[i - other] += 1
          left -= 1
        }
        recent.append(i)
      }
    }
    let candidates = widths.clamped(to: 0...max(columns / 2, 0))
    guard candidates.lowerBound == widths.lowerBound,
      let best = candidates.max(by: { (pairs[$0], $1) < (pairs[$1], $0) })
    else { return 0 }
    let mean = candidates.reduce(0) { $0 + pairs[$1] } / candidates.count
    return pairs[best] > mean + mean / 4 + 8 ? best : 0
  }
}
