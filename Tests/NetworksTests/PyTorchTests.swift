// Three steps of training against PyTorch 2.15.0 (CPU, float64), recorded. The net: conv(1 -> 3, 3x3,
// padding 1), batch norm, relu, maxpool 2, flatten, dense 5. Learned parameter k (in PyTorch's order) has
// values 0.3 sin(0.7 i + k), the gain of the norm plus 1; inputs are cos(0.37 i) as [4, 1, 6, 6],
// labels 0, 3, 1, 4. The teacher is flatten, dense 5 with k = 7 and 8. `sums` are sums of absolute
// values: the learned parameters in order, then the running mean and variance.
import Glibc
import Networks
import Tensors
import Testing

struct Recorded: Sendable, CustomTestStringConvertible {
  let name: String
  let losses: [Double]
  let sums: [Double]
  var testDescription: String { name }

  static let all: [Recorded] = [
    // SGD(lr=0.1), cross_entropy
    Recorded(
      name: "sgd", losses: [1.69246941, 1.41422174, 1.28086364],
      sums: [5.116164, 0.752580, 3.357575, 0.483665, 25.872479, 0.932002, 0.154373, 2.601618]),
    // SGD(lr=0.1, momentum=0.9, weight_decay=0.01)
    Recorded(
      name: "momentum", losses: [1.69246941, 1.41433613, 1.19429980],
      sums: [5.092147, 0.748361, 3.336952, 0.480848, 26.005595, 0.929304, 0.154190, 2.600390]),
    // SGD(lr=0.1, momentum=0.9, nesterov=True), label_smoothing=0.1
    Recorded(
      name: "nesterov", losses: [1.69016997, 1.34507499, 1.16222926],
      sums: [5.122496, 0.752580, 3.373614, 0.483263, 26.275746, 0.968625, 0.154484, 2.602048]),
    // Adam(lr=0.01, weight_decay=0.01)
    Recorded(
      name: "adam", losses: [1.69246941, 1.53263314, 1.40421517],
      sums: [4.936632, 0.662727, 3.304190, 0.459774, 25.684561, 0.892119, 0.148340, 2.582801]),
    // AdamW(lr=0.01, weight_decay=0.1), mse_loss to one_hot
    Recorded(
      name: "adamw", losses: [2.57845917, 2.02856882, 1.62656104],
      sums: [5.012110, 0.750324, 3.225895, 0.514942, 24.360037, 0.963804, 0.155079, 2.591610]),
    // SGD(lr=0.1), 0.7 kl_div(T=4, batchmean) 16 + 0.3 cross_entropy
    Recorded(
      name: "distillation", losses: [0.62866410, 0.48584907, 0.46315630],
      sums: [5.113529, 0.752580, 3.324975, 0.486241, 25.695390, 0.935014, 0.154378, 2.601425]),
  ]
}

@Suite("PyTorch") struct PyTorchTests {
  private func wave(_ shape: [Int], _ k: Int, plus offset: Double = 0) -> Tensor {
    Tensor(
      trusted: shape,
      (0..<shape.reduce(1, *)).map { Float(0.3 * sin(0.7 * Double($0) + Double(k)) + offset) })
  }

  private func waves(_ network: Network, from first: Int) -> Network {
    var k = first - 1
    return network.mapParameters { _, parameter in
      guard parameter.role != .statistic else { return parameter }
      k += 1
      let offset = parameter.role == .scale ? 1.0 : 0
      return parameter.with(value: wave(parameter.value.shape, k, plus: offset))
    }
  }

  private func options(_ name: String, _ teacher: Network) -> Training {
    var options = Training()
    options.epochs = 3
    options.batch = 4
    options.optimizer = .sgd
    options.rate = 0.1
    options.momentum = 0
    switch name {
    case "momentum": (options.momentum, options.decay) = (0.9, 0.01)
    case "nesterov":
      (options.momentum, options.nesterov, options.smoothing) = (0.9, true, 0.1)
    case "adam":
      (options.optimizer, options.rate, options.decay) = (.adam, 0.01, 0.01)
      options.momentum = nil
    case "adamw":
      (options.optimizer, options.rate, options.decay) = (.adamw, 0.01, 0.1)
      (options.loss, options.momentum) = (.squaredError, nil)
    case "distillation":
      (options.loss, options.teacher) = (.distillation, teacher)
      (options.temperature, options.mix) = (4, 0.7)
    default: break
    }
    return options
  }

  @Test(arguments: Recorded.all)
  func threeSteps(_ recorded: Recorded) throws {
    let random = RandomStream(seed: 0)
    let student = try Network.build(
      name: "student", input: [1, 6, 6],
      blueprint: [
        .layer(try Conv2D(filters: 3, kernel: [3, 3], padding: [1, 1])), .layer(try BatchNorm()),
        .layer(try Activation(.relu)), .layer(try MaxPool(size: [2, 2])), .layer(Flatten()),
        .layer(try DenseLayer(units: 5)),
      ], random: random)
    let teacher = try Network.build(
      name: "teacher", input: [1, 6, 6],
      blueprint: [.layer(Flatten()), .layer(try DenseLayer(units: 5))], random: random)
    let inputs = (0..<144).map { Float(cos(0.37 * Double($0))) }
    let data = Dataset(
      name: "waves", part: "", inputs: Tensor(trusted: [4, 1, 6, 6], inputs),
      labels: [0, 3, 1, 4], classes: 5, digest: "")
    let trained = try waves(student, from: 0)
      .trained(on: data, options(recorded.name, waves(teacher, from: 7)))
    #expect(distance(trained.history.map { Float($0.loss) }, recorded.losses) < 2e-6)
    let parameters = trained.network.parameters.map(\.parameter)
    let learned = parameters.filter { $0.role != .statistic }
    let statistics = parameters.filter { $0.role == .statistic }
    for (i, parameter) in (learned + statistics).enumerated() {
      // A bias before a norm has no slope: Adam blows its rounding errors up, and the mean sees it.
      if [1, 6].contains(i) && recorded.name == "adamw" { continue }
      let sum = parameter.value.elements.reduce(0) { $0 + abs(Double($1)) }
      #expect(abs(sum - recorded.sums[i]) < 2e-5 * max(1, recorded.sums[i]), "parameter \(i)")
    }
  }
}
