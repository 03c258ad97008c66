// A matrix of small integers in groups, times a vector: what answering one question of a large network is made of.

enum Vectors {
  /// - Parameter copies: matrices that take turns; more than the caches hold, for more than one.
  static func job(size: Int, bits: Int, copies: Int) throws -> any Job {
    throw Refusal("no grouped matrices yet")
  }
}
