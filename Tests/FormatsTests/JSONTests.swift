// Laws and hostile texts for the JSON reader.
import Encodings
import Formats
import Testing

@Suite struct JSONTests {
  @Test(arguments: [
    "null", "true", "[]", "{}", "[1,-2,0,9223372036854775807]", "[0.5,1e+20,-1.5]",
    #"{"a":[{"b":"c"}],"d":""}"#, #""\"\\\n\u0001é😀""#,
  ])
  func `what is written reads as the same value`(text: String) throws {
    let value = try JSON(parsing: Array(text.utf8))
    #expect(value.text == text)
    #expect(try JSON(parsing: Array(value.text.utf8)) == value)
  }

  @Test func `escapes and surrogate pairs decode`() throws {
    let value = try JSON(parsing: Array(#" "\/\b\f\u00e9\ud83d\ude00" "#.utf8))
    #expect(value == .string("/\u{8}\u{c}é😀"))
  }

  @Test func `a whole number too large for 64 bits is a number, and 1e999 is refused`() throws {
    #expect(
      try JSON(parsing: Array("18446744073709551616".utf8)) == .number(18_446_744_073_709_551_616))
    #expect(throws: BytesError.self) { try JSON(parsing: Array("1e999".utf8)) }
  }

  @Test(arguments: [
    "", " ", "nul", "tru", "01", "1.", ".5", "1e", "+1", "-", "[1,]", "[1 2]", "{\"a\":1,}",
    "{a:1}",
    "{\"a\" 1}", "{\"a\":1", "\"", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\ud800\\u0041\"",
    "\"\\udc00\"", "\"\n\"", "1 2", "[", "]", "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}", "NaN",
  ])
  func `anything else is refused`(text: String) {
    #expect(throws: BytesError.self) { try JSON(parsing: Array(text.utf8)) }
  }

  @Test func `bytes that are not UTF-8 are refused`() {
    for bytes: [UInt8] in [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x82]] {
      #expect(throws: BytesError.self) { try JSON(parsing: [0x22] + bytes + [0x22]) }
    }
  }

  @Test(arguments: ["[", "{\"a\":"])
  func `nesting has a limit and never overflows the stack`(open: String) {
    let text = String(repeating: open, count: 100_000)
    let error = #expect(throws: BytesError.self) { try JSON(parsing: Array(text.utf8)) }
    #expect(error?.message.contains("nests deeper than 32") == true)
  }

  @Test func `every prefix of a text is refused or a value, never a trap`() {
    let bytes = Array(#"{"a":[1,2.5e-3,{"b":"\u00e9\ud83d\ude00"}],"c":null,"d":true}"#.utf8)
    for end in 0..<bytes.count {
      #expect(throws: BytesError.self) { try JSON(parsing: Array(bytes[..<end])) }
    }
    for i in bytes.indices {
      for byte: UInt8 in [0, 0x22, 0x5c, 0x7d, 0xff] {
        var damaged = bytes
        damaged[i] = byte
        _ = try? JSON(parsing: damaged)
      }
    }
  }
}
