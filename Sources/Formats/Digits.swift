// The digits data set, carried in the program: 1,797 handwritten digits of 8 × 8 pixels, 0 to 16,
// which are the test part of UCI's, as scikit-learn has them, in the same order.
import Encodings
import Networks
import Tensors

extension DatasetSource {
  package static let digits = DatasetSource(
    name: "digits",
    summary: "1,797 handwritten digits of 8 × 8 pixels, in the program itself",
    source: "E. Alpaydin, C. Kaynak: Optical Recognition of Handwritten Digits, 1998, "
      + "UCI Machine Learning Repository, doi:10.24432/C50P49, CC BY 4.0; the test part",
    exampleShape: [64],
    classes: 10,
    parts: [("train", 1437), ("test", 360)],
    isEmbedded: true,
    read: { part, _ throws(FormatError) in try Digits.read(test: part == 1) })
}

enum Digits {
  static let count = 1797
  static let pixels = 64

  /// All first pixels, all second pixels, …, all labels: that deflates best.
  static let planes: [UInt8] = {
    let packed = Base64.decode(firstHalf + secondHalf) ?? []
    return (try? Deflate.inflate(packed, limit: count * (pixels + 1))) ?? []
  }()

  /// The test part is every fifth example once they are sorted by class (in their own order within
  /// a class), from the first one on: 360 of them, each class with a fifth of its examples. It
  /// depends on no random numbers. Both parts keep the order of the data set.
  static func isTest(labels: ArraySlice<UInt8>) -> [Bool] {
    var isTest = [Bool](repeating: false, count: labels.count)
    let sorted = labels.indices.sorted { (labels[$0], $0) < (labels[$1], $1) }
    for rank in stride(from: 0, to: sorted.count, by: 5) {
      isTest[sorted[rank] - labels.startIndex] = true
    }
    return isTest
  }

  static func read(test: Bool) throws(FormatError) -> Dataset {
    guard planes.count == count * (pixels + 1) else {
      throw .checksum(file: "digits", part: "the embedded data")
    }
    let labels = planes[(count * pixels)...]
    let isTest = isTest(labels: labels)
    let chosen = (0..<count).filter { isTest[$0] == test }
    var inputs: [Float] = []
    inputs.reserveCapacity(chosen.count * pixels)
    for example in chosen {
      for pixel in 0..<pixels { inputs.append(Float(planes[pixel * count + example]) / 16) }
    }
    return Dataset(
      name: "digits", part: test ? "test" : "train",
      inputs: Tensor(trusted: [chosen.count, pixels], inputs),
      labels: chosen.map { Int(labels[labels.startIndex + $0]) }, classes: 10,
      digest: Digest.sha256(planes))
  }
}
