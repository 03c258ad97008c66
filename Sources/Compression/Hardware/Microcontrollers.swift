// The small machines of the table: two microcontrollers, and an accelerator beside one.
import Encodings

extension Target {
  package static let cortexM4 = Target(
    "cortexM4", "a microcontroller without vectors: two 16-bit products in a cycle, 192 KiB of RAM",
    machine: "STM32F407 (Cortex-M4 with FPU)",
    cores: Figure(1, "ST DS8626, description"),
    clock: Figure(168e6, "ST DS8626 (DocID022152), table 14: fHCLK at most"),
    formats: [
      int8(
        2, source: "one SMLAD in a cycle, two products each: Arm DDI 0439, Cortex-M4 TRM, table 3-1"
      ),
      int16(2, source: "one SMLAD in a cycle: Arm DDI 0439, table 3-1"),
      float32(
        0.5,
        source: "VMUL.F32 and VADD.F32 take a cycle each, VFMA.F32 three: Arm DDI 0439, table 7-1"
      ),
    ],
    weights: Store(
      "flash",
      bytes: Figure(1_048_576, "ST DS8626, description: up to 1 Mbyte"),
      bandwidth: Figure(
        16 * 168e6 / 6,
        "derived: 128-bit lines, 5 wait states at 168 MHz: ST RM0090, flash interface",
        checked: false)),
    activations: Store(
      "SRAM",
      bytes: Figure(196_608, "ST DS8626, description: 192 Kbytes, 64 of them CCM"),
      bandwidth: Figure(4 * 168e6, "derived: one 32-bit word in a cycle, ST RM0090, bus matrix")),
    energy: .power(
      Figure(
        0.040 * 3.3,
        "40 mA at 3.3 V, all peripherals off, 168 MHz: typical value, ST DS8626, run mode",
        checked: false)),
    notes: [
      "the program, its stack and the scratch of convolutions are not counted",
      "64 of the 192 KiB are core-coupled: one tensor above 128 KiB fits nowhere",
    ])

  package static let cortexM7 = Target(
    "cortexM7", "a fast microcontroller: two 16-bit products in a cycle at 480 MHz, 1 MiB of RAM",
    machine: "STM32H743 (Cortex-M7)",
    cores: Figure(1, "ST DS12110, description"),
    clock: Figure(480e6, "ST DS12110, features: up to 480 MHz"),
    formats: [
      int8(
        2,
        source: "one SMLAD in a cycle: Lorenser 2016, The DSP capabilities of Arm Cortex-M4 and "
          + "Cortex-M7 processors"),
      int16(2, source: "one SMLAD in a cycle: Lorenser 2016"),
      float32(
        1, source: "one VFMA.F32 in a cycle, pipelined: Lorenser 2016", checked: false),
    ],
    weights: Store(
      "flash", bytes: Figure(2_097_152, "ST DS12110, features: 2 Mbytes"),
      bandwidth: Figure(
        32 * 240e6 / 5,
        "derived: 256-bit words (ST RM0433, flash), 4 wait states at 240 MHz", checked: false)),
    activations: Store(
      "SRAM", bytes: Figure(1_048_576, "ST DS12110, features: about 1 Mbyte in five blocks"),
      bandwidth: Figure(
        8 * 240e6, "derived: 64-bit AXI at 240 MHz, ST RM0433, bus matrix", checked: false)),
    energy: .power(
      Figure(
        275e-6 * 480 * 3.3,
        "275 µA/MHz at 3.3 V, peripherals off: typical value, ST DS12110, features")),
    notes: [
      "the program, its stack and the scratch of convolutions are not counted",
      "1 MiB is five blocks, the largest of 512 KiB: no tensor may be larger than its block",
      "a published run reaches 29% of this peak: 24.7 million operations (that is 12.3 million MACs) "
        + "in 99.1 ms at 216 MHz, Lai et al. 2018, arXiv:1801.06601, table 2 (time not verified)",
    ])

