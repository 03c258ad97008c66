// Two containers as version 1 wrote them, and what a reader found in them that shares no code with
// ours: formats are promises.
import Formats
import Networks
import Tensors
import Testing

/// Made by `cnb` from
///
///     seed 5
///     net = network(input: [1, 4, 4], name: "recorded") {
///       conv 2, kernel: 3, .relu
///       flatten()
///       dense 3
///     }
///     save net, "plain.cnbm"
///     save quantize(net, bits: 3, grid: .affine), "affine.cnbm"
///
/// and read by `Tests/Readers/read_cnbm.py Notebooks/reference/container.cnb FILE`: the values are
/// `struct.pack("<f", …)` of what it printed, tensor after tensor.
@Suite struct ContainerRecordTests {
  private static let plain = (
    file: "y21h6HJlY29yZGVkAwEEBAQeAgYCAAEBAjUAEAMBAQDfWMg9UEZXvZUqoL5UHNe9sR+Dvmsh4ryXi4U+GYno"
      + "vqruhb3uybw+5qjMPmJfnr4KXN09rlrcPRfBorxTSNQ+I8mFPt3gxb4BAAAAAAAAAAAAAQC8lK+9AUhOvb+9"
      + "Ab9xKDQ/XHazPZg2LD9Klpq+2I8tvjZAuT20DnK+COEqv3Hjoz4vcJ0+83rnPUcYrb7BfzW+4EMHP9qFWD4E"
      + "zFU8vEqNviRnMD+15Zu9JPk2Pykiiz4BAAAAAAAAAAAAAAAAAGN0YUl4GQ00ExiOJrGJr5SKUpPzi1JSU5SS"
      + "flui+gjNSXgcYZz80BQAQQdEUA==",
    values: "31jIPVBGV72VKqC+VBzXvbEfg75rIeK8l4uFPhmJ6L6q7oW97sm8PuaozD5iX56+ClzdPa5a3D0XwaK8U0jU"
      + "PiPJhT7d4MW+AAAAAAAAAAC8lK+9AUhOvb+9Ab9xKDQ/XHazPZg2LD9Klpq+2I8tvjZAuT20DnK+COEqv3Hj"
      + "oz4vcJ0+83rnPUcYrb7BfzW+4EMHP9qFWD4EzFU8vEqNviRnMD+15Zu9JPk2Pykiiz4AAAAAAAAAAAAAAAA="
  )

  private static let affine = (
    file: "y21h6HJlY29yZGVkAwEEBAQeAgYCAAEBAjUAEAMBAmIAZTDRPa5g6j0cXRYes0HuBQEAAAAAAAAAAAACYgDS"
      + "FTE+bngQPt3sED6rABvORx5+j57wnAEAAAAAAAAAAAAAAAAAY3JhSXgZDTQTGI4msYmvlIpSk/OLUlJTlJJ+"
      + "W6L6CM1JeBxhnPzQNJJJ8qGx1HIAdqIEkw==",
    values: "ZTDRPWUw0b1M5Jy+ZTDRvUzknL4AAAAATOScPmUw0b5lMNG9gsivPoLIrz6CyK++rmDqPa5g6j0AAAAArmDq"
      + "Pq5gaj6CyK++AAAAAAAAAAAAAAAAAAAAAF7QBL/SFTE/0hUxPtIVMT/SFbG+0hUxvm54ED5ueJC+ipY0v254"
      + "kD5ueJA+bngQPm54kL5ueBC+3ewQP93sED4AAAAA3eyQvhQoNT/d7BC+FCg1P93skD4AAAAAAAAAAAAAAAA="
  )

  @Test(arguments: [plain, affine])
  func `another reader finds the same weights`(file: String, values: String) throws {
    let bytes = try #require(Base64.decode(file))
    let network = try Container.read(bytes, file: "a.cnbm")
    let elements = network.parameters.flatMap { $0.parameter.value.elements }
    let found = elements.flatMap { value in
      (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
    }
    #expect(try found == #require(Base64.decode(values)))
    #expect(network.name == "recorded" && network.inputShape == [1, 4, 4])
    #expect(network.nodes.map(\.name) == ["conv1", "relu1", "flatten1", "dense1"])
    #expect(network.receipt.steps.first?.word == "network")
    #expect(Container.bytes(of: network) == bytes)
  }
}
