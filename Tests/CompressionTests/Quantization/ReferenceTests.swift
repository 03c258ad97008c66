// Scales, zero points, codes and decoded values against ONNX Runtime and PyTorch.
import Compression
import Encodings
import Kernels
import Networks
import Tensors
import Testing

@Suite struct ReferenceTests {
  struct Reference: CustomTestStringConvertible, Sendable {
    let grid: Grid
    let bits: Int
    let granularity: Affine.Granularity
    let scales: [Float]
    let zeroPoints: [Int]
    /// FNV-1a over the codes as 64-bit numbers, and over the decoded values.
    let codes: UInt64
    let values: UInt64
    var testDescription: String { "\(grid.name) \(bits) \(granularity)" }
  }

  /// onnxruntime 1.31.1: QuantizeLinear and DequantizeLinear (opset 21), int8, uint8, int16, uint16, of
  /// `Recipe.weights` as [4, 6], per tensor and on axis 0, with the scales and zero points that NumPy
  /// gives by the formulas of the grids. Digests as `Recipe.digest`.
  static let references = [
    Reference(
      grid: .symmetric, bits: 8, granularity: .tensor,
      scales: [0.029527559876441956],
      zeroPoints: [0], codes: 0x703f_f6fb_b61f_e02b,
      values: 0x93f8_a2dd_e10f_b6fb),
    Reference(
      grid: .symmetric, bits: 8, granularity: .channel,
      scales: [
        0.029527559876441956, 0.025590552017092705, 0.023622047156095505, 0.017716536298394203,
      ],
      zeroPoints: [0, 0, 0, 0], codes: 0x1a84_3a65_03ba_7a41,
      values: 0x6c3f_4ced_2f13_1f25),
    Reference(
      grid: .affine, bits: 8, granularity: .tensor,
      scales: [0.027450980618596077],
      zeroPoints: [137], codes: 0x25cc_4813_0696_6ec9,
      values: 0xd1b2_6d40_7875_9439),
    Reference(
      grid: .affine, bits: 8, granularity: .channel,
      scales: [
        0.026960784569382668, 0.02401960827410221, 0.021078431978821754, 0.01666666753590107,
      ],
      zeroPoints: [139, 120, 142, 120], codes: 0x910b_ddc4_13c7_28a5,
      values: 0xd70f_5304_9f8a_6295),
    Reference(
      grid: .symmetric, bits: 16, granularity: .tensor,
      scales: [0.00011444441042840481],
      zeroPoints: [0], codes: 0xde3b_34dc_42ea_ab2b,
      values: 0x97ed_be46_97ff_8885),
    Reference(
      grid: .symmetric, bits: 16, granularity: .channel,
      scales: [
        0.00011444441042840481, 9.91851557046175e-05, 9.155552834272385e-05, 6.866664625704288e-05,
      ],
      zeroPoints: [0, 0, 0, 0], codes: 0xcb81_8d1f_099f_f4a4,
      values: 0x4bd7_6840_ac06_d225),
    Reference(
      grid: .affine, bits: 16, granularity: .tensor,
      scales: [0.00010681315325200558],
      zeroPoints: [35108], codes: 0xf10b_5289_a9c0_e91e,
      values: 0xac99_e58d_ec50_2e35),
    Reference(
      grid: .affine, bits: 16, granularity: .channel,
      scales: [
        0.00010490577551536262, 9.346150909550488e-05, 8.201724267564714e-05, 6.485084304586053e-05,
      ],
      zeroPoints: [35746, 30761, 36578, 30840], codes: 0x1536_fc3d_8cb8_c60b,
      values: 0x7fd0_6ded_6dda_fddd),
  ]

  static func quantizer(_ reference: Reference) -> Quantizer {
    Quantizer(
      grid: reference.grid, settings: Grid.Settings(bits: reference.bits),
      granularity: reference.granularity)
  }

  @Test(arguments: references) func equalsONNXRuntime(_ reference: Reference) throws {
    let tensor = Tensor(trusted: [4, 6], Recipe.weights)
    let found = Self.quantizer(reference).codes(for: tensor)
    #expect(found.steps.map(\.scale) == reference.scales)
    #expect(found.steps.map(\.zeroPoint) == reference.zeroPoints)
    #expect(Recipe.digest(found.codes.map { UInt64(bitPattern: Int64($0)) }) == reference.codes)
    #expect(Recipe.digest(found.values) == reference.values)
    // What is stored is the same.
    let network = try Network.build(
      name: "reference", input: [6],
      blueprint: [.layer(try DenseLayer(units: 4, bias: false))], random: RandomStream(seed: 1)
    ).mapParameters { $1.with(value: tensor) }
    let stored = try quantize(
      network,
      QuantizeOptions(
        grid: reference.grid, bits: reference.bits, granularity: reference.granularity)
    ).network.parameters[0].parameter
    let affine = try #require(stored.encoding as? Affine)
    #expect(affine.codes.map(Int.init) == found.codes && affine.scales == reference.scales)
    #expect(Recipe.digest(affine.decoded().elements) == reference.values)
  }

