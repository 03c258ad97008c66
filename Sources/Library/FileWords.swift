// Words that read and write files.
import Formats
import Interpreter
import Networks
import Tensors

enum FileWords {
  static let all = [load, save, augment]

  static let load = Builtin(
    "load", "Reads a data set by its name, or a network or tensors from a file.",
    Parameter<String>(
      "name",
      "the name of a data set, or the path of a file; with a star, of all files that fit it"),
    details: "Data sets: "
      + DatasetSource.all.map { "\"\($0.name)\" (\($0.summary))" }.joined(separator: ", ")
      + ". They are looked for in $CNB_DATA and in the data cache. Files: "
      + Format.all.map(\.name).joined(separator: ", ")
      + ", gzipped or not. What a file is, its first bytes say. A star in its name stands for any "
      + "characters: load \"networks/small-*.cnbm\" gives a list, in the order of the names.",
    examples: [
      Example(
        "load \"digits\"",
        shows: "digits: 1,437 examples to train, 360 examples to test, of 64, 10 classes")
    ], seeAlso: ["save"]
  ) { context, name -> Value in
    if let source = DatasetSource.all.first(where: { $0.name == name }) {
      return try dataset(source, .current, context)
    }
    let path = try context.readable(name)
    if let pattern = FilePattern(name), !FileAccess.exists(path) {
      return try all(of: pattern, name, context)
    }
    let looksLikeName = !name.contains("/") && !name.contains(".")
    if looksLikeName, !FileAccess.exists(path) {
      throw Problem(
        "E0714", "there is no data set and no file called \"\(name)\"",
        help: Problem.suggestion(for: name, among: DatasetSource.all.map(\.name))
          ?? "data sets: " + DatasetSource.all.map(\.name).joined(separator: ", "),
        parameter: "name")
    }
    if FileAccess.isFolder(path) { return try folder(path, name, context) }
    let (value, digest) = try one(path, name, context)
    context.didRead(FileRead(path: name, digest: digest))
    return value
  }

  private static func all(
    of pattern: FilePattern, _ name: String, _ context: Context
  ) throws -> Value {
    var values: [Value] = []
    var files: [(name: String, digest: String)] = []
    for file in pattern.paths(in: context.surroundings.folder) {
      try context.checkInterrupt()
      let (value, digest) = try one(try context.readable(file), file, context)
      values.append(value)
      files.append((file, digest))
    }
    guard !values.isEmpty else {
      throw Problem("E0701", "no file fits `\(name)`", parameter: "name")
    }
    context.didRead(FileRead(path: name, digest: LoadedFile.digest(of: files)))
    return .list(values)
  }

  /// What a file holds, and the SHA-256 of its bytes.
  private static func one(
    _ path: String, _ name: String, _ context: Context
  ) throws -> (Value, digest: String) {
    let (loaded, digest) = try calling(path, name) {
      let bytes = try FileAccess.read(path)
      return (try Format.decode(bytes, file: path), Digest.sha256(bytes))
    }
    for notice in loaded.notices { context.warn("\(name): \(notice)") }
    let value: Value =
      switch loaded.content {
      case .network(let network): NetworkValue(network, isRecorded: true).bridged
      case .tensor(let tensor): .tensor(tensor)
      case .tensors(let tensors): .record(tensors.map { ($0.name, .tensor($0.tensor)) })
      }
    return (value, digest)
  }

  /// Errors call a file as the program does: where that is on this machine is nobody's business.
  static func calling<R>(
    _ path: String, _ name: String, _ parameter: String = "name", _ work: () throws -> R
  ) throws -> R {
    do { return try work() } catch let error as FormatError {
      throw Problem(
        error.code, error.message.replacing("`\(path)`", with: "`\(name)`"), help: error.help,
        parameter: parameter)
    }
  }

  private static func dataset(
    _ source: DatasetSource, _ places: DataPlaces, _ context: Context
  ) throws -> Value {
    var parts: [(name: String, dataset: Dataset)] = []
    for part in source.parts {
      try context.checkInterrupt()
      let dataset = try source.load(part: part.name, from: places)
      parts.append((part.name, dataset))
    }
    return DatasetParts(source, parts).bridged
  }

  /// A folder with the files of a data set.
  private static func folder(_ path: String, _ name: String, _ context: Context) throws -> Value {
    let last = path.split(separator: "/").last.map(String.init) ?? ""
    let known = DatasetSource.all.first { $0.name == last && !$0.isEmbedded }
    if known == nil, !FileAccess.names(in: path).contains(where: { $0.contains("idx") }) {
      throw Problem(
        "E0702", "`\(name)` is a folder, and no data set is in it",
        help: "a star loads many files: \"\(name.hasSuffix("/") ? name : name + "/")*.cnbm\"",
        parameter: "name")
    }
    let source = known ?? .mnist
    return try dataset(source, DataPlaces(folders: [path]), context)
  }

