// The gradients of LeNet-5 against PyTorch 2.15.0 (CPU, float64), recorded: of sum(w * outputs), for the
// network of Stdlib/networks.cnb, 12 images, and `hashed` numbers. Parameter k has k and bound 1/16 (the first 1/4), inputs k = 100 and bound 1, w k = 101 and bound 1. Of each tensor: its
// largest magnitude, and entries j * count / 12.
import Networks
import Tensors
import Testing

struct Slopes: Sendable {
  let name: String
  let largest: Double
  let entries: [Double]

  init(_ name: String, largest: Double, _ entries: [Double]) {
    self.name = name
    self.largest = largest
    self.entries = entries
  }

  static let all = [
    Slopes(
      "outputs", largest: 0.702989509,
      [
        0.239580746, 0.235912299, 0.22810699, 0.168797941, 0.154517395, 0.128420891, 0.211377404,
        0.104794868, 0.140088158, 0.200478755, 0.276827157, 0.133405015,
      ]),
    Slopes(
      "conv1.weight", largest: 1.17228631,
      [
        -0.0608183912, 0.0810360386, -0.135953977, 0.20155406, 0.18351941, -0.217165591,
        -0.0219586694, 0.187644779, -0.158350457, 0.27556261, -0.115426876, -0.472901716,
      ]),
    Slopes(
      "conv1.bias", largest: 0.958429457,
      [
        -0.447203059, 0.20692455, -0.372866604, -0.305502929, 0.372493487, -0.60720244, 0.583993245,
        -0.0619276046, -0.350042847, -0.763607001, 0.375567403, 0.752046296,
      ]),
    Slopes(
      "conv2.weight", largest: 1.19570063,
      [
        -0.402986186, 0.136226001, 0.200766014, 0.045233506, -0.188610454, -0.0911268015,
        -0.330002903, 0.292118202, 0.257479666, -0.103539158, 0.483492633, 0.159538289,
      ]),
    Slopes(
      "conv2.bias", largest: 1.18589746,
      [
        -0.621806013, 0.470230096, -0.322467911, 0.649568512, 0.254427157, -0.00397263848,
        -0.648348057, 0.599259817, 1.05347843, 0.0396946335, 0.375847048, -0.0765648818,
      ]),
    Slopes(
      "dense1.weight", largest: 0.822809723,
      [
        0, 0.0801859523, 0.0212257467, 0.0694783806, 0.101394189, 0.145974064, -0.0580290936,
        -0.131983525, -0.000896174562, 0.0288191953, 0, -0.00537193528,
      ]),
    Slopes(
      "dense1.bias", largest: 0.704794407,
      [
        0, 0.106804561, 0.0479664887, 0.125533107, -0.0293021125, 0.190353413, -0.0765020404,
        -0.176925388, 0.0218822241, -0.0302403994, 0, 0.0332545567,
      ]),
    Slopes(
      "dense2.weight", largest: 4.8850832,
      [
        0, 0, 0.0331625416, -0.186200874, 1.02205706, -0.065860639, 0, 0, 0.0171416586, -0.15591391,
        -1.2379047, -0.0623238153,
      ]),
    Slopes(
      "dense2.bias", largest: 3.43811297,
      [
        2.89666772, 1.42133582, 0.862868905, 2.14429891, -2.78707242, -0.142257094, -0.401865244,
        -3.43811297, -3.14421606, -1.91206503,
      ]),
    Slopes(
      "inputs", largest: 0.13760428,
      [
        3.18918563e-05, -0.000168828028, -0.000404512555, -0.000204066599, -0.000479312699,
        -0.00189979103, 0.000835535419, -0.000597972101, -0.00222203265, 0.00145621859,
        0.00159644889, 0.00408222,
      ]),
  ]
}

@Suite("LeNet-5") struct LeNetTests {
  private func network() throws -> Network {
    let pool = Blueprint.layer(try MaxPool(size: [2, 2]))
    let network = try Network.build(
      name: "lenet5", input: [1, 28, 28],
      blueprint: [
        .layer(try Conv2D(filters: 20, kernel: [5, 5])), pool,
        .layer(try Conv2D(filters: 50, kernel: [5, 5])), pool, .layer(Flatten()),
        .layer(try DenseLayer(units: 500)), .layer(try Activation(.relu)),
        .layer(try DenseLayer(units: 10)),
      ], random: RandomStream(seed: 0))
    var k: UInt64 = 0
    return network.mapParameters { _, parameter in
      defer { k += 1 }
      return parameter.with(value: hashed(parameter.value.shape, k, k == 0 ? 0.25 : 0.0625))
    }
  }

  /// Relative to the tensor's largest entry.
  @Test(arguments: EnginePath.allCases)
  func gradientsAreThoseOfDoublePrecision(_ path: EnginePath) throws {
    let network = try network()
    let found = try network.gradients(
      hashed([12, 1, 28, 28], 100, 1), weighting: hashed([12, 10], 101, 1), path: path)
    let tensors = [found.outputs] + found.parameters.joined().compactMap(\.self) + [found.inputs]
    #expect(tensors.count == Slopes.all.count)
    for (tensor, slopes) in zip(tensors, Slopes.all) {
      let largest = tensor.elements.map { Double($0.magnitude) }.max() ?? 0
      #expect(abs(largest - slopes.largest) < 2e-6 * slopes.largest, "\(slopes.name)")
      for (j, wanted) in slopes.entries.enumerated() {
        let entry = Double(tensor.elements[j * tensor.count / slopes.entries.count])
        #expect(abs(entry - wanted) < 2e-6 * slopes.largest, "\(slopes.name)[\(j)]")
      }
    }
  }
}
