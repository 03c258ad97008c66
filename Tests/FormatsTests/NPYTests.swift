// Laws for .npy, and files that NumPy wrote.
import Encodings
import Formats
import Tensors
import Testing

@Suite struct NPYTests {
  @Test(arguments: samples())
  func `a tensor comes back bit for bit`(tensor: Tensor) throws {
    let (back, rounded) = try NPY.read(NPY.bytes(of: tensor), file: "a.npy")
    #expect(back.shape == tensor.shape)
    #expect(back.elements.map(\.bitPattern) == tensor.elements.map(\.bitPattern))
    #expect(rounded == 0)
  }

  @Test func `float32 is written as NumPy writes it, byte for byte`() throws {
    let recorded = try #require(Recorded.npyByType["<f4"])
    #expect(NPY.bytes(of: Tensor(trusted: [2, 3], [-1, 0, 1, 2, 3, 4])) == recorded)
    #expect(NPY.bytes(of: Tensor(scalar: 1.5)) == Recorded.npyScalar)
    #expect(NPY.bytes(of: Tensor(trusted: [0, 3], [])) == Recorded.npyEmpty)
  }

  @Test(arguments: Recorded.npyByType.keys.sorted())
  func `NumPy's element types are read`(type: String) throws {
    let (tensor, _) = try NPY.read(try #require(Recorded.npyByType[type]), file: "a.npy")
    let wanted: [Float] =
      switch type.dropFirst() {
      case "b1": [0, 1, 1, 1, 1, 1]
      case "u1", "u4": [0, 1, 2, 3, 4, 5]
      default: [-1, 0, 1, 2, 3, 4]
      }
    #expect(tensor == Tensor(trusted: [2, 3], wanted))
  }

  @Test func `versions, memory order and empty arrays are read`() throws {
    let x = Tensor(trusted: [2, 3], [0, 1, 2, 3, 4, 5])
    #expect(try NPY.read(Recorded.npyVersion2, file: "").tensor == x)
    #expect(try NPY.read(Recorded.npyVersion3, file: "").tensor == x)
    let fortran = try NPY.read(Recorded.npyFortran, file: "").tensor
    #expect(fortran == Tensor(trusted: [2, 3, 4], (0..<24).map(Float.init)))
    #expect(try NPY.read(Recorded.npyEmpty, file: "").tensor.shape == [0, 3])
  }

  @Test func `objects, records and complex numbers are refused by name`() {
    for (bytes, word) in [
      (Recorded.npyObjects, "pickled objects"), (Recorded.npyRecords, "records"),
      (Recorded.npyComplex, "<c8"),
    ] {
      let error = #expect(throws: FormatError.self) { try NPY.read(bytes, file: "a.npy") }
      #expect(error?.code == "E0711")
      #expect(error?.message.contains(word) == true)
      #expect(error?.message.contains("a.npy") == true)
    }
  }

  @Test func `rounding is counted`() throws {
    let double = file("{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }", Double(0.1), 0.5)
    #expect(try NPY.read(double, file: "").rounded == 1)
    let loaded = try Format.decode(double, file: "a.npy")
    #expect(loaded.notices == ["1 of 2 values were rounded to 32-bit floats"])
  }

  private func file(_ header: String, _ values: Double...) -> [UInt8] {
    var writer = ByteWriter()
    writer.append([0x93] + Array("NUMPY\u{1}\u{0}".utf8))
    writer.append(UInt16(header.utf8.count))
    writer.append(header.utf8)
    for value in values { writer.append(value.bitPattern) }
    return writer.bytes
  }

  @Test(arguments: [
    "", "{", "{}", "{'descr': '<f8'}", "{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, }",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), 'x': 1}",
    "{'descr': '<f8', 'fortran_order': 0, 'shape': (2,), }",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (4611686018427387904, 4, 4), }",
    "{'descr': '<f8', 'fortran_order': True, 'shape': (99999999999999999999,), }",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), } x", "{'descr': [[[[",
    "{'descr': '<f8', 'fortran_order': True, 'shape': (0, 4611686018427387904, 4, 4), }",
  ])
  func `hostile headers are refused`(header: String) {
    #expect(throws: FormatError.self) { try NPY.read(file(header, 1, 2), file: "") }
  }

  @Test func `an empty array of absurd other sizes is no trap`() {
    let header = "{'descr': '<f8', 'fortran_order': True, 'shape': (0, 4611686018427387904, 4), }"
    _ = try? NPY.read(file(header), file: "")
  }

  @Test func `a header length beyond the file is truncated, beyond reason too large`() {
    let long: [UInt8] = [0x93] + Array("NUMPY\u{2}\u{0}".utf8) + [0xff, 0xff, 0xff, 0x7f]
    let error = #expect(throws: FormatError.self) { try NPY.read(long, file: "") }
    #expect(error?.code == "E0704")
  }

  @Test func `damage is refused or read, never a trap`() {
    for bytes in [NPY.bytes(of: samples()[3]), Recorded.npyFortran, Recorded.npyVersion2] {
      #expect(damage(bytes) { bytes throws(FormatError) in _ = try NPY.read(bytes, file: "") } > 0)
    }
  }
}