  static let save = Builtin(
    "save",
    "Writes a network, a tensor or a record of tensors to a file; the name's ending says which format.",
    Parameter<Value>("value", "what to write"),
    Parameter<String>("path", "such as \"small.cnbm\""),
    details: "Formats: "
      + Format.all.filter { $0.encode != nil }
      .map { "." + ($0.extensions.first ?? $0.name) + " (\($0.summary))" }.joined(separator: ", ")
      + ". A network's file carries its receipt. A file is replaced whole or not at all.",
    examples: [Example("save(tensor([1, 2]), \"small.npy\")", shows: "saved small.npy  136 B")],
    seeAlso: ["load", "ledger"]
  ) { context, value, path -> Page in
    guard FilePattern(path) == nil else {
      throw Problem(
        "E0710", "\"\(path)\" was not written: a star stands for many files", parameter: "path")
    }
    let content = try content(of: value)
    let target = try context.writable(path)
    let bytes = try calling(target, path, "path") {
      try Format.save(content, to: target)
      return Double(try FileAccess.read(target).count)
    }
    let mark = (try? NetworkValue(from: value))?.sizeMark(bytes) ?? .exact
    return Page { _ in
      ["saved \(path)  \(Text.quantity(Quantity(bytes, .bytes(.file), mark: mark)))"]
    }
  }

  static let augment = Builtin(
    "augment",
    "Images that training sees a little changed each time: more examples than there are.",
    Parameter<DatasetValue>("dataset", "of images"),
    Parameter<Int>(
      "shift", "pixels that an image moves at most, along each axis; what moves in is 0",
      named: true,
      rule: .init("from 0 to half the image") { $0 >= 0 }),
    details:
      "Every word that trains draws anew for each example and epoch. Every word that measures "
      + "sees the images as they are.",
    source: "Simard et al. 2003, doi:10.1109/ICDAR.2003.1227801",
    examples: [
      Example(
        "data = load \"digits\"\naugment(data.train, shift: 1).name",
        shows: "digits.train shifted by up to 1")
    ], seeAlso: ["load", "train", "distill"]
  ) { _, data, shift -> DatasetValue in
    let shape = data.dataset.exampleShape
    let side = Int(Double(shape.reduce(1, *)).squareRoot())
    let image =
      switch shape.count {
      case 3: shape
      case 2: [1] + shape
      // Digits are lists of their 8×8 pixels.
      case 1 where side * side == shape[0]: [1, side, side]
      default: [Int]()
      }
    guard image.count == 3 else {
      throw Problem(
        "E0504", "`augment` wants images, got examples of \(Text.shape(shape))",
        parameter: "dataset")
    }
    guard 2 * shift <= min(image[1], image[2]) else {
      throw Problem(
        "E0207", "`shift` must be at most half the image, got \(shift) for \(Text.shape(image))",
        parameter: "shift")
    }
    var dataset = data.dataset
    dataset.augmentation = Augmentation(image: image, shift: shift)
    return DatasetValue(dataset)
  }

  private static func content(of value: Value) throws(Problem) -> Content {
    switch value {
    case .tensor(let tensor): return .tensor(tensor)
    case .record(let record):
      var tensors: [(name: String, tensor: Tensor)] = []
      for (name, field) in record.fields {
        guard let tensor = try? Tensor(from: field) else {
          throw Problem(
            "E0716", "a record is saved where every field is a tensor; `\(name)` is \(field.kind)")
        }
        tensors.append((name, tensor))
      }
      return .tensors(tensors)
    default:
      if let network = try? NetworkValue(from: value) { return .network(network.network) }
      if let tensor = try? Tensor(from: value) { return .tensor(tensor) }
      throw Problem(
        "E0716", "\(value.kind) cannot be saved: only networks, tensors and records of tensors can")
    }
  }
}

extension Context {
  /// The path as the program's folder makes it, where it may be read.
  func readable(_ path: String) throws(Problem) -> String {
    try allowed(path, within: surroundings.readable, verb: "read", key: "read")
  }

  func writable(_ path: String) throws(Problem) -> String {
    try allowed(path, within: surroundings.writable, verb: "written", key: "write")
  }

  private func allowed(
    _ path: String, within folders: [String]?, verb: String, key: String
  ) throws(Problem) -> String {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw Problem("E0715", "a path is missing: the string is empty")
    }
    let whole = FileAccess.path(path, from: surroundings.folder)
    guard let folders else { return whole }
    let real = RealPath.of(whole)
    guard folders.contains(where: { real == $0 || real.hasPrefix($0 + "/") }) else {
      throw Problem(
        "E0717", "\"\(path)\" may not be \(verb) by this notebook",
        help: "its front matter can ask for it: allow: [\(key):\(path)]")
    }
    return whole
  }
}
