// Small networks that between them use every layer in every way that runs differently.
import Networks
import Tensors
import Testing

struct Sample: Sendable, CustomTestStringConvertible {
  let name: String
  let input: [Int]
  let blueprint: [Blueprint]
  /// For embeddings: inputs are indices below this.
  var vocabulary: Int?
  var testDescription: String { name }

  func network(seed: UInt64 = 1) throws -> Network {
    let network = try Network.build(
      name: name, input: input, blueprint: blueprint, random: RandomStream(seed: seed))
    // Biases and statistics away from their first values, so that tests see them.
    var random = RandomStream(seed: seed + 1)
    return network.mapParameters { _, parameter in
      parameter.with(
        value: parameter.value.map { value in
          let noise = 0.2 * (random.uniform() - 0.5)
          return parameter.role == .weight ? value : value + noise
        })
    }
  }

  func inputs(_ count: Int, seed: UInt64 = 7) -> Tensor {
    var random = RandomStream(seed: seed)
    let size = count * input.reduce(1, *)
    let elements = (0..<size).map { _ in
      vocabulary.map { Float(random.integer(below: $0)) } ?? Float(random.normal())
    }
    return Tensor(trusted: [count] + input, elements)
  }

  static func layer(_ layer: any Layer) -> Blueprint { .layer(layer) }

  static func make() throws -> [Sample] {
    try plain() + windows() + graphs() + sequences() + gates()
  }

  private static func plain() throws -> [Sample] {
    let dense = layer(try DenseLayer(units: 6))
    let perFunction = try Activation.Function.all.flatMap { function in
      let activation = layer(try Activation(function, slope: 0.2))
      return [
        Sample(
          name: "dense and \(function.name)", input: [5], blueprint: [dense, activation, dense]),
        Sample(name: "\(function.name) alone", input: [3, 2], blueprint: [activation]),
      ]
    }
    return perFunction + [
      Sample(name: "dense", input: [7], blueprint: [dense]),
      Sample(
        name: "dense without bias", input: [7],
        blueprint: [layer(try DenseLayer(units: 3, bias: false))]),
      Sample(name: "flatten", input: [2, 3], blueprint: [layer(Flatten()), dense]),
      Sample(
        name: "reshape", input: [8],
        blueprint: [
          dense, layer(try Reshape(shape: [3, 2])), layer(try LayerNorm()), layer(Flatten()), dense,
        ]),
      Sample(
        name: "embedding", input: [4],
        blueprint: [layer(try Embedding(vocabulary: 9, units: 5)), layer(Flatten()), dense],
        vocabulary: 9),
      Sample(name: "softmax", input: [5], blueprint: [dense, layer(Softmax())]),
      Sample(name: "softmax of planes", input: [4, 3], blueprint: [layer(Softmax())]),
      Sample(name: "layernorm", input: [6], blueprint: [dense, layer(try LayerNorm()), dense]),
      Sample(name: "batchnorm", input: [5], blueprint: [dense, layer(try BatchNorm()), dense]),
    ]
  }

