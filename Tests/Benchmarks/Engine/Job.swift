// What can be timed, by name. Every job makes its own numbers (Figures), the same ones as its peers.

/// Work that is repeated.
protocol Job: AnyObject {
  /// What one repetition counts for, such as the images of a batch.
  var units: Double { get }
  func run() throws
  /// Some of the numbers that the last repetition gave.
  var answer: [Double] { get }
}

/// A job that cannot begin, and why.
struct Refusal: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// Work in a closure, and what of its last result is compared.
final class Task<Result>: Job {
  let units: Double
  private let body: () throws -> Result
  private let figures: (Result) -> [Double]
  private var result: Result?

  init(
    units: Double = 1, _ body: @escaping () throws -> Result,
    compares figures: @escaping (Result) -> [Double]
  ) {
    self.units = units
    self.body = body
    self.figures = figures
  }

  func run() throws { result = try body() }

  var answer: [Double] { result.map(figures) ?? [] }
}

enum Jobs {
  /// Every job: what follows its name on the command line, and what it does.
  private static let all:
    [(name: String, words: Int, make: @Sendable ([String]) throws -> any Job)] = [
      ("train", 4, { try Training($0[0], batch: size($0[1]), examples: size($0[2]), $0[3]) }),
      ("curvature", 3, { try Curvature.job(network: $0[0], batch: size($0[1]), $0[2]) }),
      (
        "count", 2, { try Inference.counting(network: $0[0], batch: size($0[1])) }
      ),
      ("infer", 3, { try Inference.job(network: $0[0], batch: size($0[1]), bits: size($0[2])) }),
      ("matvec", 3, { try Vectors.job(size: size($0[0]), bits: size($0[1]), copies: size($0[2])) }),
      (
        "sparse", 4,
        {
          try SparseProducts.job(
            $0[0], rows: size($0[1]), columns: size($0[2]), batch: size($0[3]))
        }
      ),
      (
        "pruned", 3, { try SparseProducts.network($0[0], $0[1], batch: size($0[2])) }
      ),
      ("quantize", 2, { try Streams.quantize(rows: size($0[0]), columns: size($0[1])) }),
      ("surgery", 1, { try Surgery.job(network: $0[0]) }),
      ("load", 2, { try Loading.job($0[0], megabytes: size($0[1])) }),
      ("select", 1, { try Streams.select(count: size($0[0])) }),
      ("read", 1, { try Streams.read(count: size($0[0])) }),
      ("copy", 1, { try Streams.copy(count: size($0[0])) }),
      (
        "code", 4,
        { try Coding.job($0[0], $0[1], rows: size($0[2]), columns: size($0[3])) }
      ),
      ("svd", 2, { try Matrices.svd(size($0[0]), size($0[1])) }),
      ("top", 3, { try Matrices.top(size($0[0]), size($0[1]), rank: size($0[2])) }),
      ("randomized", 3, { try Matrices.randomized(size($0[0]), size($0[1]), rank: size($0[2])) }),
      ("product", 1, { try Matrices.product(size($0[0])) }),
      (
        "share", 3,
        { try Clusters.line(size: size($0[0]), count: size($0[1]), rounds: size($0[2])) }
      ),
      (
        "cluster", 4,
        {
          try Clusters.job(
            size: size($0[0]), width: size($0[1]), count: size($0[2]), rounds: size($0[3]))
        }
      ),
    ]

  static func named(_ words: [String]) throws -> any Job {
    guard let entry = all.first(where: { $0.name == words.first }) else {
      throw Refusal("a job: \(all.map(\.name).joined(separator: ", "))")
    }
    guard words.count == entry.words + 1 else {
      throw Refusal("`\(entry.name)` takes \(entry.words) words")
    }
    return try entry.make(Array(words.dropFirst()))
  }

  private static func size(_ word: String) throws -> Int {
    guard let size = Int(word), size > 0 else { throw Refusal("a size, got `\(word)`") }
    return size
  }
}
