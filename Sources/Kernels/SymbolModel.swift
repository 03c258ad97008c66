// Symbols of a few bits as decisions, the highest bit first, and a whole stream of them: the models of
// the range coder.

/// The probabilities of a tree of decisions: of all symbols, and where symbols are small also of those
/// that followed the same symbol.
private struct SymbolModel: ~Copyable {
  private let bits: Int
  private let tables = ModelTables()
  private let order0: UnsafeMutablePointer<AdaptiveBit>
  /// By the symbol before; nil where there are too many.
  private let order1: UnsafeMutablePointer<AdaptiveBit>?
  private var mixture = Mixture(tenths: [10, 3, 0, 0, 0, 0, 0, 0])

  init(bits: Int) {
    self.bits = bits
    func tree(_ count: Int) -> UnsafeMutablePointer<AdaptiveBit> {
      let tree = UnsafeMutablePointer<AdaptiveBit>.allocate(capacity: count)
      tree.initialize(repeating: AdaptiveBit(), count: count)
      return tree
    }
    order0 = tree(1 << bits)
    order1 = bits <= 6 ? tree(1 << (2 * bits)) : nil
  }

  deinit {
    order0.deallocate()
    order1?.deallocate()
  }

  mutating func code<Coder: BinaryCoder>(
    _ symbols: UnsafeMutableBufferPointer<UInt8>, with coder: inout Coder
  ) {
    guard let order1 else { return codeAlone(symbols, &coder) }
    var last = 0
    for i in symbols.indices {
      let tree = order1 + last << bits
      var node = 1
      for place in (0..<bits).reversed() {
        let (all, following) = (order0 + node, tree + node)
        if following.pointee.seen == 0 { following.pointee = AdaptiveBit(like: all.pointee) }
        let odds = tables.logOdds(all.pointee.coarse)
        let surplus = tables.logOdds(following.pointee.coarse) - odds
        let probability = mixture.mix([odds, surplus, 0, 0, 0, 0, 0, 0], tables.probabilities)
        let bit = coder.code(UInt32(symbols[i]) >> UInt32(place) & 1, probability: probability)
        mixture.learn(bit)
        all.pointee.learn(bit, tables.rates)
        following.pointee.learn(bit, tables.rates)
        node = node << 1 | Int(bit)
      }
      last = node - 1 << bits
      symbols[i] = UInt8(truncatingIfNeeded: last)
    }
  }

  private func codeAlone<Coder: BinaryCoder>(
    _ symbols: UnsafeMutableBufferPointer<UInt8>, _ coder: inout Coder
  ) {
    for i in symbols.indices {
      var node = 1
      for place in (0..<bits).reversed() {
        let model = order0 + node
        let bit = coder.code(
          UInt32(symbols[i]) >> UInt32(place) & 1, probability: model.pointee.coarse)
        model.pointee.learn(bit, tables.rates)
        node = node << 1 | Int(bit)
      }
      symbols[i] = UInt8(truncatingIfNeeded: node - 1 << bits)
    }
  }
}

/// One stream of symbols. Where one symbol is common, or there are only two, and symbols have places in a
/// matrix, first the places of the others are coded, then what they are.
private struct StreamModel {
  let bits: Int
  /// Of the matrix; nil where symbols have no places.
  let columns: Int?

  func code<Coder: BinaryCoder>(
    _ symbols: UnsafeMutableBufferPointer<UInt8>, with coder: inout Coder
  ) {
    guard let columns, columns > 0 else { return codeAll(symbols, &coder) }
    if bits == 1 { return codeMask(symbols, columns: columns, &coder) }
    let common = common(of: symbols)
    guard raw(common == nil ? 0 : 1, bits: 1, &coder) == 1 else {
      return codeAll(symbols, &coder)
    }
    let apart = UInt8(truncatingIfNeeded: raw(UInt32(common ?? 0), bits: bits, &coder))
    var mask = symbols.map { $0 == apart ? 0 : 1 as UInt8 }
    mask.withUnsafeMutableBufferPointer { codeMask($0, columns: columns, &coder) }
    var others: [UInt8] = []
    for i in mask.indices where mask[i] != 0 { others.append(symbols[i]) }
    others.withUnsafeMutableBufferPointer { codeAll($0, &coder) }
    var next = 0
    for i in mask.indices {
      symbols[i] = mask[i] == 0 ? apart : others[next]
      next += Int(mask[i])
    }
  }

  private func codeAll<Coder: BinaryCoder>(
    _ symbols: UnsafeMutableBufferPointer<UInt8>, _ coder: inout Coder
  ) {
    var model = SymbolModel(bits: bits)
    model.code(symbols, with: &coder)
  }

  private func codeMask<Coder: BinaryCoder>(
    _ mask: UnsafeMutableBufferPointer<UInt8>, columns: Int, _ coder: inout Coder
  ) {
    guard !mask.isEmpty else { return }
    var width = 0
    if mask.count >= 256, columns > 2 * MaskModel.widths.lowerBound {
      let found = MaskModel.width(of: UnsafeBufferPointer(mask), columns: columns)
      width = Int(raw(UInt32(found), bits: 7, &coder))
    }
    var model = MaskModel(columns: columns, width: width)
    model.code(mask, with: &coder)
  }

  /// The symbol that a quarter of all are.
  private func common(of symbols: UnsafeMutableBufferPointer<UInt8>) -> UInt8? {
    var counts = [Int](repeating: 0, count: 256)
    for symbol in symbols { counts[Int(symbol)] += 1 }
    let best = counts.indices.max { (counts[$0], $1) < (counts[$1], $0) } ?? 0
    return counts[best] > symbols.count / 4 ? UInt8(best) : nil
  }

  /// A number without a model.
  private func raw<Coder: BinaryCoder>(_ number: UInt32, bits: Int, _ coder: inout Coder) -> UInt32
  {
    (0..<bits).reversed().reduce(0) { result, place in
      result << 1 | coder.code(number >> UInt32(place) & 1, probability: 32768)
    }
  }
}

extension RangeEncoder {
  /// - Parameters:
  ///   - symbols: of so many bits each, 1...8.
  ///   - columns: the row length, where they are the elements of a matrix.
  package mutating func encode(_ symbols: [UInt8], bits: Int, columns: Int?) {
    var symbols = symbols
    symbols.withUnsafeMutableBufferPointer {
      StreamModel(bits: bits, columns: columns).code($0, with: &self)
    }
  }
}

extension RangeDecoder {
  /// What `encode` took, or of other bytes any symbols of so many bits.
  package mutating func decode(_ count: Int, bits: Int, columns: Int?) -> [UInt8] {
    var symbols = [UInt8](repeating: 0, count: count)
    symbols.withUnsafeMutableBufferPointer {
      StreamModel(bits: bits, columns: columns).code($0, with: &self)
    }
    return symbols
  }
}
