// Laws for safetensors, a file that PyTorch wrote, and hostile headers.
import Encodings
import Formats
import Tensors
import Testing

@Suite struct SafeTensorsTests {
  private func tensors(_ bytes: [UInt8]) throws -> [String: Tensor] {
    guard case .tensors(let tensors) = try Format.decode(bytes, file: "a.safetensors").content
    else {
      return [:]
    }
    return Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0.tensor) })
  }

  @Test func `PyTorch's file is read, in every type`() throws {
    let read = try tensors(Recorded.safetensors)
    #expect(read["w"] == Tensor(trusted: [2, 2], [1, -2, 0.5, .infinity]))
    #expect(read["h"] == Tensor(vector: [1.5, -0.25]))
    #expect(read["bf"] == Tensor(vector: [1.5, -3]))
    #expect(read["i"] == Tensor(vector: [7, -9]))
    #expect(read["m"] == Tensor(vector: [1, 0, 1]))
    #expect(read["s"] == Tensor(scalar: 2.5))
    #expect(read["d"] == Tensor(vector: [0.1]))
    let file = try SafeTensors(Recorded.safetensors, file: "")
    #expect(file.metadata.map(\.value) == ["pt"])
    #expect(try Format.decode(Recorded.safetensors, file: "a").notices.count == 1)
  }

  @Test func `float32 is written as the reference writes it, byte for byte`() throws {
    let encode = try #require(Format.safetensors.encode)
    let bytes = try encode(
      .tensors([("b", Tensor(vector: [1, 2, 3])), ("a", Tensor(trusted: [2, 1], [4, 5]))]), "")
    #expect(bytes == Recorded.safetensorsFloats)
  }

  @Test func `tensors come back bit for bit, also those that are not numbers`() throws {
    let encode = try #require(Format.safetensors.encode)
    let named = samples().enumerated().map { (name: "t\($0)", tensor: $1) }
    let strange = (name: "ü \"quoted\"\n", tensor: Tensor(vector: [.nan, -.infinity]))
    let read = try tensors(try encode(.tensors(named + [strange]), ""))
    #expect(read.count == named.count + 1)
    for (name, tensor) in named + [strange] {
      #expect(read[name]?.elements.map(\.bitPattern) == tensor.elements.map(\.bitPattern))
      #expect(read[name]?.shape == tensor.shape)
    }
    #expect(throws: FormatError.self) { try encode(.tensors([named[0], named[0]]), "") }
    #expect(throws: FormatError.self) {
      try encode(.tensors([("__metadata__", named[0].tensor)]), "")
    }
  }

  private func file(_ header: String, values: Int = 8) -> [UInt8] {
    var writer = ByteWriter()
    writer.append(UInt64(header.utf8.count))
    writer.append(header.utf8)
    writer.append([UInt8](repeating: 0, count: values))
    return writer.bytes
  }

  @Test func `the smallest files are read`() throws {
    #expect(try tensors(file("{}", values: 0)).isEmpty)
    let one = file(#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}   "#)
    #expect(try tensors(one)["a"] == Tensor(vector: [0, 0]))
  }

  @Test(arguments: [
    "", "{", " {}", "[]", "{} x", #"{"a":1}"#, #"{"a":{}}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,16]}}"#,
    #"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
    #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
    #"{"a":{"dtype":"F4","shape":[16],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F64","shape":[2305843009213693952],"data_offsets":[0,8]}}"#,
    #"""
    {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},
     "a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}
    """#,
    #"""
    {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},
     "b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}
    """#,
    #"""
    {"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},
     "b":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}
    """#,
    #"{"__metadata__":{"a":1},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,8]}}"#,
  ])
  func `hostile headers are refused`(header: String) {
    let error = #expect(throws: FormatError.self) {
      try Format.decode(file(header), file: "a.safetensors")
    }
    #expect(error?.message.contains("a.safetensors") == true)
  }

  @Test func `an oversized header is told apart from a cut file`() {
    var bytes = file("{}")
    bytes[4] = 1
    let large = #expect(throws: FormatError.self) { try SafeTensors(bytes, file: "a") }
    #expect(large?.code == "E0704")
    bytes[4] = 0
    bytes[2] = 1
    let cut = #expect(throws: FormatError.self) { try SafeTensors(bytes, file: "a") }
    #expect(cut?.code == "E0703")
    bytes = [UInt8](repeating: 0xff, count: 16)
    #expect(throws: FormatError.self) { try SafeTensors(bytes, file: "a") }
  }

  @Test func `deep nesting is refused`() {
    let deep = "{\"a\":" + String(repeating: "[", count: 100_000)
    #expect(throws: FormatError.self) { try SafeTensors(file(deep), file: "a") }
  }

  @Test func `damage is refused or read, never a trap`() {
    for bytes in [Recorded.safetensors, Recorded.safetensorsFloats] {
      let refused = damage(bytes) { bytes throws(FormatError) in
        _ = try Format.decode(bytes, file: "a.safetensors")
      }
      #expect(refused > bytes.count)
    }
  }
}

/// Metadata that claims to be one of our networks.
@Suite struct SafeTensorsNetworkTests {
  /// An input's shape, and nodes that do not go with it.
  private static let hostile: [(input: String, nodes: String)] = [
    ("[-2]", ""), ("[9223372036854775807,2]", ""), ("[2]", ""), ("[2]", "{}"), ("2", ""),
    ("[2]", #"{"name":"x","kind":"nonsense"}"#),
    ("[2]", #"{"name":"x","kind":"dense","set":{"units":-1}}"#),
    ("[2]", #"{"name":"x","kind":"dense","set":{"units":9223372036854775807}}"#),
    ("[1048576]", #"{"name":"x","kind":"dense","set":{"units":1048576}}"#),
    ("[2]", #"{"name":"x","kind":"dense","set":{"units":null}}"#),
    ("[2]", #"{"name":"x","kind":"flatten","inputs":[0]}"#),
    ("[2]", #"{"name":"x","kind":"flatten","inputs":[-2]}"#),
    ("[2]", #"{"name":"x","kind":"flatten"},{"name":"x","kind":"flatten"}"#),
    ("[2]", #"{"name":"x","kind":"flatten","frozen":["weight"]}"#),
    ("[2]", #"{"name":"x","kind":"flatten","pruned":{"weight":"odd"}}"#),
    ("[2]", #"{"name":"x","kind":"dense","set":{"units":1}}"#),
  ]

  @Test(arguments: hostile)
  func `a network that is none is refused`(input: String, nodes: String) {
    let network = #"{"name":"a","input":\#(input),"nodes":[\#(nodes)]}"#
    let quoted = network.replacing("\"", with: "\\\"")
    let header = Array(#"{"__metadata__":{"cnb.network":"\#(quoted)"}}"#.utf8)
    var writer = ByteWriter()
    writer.append(UInt64(header.count))
    writer.append(header)
    #expect(throws: FormatError.self) { try Format.decode(writer.bytes, file: "a.safetensors") }
  }
}
