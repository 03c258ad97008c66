// Laws over the table of formats.
import Encodings
import Formats
import Networks
import Tensors
import Testing

@Suite struct FormatTests {
  @Test func `names and endings are unique, and every entry says what it is`() {
    #expect(Set(Format.all.map(\.name)).count == Format.all.count)
    let endings = Format.all.flatMap(\.extensions)
    #expect(Set(endings).count == endings.count)
    for format in Format.all {
      #expect(!format.summary.isEmpty && !format.source.isEmpty)
      #expect(Format.named(by: "X.\(format.extensions[0].uppercased())")?.name == format.name)
    }
  }

  @Test(arguments: Format.all.map(\.name))
  func `empty, random and short files are refused`(name: String) throws {
    let format = try #require(Format.all.first { $0.name == name })
    var random = SplitMix(state: 1)
    for size in [0, 1, 4, 8, 9, 64, 300] {
      let bytes = (0..<size).map { _ in UInt8.random(in: 0...255, using: &random) }
      let error = #expect(throws: FormatError.self) { try format.decode(bytes, "a.b") }
      #expect(error?.message.contains("a.b") == true)
    }
  }

  @Test(arguments: Format.all.map(\.name))
  func `what a format writes, it recognizes, and no other does`(name: String) throws {
    let format = try #require(Format.all.first { $0.name == name })
    let contents: [Content] = [
      .network(try Samples.network(seed: 1)), .tensor(samples()[3]),
      .tensors([("a", samples()[3]), ("b", samples()[0])]),
    ]
    for content in contents {
      guard let bytes = try? format.encode?(content, "a") else { continue }
      #expect(Format.all.filter { $0.recognizes(bytes) }.map(\.name) == [name])
      #expect(throws: Never.self) { try Format.decode(Deflate.gzip(bytes), file: "a.gz") }
    }
  }

  @Test func `a file in no format is told, with the endings that are read`() {
    let error = #expect(throws: FormatError.self) {
      try Format.decode(Array("hello".utf8), file: "a.txt")
    }
    #expect(error == .unknownFormat(file: "a.txt"))
    #expect(error?.help?.contains(".safetensors") == true)
  }
}
