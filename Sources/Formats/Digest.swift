// SHA-256, by which data sets, receipts and the keys of cells name bytes.
private import CDigest

/// A digest of bytes that come piece by piece (FIPS 180-4, 2015).
package struct Digest {
  private var state = SHA2_CTX()

  package init() { SHA256Init(&state) }

  package mutating func add(_ bytes: [UInt8]) { SHA256Update(&state, bytes, bytes.count) }

  /// The digest of all that was added so far, as 64 hexadecimal digits.
  package func finish() -> String {
    var state = state
    var sum = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
    SHA256Final(&sum, &state)
    let digits = Array("0123456789abcdef".utf8)
    let text = sum.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    return String(decoding: text, as: UTF8.self)
  }

  package static func sha256(_ bytes: [UInt8]) -> String {
    var digest = Digest()
    digest.add(bytes)
    return digest.finish()
  }
}
