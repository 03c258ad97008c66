// What can go wrong with files and data sets, as data. Every message names the file.
package import Encodings
package import Networks
import Tensors

package enum FormatError: EngineError, Equatable {
  /// There is no such file; where else it was looked for, and what to do about it.
  case missing(file: String, help: String?)
  /// The system does not let us read it: the system's own words.
  case unreadable(file: String, reason: String)
  /// Truncated, or bytes that cannot be what they claim to be; counted from the file's first byte.
  case damaged(file: String, what: String, offset: Int)
  /// Something larger than this engine takes, said before any memory is asked for.
  case tooLarge(file: String, what: String, found: Int, limit: Int)
  /// A network's parameter with a value that is not a finite number.
  case notFinite(file: String, tensor: String, index: [Int])
  /// Neither the first bytes nor the name tell what it is.
  case unknownFormat(file: String, isWritten: Bool = false)
  /// The stored checksum is not that of the bytes.
  case checksum(file: String, part: String)
  /// A file of a known data set with other contents.
  case digest(file: String, wanted: String, found: String)
  /// The disk is full, or a quota is used up.
  case noSpace(file: String)
  /// The system does not let us write it: the system's own words.
  case unwritable(file: String, reason: String)
  /// A part of the format that is not read here, such as pickled objects.
  case unsupported(file: String, what: String)
  /// A value that a format cannot hold.
  case cannotHold(file: String, format: String, what: String)
  /// The file holds a network that does not hold together.
  case network(file: String, NetworkError)
  /// No data set, or part of one, is called so.
  case unknownData(name: String, known: [String])

  package var code: String {
    switch self {
    case .missing: "E0701"
    case .unreadable: "E0702"
    case .damaged: "E0703"
    case .tooLarge: "E0704"
    case .notFinite: "E0705"
    case .unknownFormat: "E0706"
    case .checksum: "E0707"
    case .digest: "E0708"
    case .noSpace: "E0709"
    case .unwritable: "E0710"
    case .unsupported: "E0711"
    case .cannotHold: "E0712"
    case .network: "E0713"
    case .unknownData: "E0714"
    }
  }

  package var message: String {
    switch self {
    case .missing(let file, _): "there is no file `\(file)`"
    case .unreadable(let file, let reason): "`\(file)` cannot be read: \(reason)"
    case .damaged(let file, let what, let offset): "`\(file)` is damaged at byte \(offset): \(what)"
    case .tooLarge(let file, let what, let found, let limit):
      "`\(file)` has \(what) of \(found), and at most \(limit) is taken"
    case .notFinite(let file, let tensor, let index):
      "`\(file)` holds a network with a value that is not a finite number: `\(tensor)` at \(index)"
    case .unknownFormat(let file, true):
      "`\(file)` was not written: its ending names none of the formats "
        + Format.all.filter { $0.encode != nil }.map(\.name).joined(separator: ", ")
    case .unknownFormat(let file, false):
      "`\(file)` is in none of the formats " + Format.all.map(\.name).joined(separator: ", ")
    case .checksum(let file, let part): "`\(file)` is damaged: the checksum of \(part) is wrong"
    case .digest(let file, let wanted, let found):
      "`\(file)` is not the file of that data set: its SHA-256 is \(found.prefix(16))…, "
        + "and \(wanted.prefix(16))… is wanted"
    case .noSpace(let file): "`\(file)` was not written: the disk is full"
    case .unwritable(let file, let reason): "`\(file)` was not written: \(reason)"
    case .unsupported(let file, let what): "`\(file)` holds \(what), which is not read here"
    case .cannotHold(let file, let format, let what):
      "`\(file)` was not written: \(format) cannot hold \(what)"
    case .network(let file, let error):
      "`\(file)` holds a network that does not hold together: \(error.message)"
    case .unknownData(let name, _): "there is no data set called `\(name)`"
    }
  }

  package var help: String? {
    switch self {
    case .missing(_, let help): help
    case .damaged, .checksum: "it may have been cut short on its way: fetch or save it again"
    case .digest: "fetch it again, or load it by its path as plain tensors"
    case .noSpace: "nothing was changed: a file of that name is as it was before"
    case .unknownFormat(_, let isWritten):
      "cnb \(isWritten ? "writes" : "reads") files ending in "
        + Format.all.filter { !isWritten || $0.encode != nil }.flatMap(\.extensions).map {
          ".\($0)"
        }.joined(separator: ", ")
    case .unknownData(_, let known): "there are " + known.joined(separator: ", ")
    case .network(_, let error): error.help
    default: nil
    }
  }

  /// The same fault, found by a room that knows positions and no files.
  package init(_ error: BytesError, in file: String, after start: Int = 0) {
    self = .damaged(file: file, what: error.message, offset: start + error.offset)
  }
}
