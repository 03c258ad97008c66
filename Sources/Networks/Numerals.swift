// Numbers in error texts, as a user writes them: 2 and not 2.0, 150% and not 1.5.

extension Double {
  /// Without a fraction where there is none.
  var numeral: String { Int(exactly: self).map { "\($0)" } ?? "\(self)" }
  /// A share of a whole, to a millionth.
  var percentage: String { "\(((self * 1e6).rounded() / 1e4).numeral)%" }
}
