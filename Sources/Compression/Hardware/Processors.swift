// The machines of the table with vector units: a single-board computer, a desktop, a server.
import Encodings

extension Target {
  package static let armDotProduct = Target(
    "arm_dot_product", "a 64-bit Arm with dot-product instructions: 16 8-bit products each",
    machine: "Raspberry Pi 5 (4 × Cortex-A76)",
    cores: Figure(4, "Raspberry Pi 5 product brief: quad-core Cortex-A76"),
    clock: Figure(2.4e9, "Raspberry Pi 5 product brief: 2.4 GHz"),
    formats: [
      ComputeFormat(
        .integer(bits: [8], allowsZeroPoint: false), .integer(bits: [8], allowsZeroPoint: true),
        allowsDynamic: true, scales: [.tensor, .channel],
        perCycle: Figure(
          32, "SDOT on both 128-bit pipes: Arm PJDOC-466751330-7215, Cortex-A76 guide",
          checked: false),
        alignment: Alignment(
          row: 4, outputs: 4, "SDOT adds four products into each of four sums: Arm DDI 0487"),
        library: "XNNPACK"),
      ComputeFormat(
        .float(.fp16), .float(.fp32),
        perCycle: Figure(
          16, "FMLA of 8 halves on both pipes: Arm PJDOC-466751330-7215", checked: false),
        alignment: Alignment(row: 1, outputs: 8, "8 halves in 128 bits"), library: "XNNPACK"),
      ComputeFormat(
        .float(.fp32), .float(.fp32),
        perCycle: Figure(
          8, "FMLA of 4 floats on both pipes: Arm PJDOC-466751330-7215", checked: false),
        alignment: Alignment(row: 1, outputs: 4, "4 floats in 128 bits"), library: "XNNPACK"),
    ],
    weights: memory(
      8e9, "Raspberry Pi 5 product brief: 8 GB", 32 / 8 * 4.267e9,
      "derived: LPDDR4X-4267 on 32 bits, Raspberry Pi 5 announcement"),
    activations: memory(
      8e9, "Raspberry Pi 5 product brief: 8 GB", 32 / 8 * 4.267e9,
      "derived: LPDDR4X-4267 on 32 bits, Raspberry Pi 5 announcement"),
    energy: .power(
      Figure(7, "the board with all cores at work: typical value, no source", checked: false)),
    notes: [
      "no source found here says how fast its 2 MB cache is: everything streams from memory, so small "
        + "networks run faster than this"
    ])

  package static let avx2 = Target(
    "avx2", "a desktop processor with 256-bit vectors and no instruction for 8-bit dot products",
    machine: "Intel Core i7-6700 (Skylake)",
    cores: Figure(4, "Intel ARK, Core i7-6700"),
    clock: Figure(3.4e9, "Intel ARK, Core i7-6700: base frequency"),
    formats: [
      ComputeFormat(
        .integer(bits: [8], allowsZeroPoint: false), .integer(bits: [8], allowsZeroPoint: true),
        allowsDynamic: true, scales: [.tensor, .channel],
        perCycle: Figure(
          32,
          "derived: VPMADDUBSW and VPMADDWD on two ports, VPADDD on a third, 32 products each: "
            + "Intel 248966, optimization manual; twice fp32, as measured on such a machine here"),
        alignment: Alignment(
          row: 4, outputs: 8, "four products go into each of eight sums: oneDNN, int8 computations"),
        library: "ONNX Runtime"),
      blocks(
        16, "as fp32, to which the codes are unpacked: Intel 248966, optimization manual",
        checked: false),
      ComputeFormat(
        .float(.fp32), .float(.fp32),
        perCycle: Figure(
          16, "two fused multiply-adds of 8 floats in a cycle: Intel 248966, optimization manual",
          checked: false),
        alignment: Alignment(row: 1, outputs: 8, "8 floats in 256 bits"), library: "ONNX Runtime"),
    ],
    weights: memory(
      64e9, "Intel ARK, Core i7-6700: at most 64 GB", 2 * 8 * 2.133e9,
      "derived: two channels of DDR4-2133, Intel ARK"),
    activations: memory(
      64e9, "Intel ARK, Core i7-6700: at most 64 GB", 2 * 8 * 2.133e9,
      "derived: two channels of DDR4-2133, Intel ARK"),
    cache: Store(
      "L3 cache", bytes: Figure(8_388_608, "Intel ARK, Core i7-6700: 8 MB"),
      bandwidth: Figure(
        4 * 32 * 3.4e9, "derived: 32 bytes in a cycle for each core, Intel 248966, Skylake caches",
        checked: false)),
    energy: .power(Figure(65, "Intel ARK, Core i7-6700: thermal design power")),
    notes: [
      "VPMADDUBSW adds two products in 16 bits and saturates: weights of 7 bits are safe, those of 8 "
        + "need care (ONNX Runtime's reduce_range; Intel oneDNN, nuances of int8 computations)",
      "thermal design power is what cooling is made for, not what an inference draws",
    ])

