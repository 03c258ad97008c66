// The data sets: digits as scikit-learn has them, MNIST from small and from real files.
import Encodings
import Formats
private import Glibc
import Networks
import Tensors
import Testing

/// Where MNIST is on this machine, if anywhere.
private let mnistPlaces: DataPlaces? = {
  let shared = DataPlaces(folders: ["../shared/data", "../../shared/data"])
  return [DataPlaces.current, shared].first { places in
    places.folders.contains { FileAccess.exists("\($0)/mnist") }
  }
}()

@Suite struct DatasetSourceTests {
  @Test(arguments: DatasetSource.all.filter(\.isEmbedded))
  func `an embedded data set is what its entry says`(source: DatasetSource) throws {
    for part in source.parts {
      let data = try source.load(part: part.name, from: DataPlaces(folders: []))
      #expect(data.name == source.name && data.part == part.name && data.classes == source.classes)
      #expect(data.count == part.count && data.exampleShape == source.exampleShape)
      #expect(data.inputs.elements.allSatisfy { (0...1).contains($0) })
      #expect(data.inputs.elements.max() == 1)
      #expect(Set(data.labels) == Set(0..<source.classes))
    }
  }

  @Test func `every entry says whose it is`() {
    for source in DatasetSource.all {
      #expect(!source.summary.isEmpty && !source.source.isEmpty)
    }
    #expect(DatasetSource.digits.source.contains("CC BY 4.0"))
    #expect(throws: FormatError.unknownData(name: "digit", known: DatasetSource.all.map(\.name))) {
      try DatasetSource.named("digit")
    }
    #expect(throws: FormatError.self) { try DatasetSource.digits.load(part: "tset") }
  }

  // np.loadtxt of scikit-learn 1.9.1's digits.csv.gz as uint8, transposed:
  //   z = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zlib.Z_FILTERED)
  //   base64.b64encode(z.compress(d.T.tobytes()) + z.flush())
  // hashlib.sha256(np.ascontiguousarray(d.T).tobytes()).hexdigest():
  @Test func `digits is scikit-learn's`() throws {
    let data = try DatasetSource.digits.load(part: "test")
    #expect(
      data.digest == "ac9fdfe258aefd68bbcff8fd47e4f51466aa6edad18827c191d2c41d9d188f6e")
    // Digit 0 of the file, which is the first of its class: d[0, :8] and the label.
    #expect(data.inputs.elements.prefix(8).map { $0 * 16 } == [0, 0, 5, 13, 9, 1, 0, 0])
    #expect(data.labels[0] == 0)
  }

  @Test func `the split of digits takes a fifth of every class`() throws {
    let train = try DatasetSource.digits.load(part: "train")
    let test = try DatasetSource.digits.load(part: "test")
    // np.bincount(d[:, 64])
    let sizes = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    for (digit, size) in sizes.enumerated() {
      let inTest = test.labels.count { $0 == digit }
      #expect(abs(Double(inTest) - Double(size) / 5) < 1)
      #expect(inTest + train.labels.count { $0 == digit } == size)
    }
  }

  @Test func `missing files tell where they were looked for`() {
    let error = #expect(throws: FormatError.self) {
      try DatasetSource.mnist.load(part: "train", from: DataPlaces(folders: ["/no/such"]))
    }
    #expect(error?.code == "E0701")
    #expect(error?.help?.contains("`/no/such/mnist`, `/no/such`") == true)
  }

  @Test(arguments: [false, true])
  func `a file that is not MNIST's is refused, and named`(packed: Bool) throws {
    let folder = Folder()
    let small: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 7, 9]
    let path = folder("t10k-images-idx3-ubyte" + (packed ? ".gz" : ""))
    try FileAccess.writeAtomically(packed ? Deflate.gzip(small) : small, to: path)
    let error = #expect(throws: FormatError.self) {
      try DatasetSource.mnist.load(part: "test", from: DataPlaces(folders: [folder.path]))
    }
    #expect(error?.code == "E0708")
    #expect(error?.message.contains(path) == true)
  }

  @Test func `a small IDX file is a tensor, gzipped or not`() throws {
    let small: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 7, 9]
    for bytes in [small, Deflate.gzip(small)] {
      guard case .tensor(let tensor) = try Format.decode(bytes, file: "a").content else {
        Issue.record("no tensor")
        continue
      }
      #expect(tensor == Tensor(trusted: [1, 1, 2], [7, 9]))
      _ = damage(bytes) { bytes throws(FormatError) in
        _ = try Format.decode(bytes, file: "a.idx")
      }
    }
    let huge: [UInt8] = [0, 0, 8, 8] + [UInt8](repeating: 0xff, count: 32)
    #expect(throws: FormatError.self) { try Format.decode(huge, file: "a.idx") }
  }

  @Test(.enabled(if: mnistPlaces != nil))
  func `the real MNIST is read and verified`() throws {
    let test = try DatasetSource.mnist.load(part: "test", from: try #require(mnistPlaces))
    #expect(test.count == 10_000 && test.exampleShape == [1, 28, 28])
    #expect(test.labels.prefix(10) == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9])
    #expect(test.inputs.elements.max() == 1 && test.inputs.elements.min() == 0)
    let train = try DatasetSource.mnist.load(part: "train", from: try #require(mnistPlaces))
    #expect(train.count == 60_000 && train.labels.prefix(5) == [5, 0, 4, 1, 9])
  }
}
