// Some examples of a data set, for techniques that look at a few.
import Networks
import Tensors

extension Dataset {
  /// Examples drawn without repetition, in the order in which they stand.
  /// - Parameters:
  ///   - count: how many; nil for the usual number, or all where there are fewer.
  /// - Throws: `CompressionError.setting` where there are not so many.
  func drawn(
    _ count: Int?, usually usual: Int, _ random: RandomStream
  ) throws(CompressionError) -> Dataset {
    let wanted = count ?? min(usual, self.count)
    guard wanted <= self.count else {
      throw .setting(
        name: "examples", wanted: "at most \(self.count), for there are no more",
        got: "\(wanted)")
    }
    var random = random
    return selecting(random.permutation(self.count).prefix(wanted).sorted())
  }
}
