// Every machine of the table has every figure with a source, and says the same of a plan as of a
// network that follows it.
import Compression
import Encodings
import Networks
import Testing

@Suite struct TargetTests {
  @Test(arguments: Target.all.map(\.name)) func everyFigureHasASource(name: String) throws {
    let target = try #require(Target.all.first { $0.name == name })
    #expect(!target.machine.isEmpty && !target.summary.isEmpty && !target.notes.isEmpty)
    for fact in target.facts {
      #expect(fact.figure.value > 0 && fact.figure.value.isFinite, "\(fact.what)")
      #expect(fact.figure.source.count > 3, "\(fact.what)")
      #expect(fact.figure.citation.contains("(not verified)") == !fact.figure.isChecked)
    }
    #expect(Set(target.facts.map(\.what)).count == target.facts.count)
    #expect(target.cores.value == target.cores.value.rounded())
    for format in target.formats {
      #expect(target.peak(format) > 0 && !format.library.isEmpty)
      #expect(format.alignment.row >= 1 && format.alignment.outputs >= 1)
      #expect(!format.alignment.source.isEmpty)
    }
    if let limits = target.limits { #expect(!limits.source.isEmpty) }
  }

  @Test func namesAreUniqueAndTheIssuesMachinesAreThere() {
    let names = Target.all.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(names.contains("cortexM4") && names.contains("cortexM7"))
  }

  /// Half of the work in half of the time, and never less than dense.
  @Test func peaksOfTheGPUAreThePublishedOnes() throws {
    let peaks = Dictionary(
      uniqueKeysWithValues: Target.sparseGPU.formats.map {
        ($0.name, 2 * Target.sparseGPU.peak($0))
      })
    for (name, published) in [
      ("2:4 int8 × int8", 1248e12), ("int8 × int8", 624e12), ("2:4 fp16 × fp16", 624e12),
      ("fp16 × fp16", 312e12), ("fp32 × fp32", 19.5e12),
    ] {
      let peak = try #require(peaks[name])
      #expect(abs(peak / published - 1) < 0.01, "\(name): \(peak)")
    }
  }

  @Test(arguments: Target.all.map(\.name)) func everyFormatTakesWhatItAdvises(
    name: String
  ) throws {
    let target = try #require(Target.all.first { $0.name == name })
    for format in target.formats {
      let plan = QuantizationPlan(
        weights: WeightFormat(
          format.weights.example, format.scales.first.map(\.example) ?? .tensor,
          isTwoOfFour: format.wantsTwoOfFour),
        activations: ActivationFormat(format.activations.example))
      #expect(target.objection(to: plan) == nil, "\(format.name)")
    }
  }

  @Test func plansAreRefusedBeforeWork() throws {
    let int8 = NumberFormat.integer(bits: 8, isSymmetric: true)
    let affine = NumberFormat.integer(bits: 8, isSymmetric: false)
    let fixed = ActivationFormat(affine)
    func refusal(
      _ target: Target, _ weights: WeightFormat, _ activations: ActivationFormat?
    ) -> Objection? {
      target.objection(to: QuantizationPlan(weights: weights, activations: activations))
    }
    #expect(refusal(.cortexM4, WeightFormat(int8, .channel), fixed) == nil)
    #expect(refusal(.cortexM4, WeightFormat(.fp32), nil) == nil)
    // Weights alone: right, but unpacked.
    let alone = try #require(refusal(.cortexM4, WeightFormat(int8, .channel), nil))
    #expect(alone.isEmulated && alone.reason.contains("not by fp32"))
    #expect(alone.legal == "bits: 8, grid: .symmetric, per: .channel, static activations of 8 bits")
    let zero = try #require(refusal(.cortexM4, WeightFormat(affine, .channel), fixed))
    #expect(zero.reason.contains("no zero point"))
    let group = try #require(refusal(.cortexM4, WeightFormat(int8, .group(32)), fixed))
    #expect(group.reason == "scales are per tensor or per channel in CMSIS-NN")
    let bits = try #require(
      refusal(.cortexM7, WeightFormat(.integer(bits: 3, isSymmetric: true), .channel), fixed))
    #expect(bits.reason.contains("int3") && bits.legal.hasPrefix("bits: 4"))
    let dynamic = ActivationFormat(affine, isDynamic: true)
    #expect(refusal(.avx2, WeightFormat(int8, .channel), dynamic) == nil)
    let fixedOnly = try #require(refusal(.cortexM4, WeightFormat(int8, .channel), dynamic))
    #expect(fixedOnly.reason.contains("fixed before it runs"))
    let float = try #require(refusal(.int8NPU, WeightFormat(.fp32), nil))
    #expect(!float.isEmulated)
    // 4-bit groups are for matrices.
    let plan = QuantizationPlan(
      weights: WeightFormat(.integer(bits: 4, isSymmetric: true), .group(32)))
    #expect(Target.avx2.objection(to: plan) == nil)
    #expect(Target.avx2.objection(to: plan, of: "dense1.weight", shape: [10, 64]) == nil)
    let filters = Target.avx2.objection(to: plan, of: "conv1.weight", shape: [8, 4, 3, 3])
    #expect(filters?.subject == "conv1.weight")
    let gpu = try #require(refusal(.sparseGPU, WeightFormat(int8, .channel), fixed))
    #expect(gpu.reason.contains("activations have no zero point"))
  }
}

extension Operand {
  fileprivate var example: NumberFormat {
    switch self {
    case .float(let format): .float(format)
    case .integer(let bits, let zeroPoint):
      .integer(bits: bits[0], isSymmetric: !zeroPoint)
    }
  }
}

extension ScaleRule {
  fileprivate var example: Affine.Granularity {
    switch self {
    case .tensor: .tensor
    case .channel: .channel
    case .groups(let sizes): .group(sizes[0])
    }
  }
}
