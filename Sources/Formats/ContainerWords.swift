// The words that a container knows: each costs a byte or three, any other text its length and UTF-8.
// The list is part of the format. New words go last, and none ever leaves or moves.
import Encodings

package enum ContainerWords {
  package static let all: [String] = lines.flatMap {
    $0.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
  }

  /// Separated by bars; the order is that of their numbers.
  private static let lines = [
    // Kinds of layers.
    "flatten|reshape|activation|quantizer|dropout|add|multiply|concatenate|slice|channel_shuffle",
    "softmax|dense|embedding|position_embedding|segment_embedding|class_token|maxpool|avgpool",
    "globalpool|layernorm|batchnorm|conv2d|attention",
    // Their settings, and the texts among these.
    "function|slope|bits|grid|range|zero|least|greatest|examples|share|heads|filters|kernel|stride",
    "padding|groups|bias|units|positions|vocabulary|epsilon|momentum|shape|segments|size|ceil",
    "keepdims|start|end|axis",
    "relu|leaky|relu6|sigmoid|tanh|gelu|silu",
    "affine|symmetric|sign|scaled_sign|static|batch|sample|token",
    // Names of networks.
    "network|mlp|lenet300|lenet5|keras_cnn|alexnet|vgg16|resnet18|resnet20|resnet50|googlenet",
    "densenet121|efficientnet_b0|mobilenet_v2|shufflenet_v2|squeezenet|vit_b16|bert_base",
    // Words that leave a line on the receipt, and their arguments.
    "train|finetune|prune|quantize|dequantize|fold|svd|distill|arithmetic|allocate",
    "input|name|layers|seed|on|epochs|optimizer|rate|nesterov|decay|schedule|gamma|every|warmup",
    "loss|smoothing|validation|holdout|patience|frozen|sparsity|by|scope|except|from|power|per",
    "group|percentile|fraction|rounding|narrow|activations|activation_grid|activation_range",
    "dynamic|learned|for|biases|strict|rank|energy|bytes|larger|teacher|temperature|mix|instead",
    "budget|using|samples|integer",
    // What these say.
    "true|false|none|.sgd|.adam|.adamw|.constant|.linear|.cosine|.step|.exponential|.polynomial",
    ".crossentropy|.mse|.magnitude|.l1|.l2|.local|.global|.affine|.symmetric|.power_of_two",
    ".fixed_point|.fp16|.bf16|.fp8_e4m3|.fp8_e5m2|.ternary|.binary|.xnor|.tensor|.channel|.minmax",
    ".percentile|.kl|.moving_average|.learned|.float|.integer|.half_even|.half_away|.stochastic",
    ".adaround|.gptq|.batch|.sample|.token|centroids|across|codebook|.density|.random|.plus_plus",
    ".optimal|.layer|.network|.fp32",
    "mnist.train sha256:02def62d38696cdd|mnist.test sha256:fc4ad2928469b062",
    "digits.train sha256:ac9fdfe258aefd68|digits.test sha256:ac9fdfe258aefd68",
    "[1, 28, 28]|10%|20%|30%|40%|50%|60%|70%|80%|90%|91%|92%|93%|94%|95%|96%|97%|98%|99%",
    "0.1|0.01|0.001|0.0001|0.5|0.05|0.005|0.0005|0.2|0.02|0.002|0.0002|0.3|0.03|0.003|0.0003",
    ".cortexM4|.cortexM7|.int8_npu|.arm_dot_product|.avx2|.avx512_vnni|.sparse_gpu",
    "index|code|reindex|lambda|.smallest|.bitmask|.gaps|.relative|.csr|.csc|.positions",
    ".deflate|.huffman|.range|.rate_distortion|hash|factor|buckets|block|.points",
    "count|below|macs|parameters|pattern|.lamp|.geometric_median|.distance_sum|.batchnorm_scale",
    ".activation|.apoz|.wanda|.snip|.taylor|.fisher|.obd|.obs|.movement|.weight|.pattern|.block",
    ".kernel|.neuron|.filter|.unit|.head|.row",
    "merge_neurons",
    "rewind|to|reinitialize|weights|.glorot|.glorot_normal|.he|steps|validate_every|kept",
    "skip_zeros|as|.auto|.dense|multiple|recover",
  ]

  /// By their UTF-8: strings of Swift are equal where their accents are, whatever their bytes.
  private static let numbers = Dictionary(
    all.enumerated().map { (Array($1.utf8), $0) }, uniquingKeysWith: min)

  // MARK: - In files
  //
  //   first byte  what follows
  //   0...223     nothing: the word of that number
  //   224...250   0 to 26 bytes of UTF-8
  //   251         a count, and so many bytes of UTF-8
  //   252         a count: the whole number that the text writes
  //   253         the same in 8 bytes
  //   254         a count: the word of that number and 224

  static let inOneByte = 224
  private static let longestInOneByte = 26

  static func write(_ text: String, to writer: inout ByteWriter) {
    let bytes = Array(text.utf8)
    if let number = numbers[bytes] {
      guard number >= inOneByte else { return writer.append(UInt8(number)) }
      writer.append(254 as UInt8)
      writer.append(count: number - inOneByte)
    } else if bytes.count > 1, let number = UInt64(text), "\(number)".utf8.elementsEqual(bytes) {
      if number < 1 << 49 {
        writer.append(252 as UInt8)
        writer.append(count: Int(number))
      } else {
        writer.append(253 as UInt8)
        writer.append(number)
      }
    } else {
      if bytes.count <= longestInOneByte {
        writer.append(UInt8(inOneByte + bytes.count))
      } else {
        writer.append(251 as UInt8)
        writer.append(count: bytes.count)
      }
      writer.append(bytes)
    }
  }

  static func read(from reader: inout ByteReader) throws(BytesError) -> String {
    let start = reader.offset
    let first = Int(try reader.integer(UInt8.self))
    switch first {
    case ..<inOneByte: return try word(first, at: start)
    case ...(inOneByte + longestInOneByte): return try text(first - inOneByte, &reader)
    case 251: return try text(try reader.count(upTo: reader.remaining), &reader)
    case 252: return "\(try reader.count(upTo: .max))"
    case 253: return "\(try reader.integer(UInt64.self))"
    case 254: return try word(inOneByte + (try reader.count(upTo: 1 << 20)), at: start)
    default: throw BytesError("a text begins with the byte \(first)", at: start)
    }
  }

  private static func word(_ number: Int, at start: Int) throws(BytesError) -> String {
    guard all.indices.contains(number) else {
      throw BytesError(
        "the list of words has none with the number \(number): a newer cnb may have written it",
        at: start)
    }
    return all[number]
  }

  private static func text(
    _ length: Int, _ reader: inout ByteReader
  ) throws(BytesError) -> String {
    let start = reader.offset
    guard let text = String(validating: try reader.take(length), as: UTF8.self) else {
      throw BytesError("a text is not UTF-8", at: start)
    }
    return text
  }
}
