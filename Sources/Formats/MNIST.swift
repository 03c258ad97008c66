// MNIST: 70,000 handwritten digits of 28 × 28 pixels, from its four IDX files, gzipped or not.
// A file is what its SHA-256 says, whatever it is called.
import Networks
import Tensors

extension DatasetSource {
  package static let mnist = DatasetSource(
    name: "mnist",
    summary:
      "70,000 handwritten digits of 28 × 28 pixels; read from $CNB_DATA, the data cache or a path",
    source: "Y. LeCun, C. Cortes, C. J. C. Burges: The MNIST database of handwritten digits, 1998, "
      + "http://yann.lecun.com/exdb/mnist/",
    exampleShape: [1, 28, 28],
    classes: 10,
    parts: [("train", 60_000), ("test", 10_000)],
    isEmbedded: false,
    read: { part, places throws(FormatError) in
      try (part == 0 ? MNISTFiles.train : MNISTFiles.test).read(places)
    })
}

/// One of the four files.
struct KnownFile {
  let name: String
  /// SHA-256 of the IDX file.
  let digest: String
  /// SHA-256 of a gzipped form that is often met: a match saves hashing the larger contents.
  let packedDigest: String
}

struct MNISTFiles {
  let part: String
  let images: KnownFile
  let labels: KnownFile

  // Computed from files whose gzipped labels have the MD5 that torchvision lists for them.
  static let train = MNISTFiles(
    part: "train",
    images: KnownFile(
      name: "train-images-idx3-ubyte",
      digest: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
      packedDigest: "0b367032e93c5d0cea0925647cfdb18614af8ee15f83e6f2fc2ad904a6835971"),
    labels: KnownFile(
      name: "train-labels-idx1-ubyte",
      digest: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
      packedDigest: "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"))
  static let test = MNISTFiles(
    part: "test",
    images: KnownFile(
      name: "t10k-images-idx3-ubyte",
      digest: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
      packedDigest: "ba05d2d6e06f59dd97d2d5378250478bb5c9b64296a5c2681700569121e3a2d7"),
    labels: KnownFile(
      name: "t10k-labels-idx1-ubyte",
      digest: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
      packedDigest: "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"))

  func read(_ places: DataPlaces) throws(FormatError) -> Dataset {
    let pixels = try bytes(of: images, places)
    let classes = try bytes(of: labels, places)
    let images = try IDX(pixels, file: images.name)
    let labels = try IDX(classes, file: labels.name)
    let scaled = Pixels.scaled(images.values, highest: 255)
    return Dataset(
      name: "mnist", part: part,
      inputs: Tensor(trusted: [images.shape[0], 1, 28, 28], scaled),
      labels: labels.values.map(Int.init), classes: 10,
      // Of the two files' digests, which stand for their contents and are verified above.
      digest: Digest.sha256(Array((self.images.digest + self.labels.digest).utf8)))
  }

  /// The IDX file, found and known to be the one; so its sizes are right too.
  private func bytes(of known: KnownFile, _ places: DataPlaces) throws(FormatError) -> [UInt8] {
    let dotted = known.name.replacing("-idx", with: ".idx")
    let names = [known.name, dotted].flatMap { [$0, "\($0).gz"] }
    guard let path = places.find(names, of: "mnist") else {
      throw .missing(file: "\(known.name).gz", help: advice(places))
    }
    let stored = try FileAccess.read(path)
    let bytes = try Gzip.unpackedIfPacked(stored, file: path)
    if stored.count != bytes.count && Digest.sha256(stored) == known.packedDigest { return bytes }
    let found = Digest.sha256(bytes)
    guard found == known.digest else {
      throw .digest(file: path, wanted: known.digest, found: found)
    }
    return bytes
  }

  private func advice(_ places: DataPlaces) -> String {
    let looked = places.candidates(for: "mnist").map { "`\($0)`" }.joined(separator: ", ")
    return "put the four MNIST files into one folder and name it in CNB_DATA; "
      + (looked.isEmpty ? "no folder was named" : "looked in \(looked)")
  }
}

/// Pixels as numbers.
enum Pixels {
  /// Bytes from 0 to the highest, as numbers from 0 to 1.
  static func scaled(_ bytes: ArraySlice<UInt8>, highest: Float) -> [Float] {
    let values = (0...255).map { Float($0) / highest }
    return [Float](unsafeUninitializedCapacity: bytes.count) { floats, count in
      count = bytes.count
      bytes.withUnsafeBufferPointer { source in
        for i in 0..<count { floats[i] = values[Int(source[i])] }
      }
    }
  }
}
