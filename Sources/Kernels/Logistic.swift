// The logistic function and its inverse in whole numbers: probabilities in 65,536ths, and log odds in
// 256ths, from tables that every machine makes alike.

enum Logistic {
  /// Log odds reach from -12 to 12.
  static let reach: Int32 = 12 * 256

  /// The probability of each log odds from `-reach` on, 1...65535.
  static let probabilities: [UInt16] = {
    // e^(-1/256) in 2^-62, and its powers.
    let factor: UInt64 = 4_593_706_758_521_714_574
    var power: UInt64 = 1 << 62
    var upper: [UInt16] = []
    for _ in 0...reach {
      // 65536 / (1 + e^-x), to the nearest whole number.
      let odds = (UInt64(1) << 62 &+ power) >> 15
      let quotient = ((UInt64(1) << 63) + odds / 2) / odds
      upper.append(UInt16(min(65535, quotient)))
      power = power.multipliedFullWidth(by: factor).high << 2
    }
    return upper.dropFirst().reversed().map { UInt16(65536 - UInt32($0)) } + upper
  }()

  /// The log odds of each probability in 65,536ths; those of 0 as of 1.
  static let logOdds: [Int16] = {
    var table = [Int16](repeating: 0, count: 65536)
    var place = 0
    for p in 0..<65536 {
      while place + 1 < probabilities.count, Int(probabilities[place + 1]) <= p { place += 1 }
      table[p] = Int16(Int32(place) - reach)
    }
    return table
  }()
}
