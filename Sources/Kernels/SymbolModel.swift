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

/// One stream of symbols, by the way that takes the fewest bits.
private struct StreamModel {
  let bits: Int
  /// Of the matrix; nil where symbols have no places.
  let columns: Int?

  enum Way: UInt32 {
    /// As they are.
    case plain
    /// Each as a tree of decisions.
    case tree
    /// First where symbols are that are not the most common one, then which they are.
    case places
  }

  var ways: [Way] { columns ?? 0 > 0 ? [.plain, .tree, .places] : [.plain, .tree] }

  /// - Parameter way: a decoder's follows from the bits.
  func code<Coder: BinaryCoder>(
    _ symbols: UnsafeMutableBufferPointer<UInt8>, _ way: Way, with coder: inout Coder
  ) {
    let number = raw(way.rawValue, bits: ways.count - 1, &coder)
    switch Way(rawValue: number) ?? .plain {
    case .plain:
      for i in symbols.indices {
        symbols[i] = UInt8(truncatingIfNeeded: raw(UInt32(symbols[i]), bits: bits, &coder))
      }
    case .tree: codeAll(symbols, &coder)
    case .places: codePlaces(symbols, columns: columns ?? symbols.count, &coder)
    }
  }

  /// The way that takes the fewest bits: tried out where that takes no time to speak of.
  func best(for symbols: [UInt8]) -> Way {
    guard symbols.count <= 1 << 16 else {
      let counts = counts(of: symbols)
      let isCommon = (counts.max() ?? 0) > symbols.count / (symbols.count <= 1 << 20 ? 64 : 4)
      return ways.contains(.places) && (bits == 1 || isCommon) ? .places : .tree
    }
    var best = (way: Way.plain, position: Int.max)
    for way in ways {
      var (copy, encoder) = (symbols, RangeEncoder())
      copy.withUnsafeMutableBufferPointer { code($0, way, with: &encoder) }
      if encoder.position < best.position { best = (way, encoder.position) }
    }
    return best.way
  }

  private func codePlaces<Coder: BinaryCoder>(
    _ symbols: UnsafeMutableBufferPointer<UInt8>, columns: Int, _ coder: inout Coder
  ) {
    if bits == 1 { return codeMask(symbols, columns: columns, &coder) }
    let counts = counts(of: symbols)
    let common = counts.indices.max { (counts[$0], $1) < (counts[$1], $0) } ?? 0
    let apart = UInt8(truncatingIfNeeded: raw(UInt32(common), bits: bits, &coder))
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

  private func counts(of symbols: some Sequence<UInt8>) -> [Int] {
    var counts = [Int](repeating: 0, count: 256)
    for symbol in symbols { counts[Int(symbol)] += 1 }
    return counts
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
    let model = StreamModel(bits: bits, columns: columns)
    let way = model.best(for: symbols)
    var symbols = symbols
    symbols.withUnsafeMutableBufferPointer { model.code($0, way, with: &self) }
  }
}

extension RangeDecoder {
  /// What `encode` took, or of other bytes any symbols of so many bits.
  package mutating func decode(_ count: Int, bits: Int, columns: Int?) -> [UInt8] {
    var symbols = [UInt8](repeating: 0, count: count)
    symbols.withUnsafeMutableBufferPointer {
      StreamModel(bits: bits, columns: columns).code($0, .plain, with: &self)
    }
    return symbols
  }
}
