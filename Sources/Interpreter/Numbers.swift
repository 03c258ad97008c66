// The few functions of the C library that arithmetic needs.
import Glibc

enum Numbers {
  static func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
}
