// The machine of the table that skips zeros: a GPU whose tensor cores read 2:4 sparse weights.
import Encodings

extension Target {
  package static let sparseGPU = Target(
    "sparse_gpu", "a GPU whose tensor cores skip two of four weights, where those are zero",
    machine: "NVIDIA A100 SXM 80 GB",
    cores: Figure(108, "NVIDIA A100 whitepaper 2020, table 4: multiprocessors"),
    clock: Figure(1.41e9, "NVIDIA A100 whitepaper 2020, table 4: boost clock"),
    formats: [
      tensorCores(.int8, 4096, isSparse: true, "1248 TOPS with sparsity"),
      tensorCores(.int8, 2048, isSparse: false, "624 TOPS"),
      tensorCores(.fp16, 2048, isSparse: true, "624 TFLOPS with sparsity"),
      tensorCores(.fp16, 1024, isSparse: false, "312 TFLOPS"),
      tensorCores(.bf16, 2048, isSparse: true, "624 TFLOPS with sparsity"),
      tensorCores(.bf16, 1024, isSparse: false, "312 TFLOPS"),
      ComputeFormat(
        .integer(bits: [4], allowsZeroPoint: false), .float(.fp32), scales: [.groups([64, 128])],
        wantsMatrix: true,
        perCycle: Figure(
          1024, "as fp16, to which the codes are unpacked: NVIDIA TensorRT, quantized types"),
        alignment: Alignment(
          row: 64, outputs: 8, "blocks of 64 or 128: NVIDIA TensorRT, quantized types",
          checked: false),
        library: "TensorRT"),
      ComputeFormat(
        .float(.fp32), .float(.fp32),
        perCycle: Figure(64, "19.5 TFLOPS, without tensor cores: NVIDIA A100 data sheet"),
        alignment: Alignment(row: 1, outputs: 32, "a warp of 32 threads"), library: "cuBLAS"),
    ],
    weights: memory, activations: memory,
    cache: Store(
      "L2 cache", bytes: Figure(41_943_040, "NVIDIA A100 whitepaper 2020, table 4: 40960 KB"),
      bandwidth: Figure(
        5120 * 1.41e9, "derived: 5120 bytes in a cycle, NVIDIA A100 whitepaper 2020, page 35")),
    energy: .power(Figure(400, "NVIDIA A100 data sheet: maximum TDP of the SXM module")),
    notes: [
      "at batch 1 the tensor cores wait for weights: the peaks belong to large batches",
      "starting a kernel takes some microseconds for each layer, and is not counted",
    ])

  private enum Kind { case int8, fp16, bf16 }

  private static func tensorCores(
    _ kind: Kind, _ perCycle: Double, isSparse: Bool, _ rate: String
  ) -> ComputeFormat {
    let (weights, activations): (Operand, Operand) =
      switch kind {
      case .int8:
        (.integer(bits: [8], allowsZeroPoint: false), .integer(bits: [8], allowsZeroPoint: false))
      case .fp16: (.float(.fp16), .float(.fp32))
      case .bf16: (.float(.bf16), .float(.fp32))
      }
    let multiple = kind == .int8 ? 32 : 16
    return ComputeFormat(
      weights, activations, scales: kind == .int8 ? [.tensor, .channel] : [],
      wantsTwoOfFour: isSparse,
      perCycle: Figure(
        perCycle, "\(rate), for each multiprocessor and cycle: NVIDIA A100 data sheet"),
      alignment: isSparse
        ? Alignment(
          row: multiple, outputs: multiple, isRequired: true,
          "rows and columns in multiples of \(multiple): PyTorch, shape constraints of cuSPARSELt")
        : Alignment(
          row: multiple / 2, outputs: 8,
          "16 bytes of inputs at a time: NVIDIA, deep learning performance, matrix multiplication",
          checked: false),
      library: isSparse ? "cuSPARSELt" : "TensorRT")
  }

  private static let memory = Store(
    "HBM2e", bytes: Figure(80e9, "NVIDIA A100 data sheet: 80 GB"),
    bandwidth: Figure(2.039e12, "NVIDIA A100 data sheet: 2039 GB/s"))
}
