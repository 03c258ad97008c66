// Laws for .npz, archives that NumPy wrote, and bombs.
import Encodings
import Formats
import Tensors
import Testing

@Suite struct NPZTests {
  private func names(_ bytes: [UInt8]) throws -> [String: Tensor] {
    guard case .tensors(let tensors) = try Format.decode(bytes, file: "a.npz").content else {
      return [:]
    }
    return Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0.tensor) })
  }

  @Test func `NumPy's archives are read, stored and deflated`() throws {
    let stored = try names(Recorded.npz)
    #expect(stored["a"] == Tensor(trusted: [2, 3], [0, 1, 2, 3, 4, 5]))
    #expect(stored["b"] == Tensor(vector: [0.1, 0.5]))
    let deflated = try names(Recorded.npzCompressed)
    #expect(deflated["w"] == Tensor(vector: (0..<100).map { Float($0 % 4 + 1) }))
  }

  @Test func `tensors come back in their order`() throws {
    let encode = try #require(Format.npz.encode)
    let tensors = samples().enumerated().map { (name: "t\(9 - $0)", tensor: $1) }
    let bytes = try encode(.tensors(tensors), "a.npz")
    guard case .tensors(let back) = try Format.decode(bytes, file: "a.npz").content else {
      Issue.record("no tensors")
      return
    }
    #expect(back.map(\.name) == tensors.map(\.name))
    #expect(back.map(\.tensor) == tensors.map(\.tensor))
    #expect(throws: FormatError.self) {
      try encode(.tensors([tensors[0], tensors[0]]), "a.npz")
    }
  }

  @Test func `a bomb is refused before it is unpacked`() throws {
    // An entry that promises 4 GB less a byte; and one that promises less than it unpacks to.
    var huge = Recorded.npzCompressed
    let directory = try #require(directoryStart(huge))
    huge.replaceSubrange(directory + 24..<directory + 28, with: [0xfe, 0xff, 0xff, 0xff])
    let error = #expect(throws: FormatError.self) { try Format.decode(huge, file: "a.npz") }
    #expect(error?.code == "E0704")
    var small = Recorded.npzCompressed
    small.replaceSubrange(directory + 24..<directory + 28, with: [9, 0, 0, 0])
    let other = #expect(throws: FormatError.self) { try Format.decode(small, file: "a.npz") }
    #expect(other?.code == "E0703")
  }

  @Test func `a wrong checksum is told`() throws {
    var bytes = Recorded.npz
    bytes[180] ^= 1
    let error = #expect(throws: FormatError.self) { try Format.decode(bytes, file: "a.npz") }
    #expect(error == .checksum(file: "a.npz", part: "`a.npy`"))
  }

  private func directoryStart(_ bytes: [UInt8]) -> Int? {
    bytes.indices.first { bytes[$0...].starts(with: [0x50, 0x4b, 1, 2]) }
  }

  @Test func `damage is refused or read, never a trap`() {
    for bytes in [Recorded.npz, Recorded.npzCompressed] {
      let refused = damage(bytes) { bytes throws(FormatError) in
        _ = try Format.decode(bytes, file: "a.npz")
      }
      #expect(refused > bytes.count)
    }
  }
}
