// SHA-256 in hexadecimal, as data sets and receipts name their files.
private import Crypto

package enum Digest {
  package static func sha256(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef")
    return String(
      SHA256.hash(data: bytes).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }
}
