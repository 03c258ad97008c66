// What can be wrong with a notebook or its file, as data: a code, one sentence, and the line where
// it stands.

/// A code of the notebook's own errors and warnings.
package enum NotebookCode: String, CaseIterable, Sendable {
  case encoding = "E0801"
  case unclosedFence = "E0802"
  case mergeMarker = "E0803"
  case duplicateID = "E0804"
  case bidirectionalControl = "E0805"
  case nulByte = "E0806"
  case infoString = "E0807"
  case unknownOption = "E0808"
  case frontMatter = "E0809"
  case formatVersion = "E0810"
  case misplacedCell = "E0811"
  case indentedFence = "E0812"
  case orphanOutput = "E0813"
  case byteOrderMark = "E0814"
  case claim = "E0815"
  case expectedError = "E0816"
  case unknownParameter = "E0817"
  case busy = "E0818"
  case unreadable = "E0819"
  case unwritable = "E0820"
  case changedMeanwhile = "E0821"
  case unseenFile = "E0822"

  /// One sentence for the catalog of codes.
  package var summary: String {
    switch self {
    case .encoding: "A notebook is UTF-8 text; these bytes are not."
    case .unclosedFence: "A fence that is never closed would swallow the rest of the notebook."
    case .mergeMarker: "A notebook with merge markers is two notebooks; merge them first."
    case .duplicateID: "Two cells have one id, so their outputs could be mixed up."
    case .bidirectionalControl: "Invisible direction marks make code read otherwise than it runs."
    case .nulByte: "A NUL byte has no place in a text file."
    case .infoString: "The line that opens a cell is not written as the format asks."
    case .unknownOption: "The option is kept, but this version of cnb does nothing with it."
    case .frontMatter: "The front matter is a few flat keys in YAML, and this is not."
    case .formatVersion: "The notebook asks for a format that this version of cnb does not know."
    case .misplacedCell:
      "A cell inside a list, a quote, HTML or indented code is prose and never runs."
    case .indentedFence: "A fence that is indented takes its indentation away from the code."
    case .orphanOutput: "An output that does not follow a cell belongs to nobody and is left alone."
    case .byteOrderMark:
      "The byte order mark at the start is ignored, and left out of what is written."
    case .claim: "A claim names a cell and holds an expression; this one does not."
    case .expectedError: "A cell marked error=CODE must fail with that code and no other."
    case .unknownParameter: "A value was set for a name that no cell marked params binds."
    case .busy: "Another run is writing this notebook at this moment."
    case .unreadable: "The notebook cannot be read."
    case .unwritable: "The notebook, or the folder it is in, cannot be written."
    case .changedMeanwhile:
      "The notebook was edited while it ran, so some outputs have no cell any more."
    case .unseenFile:
      "A file read by a computed name is not part of the key, so status cannot watch it."
    }
  }

  /// Whether the notebook can still be run.
  package var isWarning: Bool {
    switch self {
    case .unknownOption, .misplacedCell, .indentedFence, .orphanOutput, .byteOrderMark,
      .changedMeanwhile, .unseenFile:
      true
    default: false
    }
  }

  /// The exit code of the command that ends with this error.
  package var exitCode: ExitCode {
    switch self {
    case .busy, .unwritable: .permission
    case .unknownParameter: .usage
    case .expectedError: .failed
    default: .unreadable
    }
  }
}

/// One error or warning about a notebook.
package struct NotebookProblem: Error, Equatable, Sendable, CustomStringConvertible {
  package let code: NotebookCode
  /// One sentence, lower case, without a final full stop.
  package let message: String
  /// One suggestion, or nil.
  package let help: String?
  /// The line in the file, counted from 1, or nil when it is about the file as a whole.
  package let line: Int?

  package init(_ code: NotebookCode, _ message: String, help: String? = nil, line: Int? = nil) {
    self.code = code
    self.message = message
    self.help = help
    self.line = line
  }

  package var isWarning: Bool { code.isWarning }
  package var description: String { message }
}

/// What the command tells the shell.
package enum ExitCode: Int32, CaseIterable, Sendable {
  case ok = 0
  case failed = 1
  case mismatch = 2
  case timeout = 3
  case memory = 4
  case permission = 5
  case unreadable = 6
  case usage = 64
  case interrupted = 130
}
