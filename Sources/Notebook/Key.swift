// The key of a cell: a digest of everything that its outputs depend on. The same key means that
// they are fresh; the time, the host and the path are no part of it.

internal import Formats

/// What the outputs of a cell depend on, as 64 hexadecimal digits.
package struct Key: Hashable, Sendable {
  package let digits: String

  /// The number of digits that a notebook shows.
  package static let shortLength = 8

  /// What stands behind `k=`.
  package var short: String { String(digits.prefix(Self.shortLength)) }

  package init(digits: String) { self.digits = digits }

  /// - Parameters:
  ///   - tokens: the texts of the cell's tokens, without comments and spacing.
  ///   - reads: the names that it reads from cells above, each with the key of its cell.
  ///   - parameters: the values set from outside, for a cell that takes them.
  ///   - seed: the seed of the cell's own stream.
  ///   - files: the names and digests of the files that it reads.
  ///   - engine: the version of the engine.
  package init(
    tokens: [String], reads: [(name: String, key: Key)], parameters: [FrontMatter.Entry],
    seed: UInt64, files: [FileDigest], engine: String
  ) {
    var hash = KeyHash()
    hash.add("cnb 1")
    hash.add(tokens)
    let reads = reads.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    hash.add(reads.flatMap { [$0.name, $0.key.digits] })
    hash.add(parameters.flatMap { [$0.name, $0.value] })
    hash.add(String(seed))
    let files = files.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    hash.add(files.flatMap { [$0.name, $0.digest] })
    hash.add(engine)
    digits = hash.finish()
  }

  /// The seed of a cell's own stream of random numbers: it depends on the seed of the notebook and
  /// on the cell's identity only, so what other cells draw changes nothing.
  package static func seed(notebook: UInt64, cell identity: String) -> UInt64 {
    var hash = KeyHash()
    hash.add("seed")
    hash.add(String(notebook))
    hash.add(identity)
    return UInt64(hash.finish().prefix(16), radix: 16) ?? 0
  }
}

/// A file that a cell reads: the name it uses, and the SHA-256 of the content.
package struct FileDigest: Hashable, Sendable {
  package let name: String
  package let digest: String

  package init(name: String, digest: String) {
    self.name = name
    self.digest = digest
  }
}

/// SHA-256 over texts, each with its length, so that no two lists of texts run together.
struct KeyHash {
  private var digest = Digest()

  mutating func add(_ text: String) {
    digest.add(Array("\(text.utf8.count):".utf8))
    digest.add(Array(text.utf8))
  }

  mutating func add(_ texts: [String]) {
    digest.add(Array("[\(texts.count)]".utf8))
    for text in texts { add(text) }
  }

  func finish() -> String { digest.finish() }
}
