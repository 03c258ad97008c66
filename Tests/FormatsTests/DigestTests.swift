// SHA-256 against the published vectors, and piece by piece against all at once.

import Formats
import Testing

@Suite struct DigestTests {
  /// FIPS 180-4 examples (NIST, Cryptographic Standards and Guidelines: Example Values), and the
  /// digests that `sha256sum` gives for texts about as long as a block of 64 bytes.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      String(repeating: "a", count: 55),
      "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"
    ),
    (
      String(repeating: "a", count: 64),
      "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"
    ),
    (
      String(repeating: "a", count: 1_000_000),
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    ),
  ])
  func publishedDigestsAreMet(text: String, digest: String) {
    #expect(Digest.sha256(Array(text.utf8)) == digest)
  }

  @Test func piecesMakeTheSameDigestAsTheWhole() {
    let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    for length in [0, 1, 63, 64, 65, 128, 299] {
      var digest = Digest()
      digest.add(Array(bytes[..<length]))
      let before = digest.finish()
      digest.add(Array(bytes[length...]))
      #expect(digest.finish() == Digest.sha256(bytes))
      #expect(before == Digest.sha256(Array(bytes[..<length])))
    }
  }
}