  private static func windows() throws -> [Sample] {
    func conv(
      _ filters: Int, _ kernel: [Int], _ stride: [Int] = [1, 1], _ padding: [Int] = [0, 0],
      groups: Int = 1
    ) throws -> Blueprint {
      layer(
        try Conv2D(
          filters: filters, kernel: kernel, stride: stride, padding: padding, groups: groups))
    }
    let relu = layer(try Activation(.relu))
    let pool = layer(try MaxPool(size: [2, 2]))
    return try [
      Sample(name: "conv", input: [2, 5, 6], blueprint: [conv(3, [3, 3])]),
      Sample(
        name: "conv, stride and padding", input: [2, 7, 6],
        blueprint: [conv(3, [3, 2], [2, 1], [1, 1])]),
      Sample(
        name: "conv in groups", input: [4, 5, 5],
        blueprint: [conv(6, [3, 3], [1, 1], [1, 1], groups: 2), relu]),
      Sample(
        name: "depthwise conv", input: [3, 6, 5],
        blueprint: [conv(3, [3, 3], [2, 2], [1, 1], groups: 3)]),
      Sample(
        name: "conv, relu, pool, twice", input: [1, 12, 12],
        blueprint: [
          conv(4, [3, 3]), relu, pool, conv(5, [2, 2]), relu, pool, layer(Flatten()),
          layer(try DenseLayer(units: 3)),
        ]),
      Sample(name: "maxpool of odd planes", input: [2, 5, 7], blueprint: [pool]),
      Sample(
        name: "maxpool, overlapping", input: [2, 6, 7],
        blueprint: [layer(try MaxPool(size: [3, 3], stride: [2, 2], padding: [1, 1]))]),
      Sample(
        name: "avgpool", input: [2, 6, 7],
        blueprint: [layer(try AveragePool(size: [3, 2], stride: [2, 2], padding: [1, 0]))]),
      Sample(
        name: "maxpool, ceil", input: [2, 6, 8],
        blueprint: [layer(try MaxPool(size: [3, 3], stride: [2, 2], ceil: true))]),
      Sample(
        name: "maxpool of pairs, ceil", input: [2, 5, 7],
        blueprint: [conv(3, [1, 1]), relu, layer(try MaxPool(size: [2, 2], ceil: true))]),
      Sample(
        name: "avgpool, ceil", input: [2, 6, 7],
        blueprint: [
          layer(try AveragePool(size: [3, 2], stride: [2, 2], padding: [1, 0], ceil: true))
        ]),
      Sample(
        name: "globalpool", input: [2, 4, 4], blueprint: [conv(3, [3, 3]), layer(GlobalPool())]),
      Sample(
        name: "batchnorm of planes", input: [2, 4, 4],
        blueprint: [conv(3, [3, 3]), layer(try BatchNorm()), relu, layer(GlobalPool())]),
      Sample(
        name: "layernorm of planes", input: [3, 3, 2], blueprint: [layer(try LayerNorm())]),
    ]
  }

  private static func graphs() throws -> [Sample] {
    let dense = layer(try DenseLayer(units: 6))
    let relu = layer(try Activation(.relu))
    let conv = layer(try Conv2D(filters: 2, kernel: [3, 3], padding: [1, 1]))
    // A bias before batch normalization has no slope.
    let plain = layer(try Conv2D(filters: 2, kernel: [3, 3], padding: [1, 1], bias: false))
    return [
      Sample(
        name: "residual", input: [6], blueprint: [.residual([dense, relu, dense]), relu, dense]),
      Sample(
        name: "residual with a shortcut", input: [3, 4, 4],
        blueprint: [.residual([conv, relu, conv], shortcut: [conv]), layer(Flatten()), dense]),
      Sample(
        name: "branches", input: [2, 4, 4],
        blueprint: [
          conv, .branches([[conv], [conv, relu], [layer(try Activation(.silu))]]), conv,
          layer(Flatten()), dense,
        ]),
      Sample(
        name: "residual, relu, odd pool", input: [3, 7, 7],
        blueprint: [
          conv, .residual([plain, layer(try BatchNorm()), relu, conv]), relu,
          layer(try MaxPool(size: [2, 2])), layer(Flatten()), dense,
        ]),
      Sample(
        name: "a list as an image", input: [5],
        blueprint: [
          layer(try DenseLayer(units: 18)), layer(try Reshape(shape: [2, 3, 3])), conv, relu,
          layer(try LayerNorm()), conv, layer(Flatten()), dense,
        ]),
      Sample(
        name: "image and list side by side", input: [2, 4, 4],
        blueprint: [
          .branches([
            [conv, layer(Flatten())], [layer(Flatten()), dense],
            [conv, relu, layer(GlobalPool())],
            [layer(try AveragePool(size: [2, 2])), layer(Flatten())],
          ]), dense,
        ]),
      Sample(
        name: "branches with views", input: [2, 2],
        blueprint: [.branches([[layer(Flatten())], [layer(Flatten()), dense]]), dense]),
    ]
  }

