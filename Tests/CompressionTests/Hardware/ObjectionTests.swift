// What machines say of networks: one example for everything that can be illegal.
import Compression
import Encodings
import Networks
import Tensors
import Testing

@Suite struct ObjectionTests {
  private func dense(_ inputs: Int, _ outputs: Int) throws -> Network {
    try Network.build(
      name: "net", input: [inputs], blueprint: [try Specimens.dense(outputs)],
      random: RandomStream(seed: 3))
  }

  private func only(_ network: Network, _ target: Target) throws -> Objection {
    let objections = target.objections(to: network)
    #expect(objections.count == 1, "\(objections)")
    return try #require(objections.first)
  }

  @Test(arguments: Target.all.map(\.name)) func fp32RunsOrIsIllegal(name: String) throws {
    let target = try #require(Target.all.first { $0.name == name })
    let objections = target.objections(to: try Specimens.network("mlp"))
    #expect(objections.isEmpty == (target.emulation != nil))
    #expect(objections.allSatisfy { !$0.isEmulated })
  }

  @Test func weightsAloneAreUnpacked() throws {
    let network = try quantize(try dense(64, 10), QuantizeOptions(bits: 8)).network
    let objection = try only(network, .cortexM4)
    #expect(objection.subject == "dense1.weight" && objection.asked == "int8 per channel")
    #expect(objection.isEmulated)
    let illegal = try only(network, .int8NPU)
    #expect(!illegal.isEmulated && illegal.reason.contains("not by fp32"))
  }

  @Test func groupsOfTheRightSizeAreLegalWhereTheyAre() throws {
    let fits = try quantize(
      try dense(64, 10), QuantizeOptions(bits: 4, granularity: .group(32))
    ).network
    #expect(Target.avx2.objections(to: fits).isEmpty)
    let odd = try quantize(
      try dense(64, 10), QuantizeOptions(bits: 4, granularity: .group(8))
    ).network
    let objection = try only(odd, .avx2)
    #expect(objection.asked == "int4 in groups of 8")
    #expect(objection.reason.hasPrefix("scales are in groups of 16 or 32"))
    #expect(objection.legal == "bits: 4, grid: .symmetric, group: 16")
  }

  /// The kernels for 4-bit groups multiply matrices.
  @Test func convolutionsHaveNoGroups() throws {
    let blueprint = [try Specimens.conv(16, 4), .layer(Flatten()), try Specimens.dense(10)]
    let network = try Network.build(
      name: "net", input: [4, 8, 8], blueprint: blueprint, random: RandomStream(seed: 3))
    let grouped = try quantize(network, QuantizeOptions(bits: 4, granularity: .group(16))).network
    let objection = try only(grouped, .avx2)
    #expect(objection.subject == "conv1.weight")
    #expect(objection.reason == "ONNX Runtime has no kernel for int4 weights of convolutions")
  }

  @Test func halvesAreLegalWhereTheyAreComputed() throws {
    let network = try quantize(try dense(64, 10), QuantizeOptions(grid: .fp16)).network
    #expect(Target.armDotProduct.objections(to: network).isEmpty)
    #expect(Target.sparseGPU.objections(to: network).isEmpty)
    #expect(try only(network, .avx2).reason == "ONNX Runtime has no kernel for fp16 weights")
  }

  @Test func zerosThatAreLeftOutMustBePutBack() throws {
    let network = try prune(try dense(64, 32), PruneOptions(.share(0.9))).network
    let objection = try only(network, .cortexM7)
    #expect(objection.asked == "sparse fp32" && objection.reason.contains("unpacked"))
  }

  @Test func twoOfFourIsSeen() throws {
    let network = try quantize(try dense(64, 32), QuantizeOptions(grid: .fp16)).network
      .mapParameters { _, parameter in
        guard parameter.role == .weight else { return parameter }
        let kept = parameter.value.elements.enumerated().map { $0 % 4 < 2 ? $1 : 0 }
        let tensor = Tensor(trusted: parameter.value.shape, kept)
        return parameter.stored(as: Encodings.Dense(tensor, as: .fp16))
      }
    let weight = try #require(network.parameters.first { $0.parameter.role == .weight })
    #expect(WeightFormat(weight.parameter).isTwoOfFour)
    #expect(try Estimate(network, on: .sparseGPU).layers[0].format == "2:4 fp16 × fp16")
    // A row that is no multiple of 16 runs on the dense kernels.
    let short = try quantize(try dense(12, 32), QuantizeOptions(grid: .fp16)).network
      .mapParameters { _, parameter in
        guard parameter.role == .weight else { return parameter }
        let kept = parameter.value.elements.enumerated().map { $0 % 4 < 2 ? $1 : 0 }
        return parameter.stored(
          as: Encodings.Dense(Tensor(trusted: parameter.value.shape, kept), as: .fp16))
      }
    #expect(try Estimate(short, on: .sparseGPU).layers[0].format == "fp16 × fp16")
  }

  @Test func biasesKeep32Bits() throws {
    var options = QuantizeOptions(bits: 8)
    options.biases = true
    let network = try quantize(try dense(64, 32), options).network
    let format = ActivationFormat(.integer(bits: 8, isSymmetric: false))
    let objections = Target.cortexM4.objections(
      to: network, activations: ActivationFormats(format, in: network))
    #expect(objections.map(\.subject) == ["dense1.bias"])
    #expect(objections.first?.legal == "biases: false")
  }

  @Test func layersThatAreNotThere() throws {
    let blueprint: [Blueprint] = [
      .layer(try Conv2D(filters: 4, kernel: [65, 1])), .layer(try BatchNorm()),
      .layer(try Activation(.gelu)),
      .layer(try Conv2D(filters: 4, kernel: [1, 1], stride: [4, 4])),
    ]
    let network = try Network.build(
      name: "net", input: [1, 80, 9], blueprint: blueprint, random: RandomStream(seed: 3))
    let layers = Target.int8NPU.objections(to: network).filter { !$0.subject.contains(".") }
    #expect(layers.map(\.subject) == ["conv1", "batchnorm1", "gelu1", "conv2"])
    #expect(layers.map(\.asked) == ["kernel 65×1", "batchnorm", "gelu", "stride 4"])
    #expect(Target.cortexM4.objections(to: network).isEmpty)
  }
}