  /// torch 2.15: torch.quantize_per_tensor(x, 0.25, 3, torch.qint8).int_repr(): half of the numbers are
  /// ties.
  @Test func halvesGoToTheEvenStepBeforeTheZeroPoint() {
    let step = Step(scale: 0.25, zeroPoint: 3, codes: -128...127)
    #expect(
      Recipe.weights.map { step.code(of: $0) } == [
        3, -5, -7, 15, 2, -12, -8, 16, 15, -3, -9, -4, -3, 7, -7, 13, 5, -9, 9, -3, 0, 12, 9, -5,
      ])
  }

  /// onnxruntime: QLinearConv, x [1, 2, 5, 5] uint8 (LCG 3: (s >> 40) % 256), scale 0.03, zero 117;
  /// w [3, 2, 3, 3] int8 (LCG 4: % 255 − 127), scales 0.01, 0.02, 0.005; bias int32 (LCG 5: % 2001 −
  /// 1000); y scale 0.7, zero 130; pads 1, strides 2. It rounds with floats: at most one code apart.
  @Test func convolvesAsONNXRuntime() throws {
    let filters: [Float] = [0.01, 0.02, 0.005]
    let found = try Self.layer(
      seed: 3,
      window: Window(
        channels: 2, plane: (5, 5), kernel: (3, 3), stride: (2, 2), padding: (1, 1)),
      rows: 1, weightScales: filters, bias: [-86, 698, -112])
    let wanted = [
      121, 129, 126, 134, 113, 120, 136, 130, 114, 116, 123, 145, 130, 98, 112, 133, 133, 125, 131,
      135, 131, 130, 139, 132, 128, 131, 135,
    ]
    for filter in 0..<3 {
      for place in 0..<9 {
        #expect(abs(found[place * 3 + filter] - wanted[filter * 9 + place]) <= 1)
      }
    }
  }

  /// onnxruntime: QLinearMatMul, x [2, 7] uint8 (LCG 13), w [4, 7] int8 (LCG 14), scales 0.01, 0.02,
  /// 0.005, 0.015; the others as above.
  @Test func multipliesAsONNXRuntime() throws {
    let found = try Self.layer(
      seed: 13,
      window: Window(
        channels: 7, plane: (1, 1), kernel: (1, 1), stride: (1, 1), padding: (0, 0)),
      rows: 2, weightScales: [0.01, 0.02, 0.005, 0.015], bias: [0, 0, 0, 0])
    let wanted = [130, 122, 133, 123, 136, 118, 130, 125]
    for (code, other) in zip(found, wanted) { #expect(abs(code - other) <= 1) }
  }

  /// Codes without a sign, as ONNX has them.
  static func layer(
    seed: UInt64, window: Window?, rows: Int, weightScales: [Float], bias: [Int]
  ) throws -> [Int] {
    let window = try #require(window)
    let size = window.channels * window.planeCount
    var recipe = Recipe(seed)
    let x = (0..<rows * size).map { _ in Int8(Int((recipe.next() >> 40) % 256) - 128) }
    recipe = Recipe(seed + 1)
    let depth = window.channels * window.kernelCount
    let w = (0..<weightScales.count * depth).map { _ in
      Int8(Int((recipe.next() >> 40) % 255) - 127)
    }
    let zero = 117 - 128
    let sums = weightScales.indices.map { unit in
      w[unit * depth..<(unit + 1) * depth].reduce(0) { $0 + Int($1) }
    }
    let rescale = try #require(
      Rescale(
        multipliers: weightScales.map { 0.03 * Double($0) / 0.7 },
        bias: zip(bias, sums).map { Int32($0 - zero * $1) }, zero: 130 - 128, codes: -128...127))
    let layer = IntegerWindows(
      w, window: window, groups: 1, filters: weightScales.count, zero: zero, lowest: -128,
      rescale: rescale)
    let planes = (0..<rows).flatMap { row in
      (0..<size).map {
        x[row * size + $0 % window.channels * window.planeCount + $0 / window.channels]
      }
    }
    let input = CodeMemory(planes + [Int8](repeating: 0, count: IntegerWindows.slack))
    let output = CodeMemory(rows * layer.output.count)
    let scratch = CodeMemory(layer.scratchCount)
    layer.forward(input.codes, examples: rows, scratch: scratch.codes, to: output.codes)
    return output.codes.array.map { Int($0) + 128 }
  }
}