  private static func sequences() throws -> [Sample] {
    func dense(_ units: Int, bias: Bool = true) throws -> Blueprint {
      layer(try DenseLayer(units: units, bias: bias, positions: true))
    }
    let norm = layer(try LayerNorm(epsilon: 1e-6))
    let attention = try Attention(heads: 2)
    return try [
      Sample(name: "dense at positions", input: [5, 3], blueprint: [dense(6)]),
      Sample(
        name: "dense at positions, relu", input: [5, 3],
        blueprint: [dense(6), layer(try Activation(.relu)), dense(4, bias: false)]),
      Sample(
        name: "dense at pixels", input: [3, 2, 4],
        blueprint: [dense(2), layer(try Activation(.gelu)), dense(3)]),
      Sample(
        name: "attention", input: [6, 5],
        blueprint: [.branches([[dense(4)], [dense(4)], [dense(8)]], join: attention)]),
      Sample(
        name: "attention to itself", input: [4, 20],
        blueprint: [.branches([[], [], []], join: attention)]),
      Sample(
        name: "attention to fewer positions", input: [4, 6],
        blueprint: [
          .branches(
            [
              [dense(4)], [layer(try Slice(1..<4, axis: 1)), dense(4)],
              [layer(try Slice(3..<6, axis: 1)), dense(2)],
            ], join: attention)
        ]),
      Sample(
        name: "an image as a sequence", input: [2, 4, 4],
        blueprint: [
          layer(try Conv2D(filters: 4, kernel: [2, 2], stride: [2, 2])),
          layer(try Reshape(shape: [4, 4])), layer(ClassToken()),
          layer(try PositionEmbedding(positions: 5)),
          .residual([norm, .branches([[dense(4)], [dense(4)], [dense(4)]], join: attention)]),
          norm, layer(try Slice(0..<1, axis: 1)), layer(Flatten()),
          layer(try DenseLayer(units: 3)),
        ]),
      Sample(
        name: "a text", input: [4],
        blueprint: [
          layer(try Embedding(vocabulary: 9, units: 6)),
          layer(try PositionEmbedding(positions: 7)), layer(try SegmentEmbedding(segments: 2)),
          norm, .residual([dense(8), layer(try Activation(.gelu)), dense(6)]),
        ], vocabulary: 9),
      Sample(name: "class token alone", input: [3, 4], blueprint: [layer(ClassToken())]),
    ]
  }

  private static func gates() throws -> [Sample] {
    let conv = layer(try Conv2D(filters: 4, kernel: [3, 3], padding: [1, 1]))
    let gate = [
      layer(GlobalPool(keepdims: true)), layer(try Conv2D(filters: 4, kernel: [1, 1])),
      layer(try Activation(.sigmoid)),
    ]
    return try [
      Sample(
        name: "gates of channels", input: [2, 5, 4],
        blueprint: [conv, .branches([[], gate], join: Multiply()), conv]),
      Sample(
        name: "gates that are a list", input: [3, 4, 2],
        blueprint: [.branches([[], [layer(GlobalPool())]], join: Multiply())]),
      Sample(
        name: "product of two branches", input: [2, 4, 4],
        blueprint: [conv, .branches([[conv], [layer(try Activation(.tanh))]], join: Multiply())]),
      Sample(
        name: "sum of three branches", input: [5],
        blueprint: [
          .branches(
            [[], [layer(try DenseLayer(units: 5))], [layer(try Activation(.silu))]], join: Add())
        ]),
      Sample(
        name: "slice and shuffle", input: [4, 3, 3],
        blueprint: [
          conv,
          .branches([[layer(try Slice(0..<2))], [layer(try Slice(1..<3)), conv]]),
          layer(try ChannelShuffle(groups: 3)), conv,
        ]),
      Sample(
        name: "slice of rows", input: [2, 5, 3], blueprint: [layer(try Slice(1..<4, axis: 1))]),
    ]
  }
}
