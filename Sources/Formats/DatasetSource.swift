// The table of data sets: what they are, whose they are, and how they are read.
package import Networks

package struct DatasetSource: Sendable {
  /// The field's name, such as "mnist".
  package let name: String
  package let summary: String
  /// Whose work it is, and under which terms.
  package let source: String
  /// The shape of one example (channels first); inputs are scaled to 0...1.
  package let exampleShape: [Int]
  package let classes: Int
  /// The parts and their numbers of examples: train before test.
  package let parts: [(name: String, count: Int)]
  /// Whether it is in the program itself and needs no file.
  package let isEmbedded: Bool
  /// Reads the part at a position in `parts`.
  let read: @Sendable (_ part: Int, _ places: DataPlaces) throws(FormatError) -> Dataset

  package static let all: [DatasetSource] = [.digits, .mnist]

  /// - Throws: `FormatError.unknownData`.
  package static func named(_ name: String) throws(FormatError) -> DatasetSource {
    guard let source = all.first(where: { $0.name == name }) else {
      throw .unknownData(name: name, known: all.map(\.name))
    }
    return source
  }

  /// Reads one part of the data set, such as "train".
  /// - Throws: `FormatError`: no such part, or a file that is missing, damaged, or not the one.
  package func load(
    part: String, from places: DataPlaces = .current
  ) throws(FormatError) -> Dataset {
    guard let index = parts.firstIndex(where: { $0.name == part }) else {
      throw .unknownData(name: "\(name) \(part)", known: parts.map { "\(name) \($0.name)" })
    }
    return try read(index, places)
  }
}