  package static let avx512VNNI = Target(
    "avx512_vnni", "a server processor whose VPDPBUSD adds 64 8-bit products at once",
    machine: "AMD EPYC 9654 (Zen 4)",
    cores: Figure(96, "AMD EPYC 9004 series, EPYC 9654"),
    clock: Figure(2.4e9, "AMD EPYC 9004 series, EPYC 9654: base frequency"),
    formats: [
      ComputeFormat(
        .integer(bits: [8], allowsZeroPoint: false), .integer(bits: [8], allowsZeroPoint: true),
        allowsDynamic: true, scales: [.tensor, .channel],
        perCycle: Figure(
          64, "derived: VPDPBUSD on two 256-bit pipes, 32 products each: AMD 57647, Zen 4 guide"),
        alignment: Alignment(
          row: 4, outputs: 16,
          "four products go into each of sixteen sums: oneDNN, int8 computations"
        ), library: "ONNX Runtime"),
      ComputeFormat(
        .float(.bf16), .float(.fp32),
        perCycle: Figure(
          32, "derived: VDPBF16PS on two 256-bit pipes: AMD 57647, Zen 4 guide", checked: false),
        alignment: Alignment(row: 2, outputs: 16, "two products go into each of sixteen sums"),
        library: "oneDNN"),
      blocks(16, "as fp32, to which the codes are unpacked: AMD 57647, Zen 4 guide"),
      ComputeFormat(
        .float(.fp32), .float(.fp32),
        perCycle: Figure(
          16,
          "derived: fused multiply-adds of 8 floats on two 256-bit pipes: AMD 57647, Zen 4 guide"),
        alignment: Alignment(row: 1, outputs: 16, "16 floats in 512 bits"), library: "ONNX Runtime"),
    ],
    weights: memory(
      6e12, "AMD EPYC 9004 series: 6 TB a socket", 12 * 8 * 4.8e9,
      "derived: twelve channels of DDR5-4800, AMD EPYC 9004 series"),
    activations: memory(
      6e12, "AMD EPYC 9004 series: 6 TB a socket", 12 * 8 * 4.8e9,
      "derived: twelve channels of DDR5-4800, AMD EPYC 9004 series"),
    cache: Store(
      "L3 cache", bytes: Figure(384 * 1_048_576, "AMD EPYC 9004 series, EPYC 9654: 384 MB"),
      bandwidth: Figure(
        96 * 32 * 2.4e9, "derived: 32 bytes in a cycle for each core, AMD 57647, Zen 4 guide",
        checked: false)),
    energy: .power(Figure(360, "AMD EPYC 9004 series, EPYC 9654: default TDP")),
    notes: [
      "one inference does not keep 96 cores busy: say `cores`",
      "the cache is twelve parts of 32 MB, each for eight cores",
    ])

  /// 4-bit weights in blocks, with fp32 activations: ONNX Runtime's MatMulNBits.
  private static func blocks(
    _ perCycle: Double, _ source: String, checked: Bool = true
  ) -> ComputeFormat {
    ComputeFormat(
      .integer(bits: [4], allowsZeroPoint: true), .float(.fp32),
      scales: [.groups([16, 32, 64, 128, 256])], wantsMatrix: true,
      perCycle: Figure(perCycle, source, checked: checked),
      alignment: Alignment(row: 16, outputs: 1, "blocks of at least 16: ONNX Runtime, MatMulNBits"),
      library: "ONNX Runtime")
  }

  private static func memory(
    _ bytes: Double, _ size: String, _ bandwidth: Double, _ speed: String
  ) -> Store {
    Store("memory", bytes: Figure(bytes, size), bandwidth: Figure(bandwidth, speed))
  }
}
