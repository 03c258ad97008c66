// The same weights through PyTorch 2.15.0 (CPU): torch.nn.utils.prune.l1_unstructured and
// ln_structured, torch.fake_quantize_per_channel_affine with scales max|w| / (2^(b−1) − 1), .half()
// and .bfloat16().
import Compression
import Encodings
import Networks
import Tensors
import Testing

@Suite struct PyTorchTests {
  static let weights: [Float] = [
    0.5, -0.1, 0.3, 0.0, -0.7, 0.2, -0.25, 0.9, 0.15, -0.6, 0.05, 0.35,
  ]

  /// One layer with those weights `[3, 4]`, and one behind it.
  func network() throws -> Network {
    let layers = [Blueprint.layer(try DenseLayer(units: 3, bias: false)), try Specimens.dense(2)]
    let network = try Network.build(
      name: "reference", input: [4], blueprint: layers, random: RandomStream(seed: 1))
    return network.mapParameters { node, parameter in
      guard node.name == "dense1" else { return parameter }
      return parameter.with(value: Tensor(trusted: [3, 4], Self.weights))
    }
  }

  @Test(arguments: [
    (0.25, [1, 0, 1, 0, 1, 1, 1, 1, 1, 1, 0, 1]), (0.5, [1, 0, 1, 0, 1, 0, 0, 1, 0, 1, 0, 1]),
    (0.8, [0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0]),
  ])
  func prunesTheSameWeights(_ sparsity: Double, _ kept: [Int]) throws {
    let result = try prune(try network(), PruneOptions(.share(sparsity))).network
    #expect(result.parameters[0].parameter.pruned?.map { $0 ? 0 : 1 } == kept)
  }

  @Test func prunesTheSameUnit() throws {
    for criterion in [Criterion.l1, .l2] {
      let result = try prune(
        try network(), PruneOptions(.share(0.34), per: .unit, by: criterion)
      ).network
      #expect(result.parameters[0].parameter.value.elements == Array(Self.weights.dropFirst(4)))
    }
  }

  @Test(arguments: [
    (8, Affine.Granularity.channel, [127, -25, 76, 0, -99, 28, -35, 127, 32, -127, 11, 74]),
    (4, .channel, [7, -1, 4, 0, -5, 2, -2, 7, 2, -7, 1, 4]),
    (4, .group(2), [7, -1, 7, 0, -7, 2, -2, 7, 2, -7, 1, 7]),
  ])
  func quantizesToTheSameCodes(
    _ bits: Int, _ granularity: Affine.Granularity, _ codes: [Int32]
  ) throws {
    let options = QuantizeOptions(
      grid: .symmetric, bits: bits, granularity: granularity, strict: false)
    let parameter = try quantize(try network(), options).network.parameters[0].parameter
    #expect((parameter.encoding as? Affine)?.codes == codes)
  }

  @Test func roundsToTheSameHalves() throws {
    let half = try quantize(try network(), QuantizeOptions(grid: .fp16)).network
    #expect(
      half.parameters[0].parameter.value.elements == [
        0.5, -0.0999755859375, 0.300048828125, 0.0, -0.7001953125, 0.199951171875, -0.25,
        0.89990234375, 0.1500244140625, -0.60009765625, 0.04998779296875, 0.35009765625,
      ])
    let brain = try quantize(try network(), QuantizeOptions(grid: .bf16)).network
    #expect(
      brain.parameters[0].parameter.value.elements == [
        0.5, -0.10009765625, 0.30078125, 0.0, -0.69921875, 0.2001953125, -0.25, 0.8984375,
        0.150390625, -0.6015625, 0.050048828125, 0.349609375,
      ])
  }
}