  package static let int8NPU = Target(
    "int8_npu", "an accelerator beside a microcontroller that knows 8-bit weights and nothing else",
    machine: "Arm Ethos-U55-256 in Vela's High-End Embedded system",
    cores: Figure(1, "Arm Vela, OPTIONS: one Ethos-U55"),
    clock: Figure(500e6, "Arm Vela, vela.ini, Ethos_U55_High_End_Embedded: core_clock"),
    formats: [
      ComputeFormat(
        .integer(bits: [8], allowsZeroPoint: true), .integer(bits: [8], allowsZeroPoint: true),
        scales: [.tensor, .channel],
        perCycle: Figure(256, "Arm Vela, OPTIONS: ethos-u55-256 has 256 MACs"),
        alignment: Alignment(
          row: 8, outputs: 8,
          "blocks of 8 output channels by 8 input bytes: Arm 102420, Ethos-U55 TRM", checked: false),
        library: "Vela")
    ],
    weights: Store(
      "flash",
      bytes: Figure(
        8_388_608, "8 MB of QSPI flash on the board that runs it: Arm DAI 0547 (MPS3 AN547)",
        checked: false),
      bandwidth: Figure(
        0.5e9, "Arm Vela, vela.ini: Ethos-U55 High-End Embedded, flash (0.5 GB/s)")),
    activations: Store(
      "SRAM",
      bytes: Figure(
        2_097_152, "2 MB of SRAM for tensors: Arm ML embedded evaluation kit, Corstone-300",
        checked: false),
      bandwidth: Figure(4e9, "Arm Vela, vela.ini: Ethos-U55 High-End Embedded, SRAM (4 GB/s)")),
    energy: .work(
      multiplyAccumulate: Figure(
        0.3e-12,
        "8-bit product 0.2 pJ, 32-bit sum 0.1 pJ, at 45 nm: Horowitz 2014, "
          + "doi:10.1109/ISSCC.2014.6757323, figure 1.1.9"),
      weightByte: Figure(
        160e-12, "640 pJ for 32 bits from outside the chip, as from DRAM: Horowitz 2014"),
      activationByte: Figure(
        12.5e-12, "100 pJ for 64 bits from 1 MB of SRAM: Horowitz 2014", checked: false)),
    limits: LayerLimits(
      missing: ["batchnorm", "layernorm", "embedding", "gelu", "silu"], stride: 3, kernel: 64,
      kernelArea: 4096, "Arm Vela, SUPPORTED_OPS"),
    notes: [
      "weights stream from flash each time: Vela's compression of them is not counted",
      "it also takes 16-bit activations, at a rate that no source found here says: left out, so "
        + "they count as illegal",
      "the energy is of arithmetic and bytes alone, on a chip of 45 nm: without control, clock and "
        + "leakage",
    ])

  // MARK: What CMSIS-NN multiplies

  /// TensorFlow Lite's 8-bit scheme: symmetric weights, activations with a zero point; packed 4-bit
  /// weights are unpacked on the way.
  private static func int8(
    _ perCycle: Double, source: String, checked: Bool = true
  ) -> ComputeFormat {
    ComputeFormat(
      .integer(bits: [4, 8], allowsZeroPoint: false), .integer(bits: [8], allowsZeroPoint: true),
      scales: [.tensor, .channel], perCycle: Figure(perCycle, source, checked: checked),
      alignment: pairs, library: "CMSIS-NN")
  }

  private static func int16(
    _ perCycle: Double, source: String, checked: Bool = true
  ) -> ComputeFormat {
    ComputeFormat(
      .integer(bits: [8], allowsZeroPoint: false), .integer(bits: [16], allowsZeroPoint: false),
      scales: [.tensor, .channel], perCycle: Figure(perCycle, source, checked: checked),
      alignment: pairs, library: "CMSIS-NN")
  }

  private static func float32(
    _ perCycle: Double, source: String, checked: Bool = true
  ) -> ComputeFormat {
    ComputeFormat(
      .float(.fp32), .float(.fp32), perCycle: Figure(perCycle, source, checked: checked),
      alignment: Alignment(row: 1, outputs: 1, "one number at a time"), library: "CMSIS-DSP")
  }

  private static let pairs = Alignment(
    row: 4, outputs: 2,
    "input channels in multiples of 4, output channels of 2: CMSIS-NN, arm_convolve_HWC_q7_fast")
}
