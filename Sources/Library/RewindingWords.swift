// Words for pruning in rounds: back to a saved start, and to another one, under the same masks.
import Interpreter
import Networks

enum RewindingWords {
  static let all = [rewind, reinitialize]

  static let rewind = Builtin(
    "rewind", "Keeps which weights are pruned, and gives all others the values of a saved start.",
    Parameter<NetworkValue>("network", "the pruned network, trained or not"),
    Parameter<NetworkValue>(
      "to",
      "a saved start, which is the same network before its training or after some steps of it, "
        + "bound to a name of its own", named: true),
    details: "A subnetwork that learns as well from its own start as the whole network did is a "
      + "winning ticket. Biases, normalizations and running statistics go back, too.",
    source: "Frankle and Carbin 2019, arXiv:1803.03635",
    examples: [
      Example(
        "data = load \"digits\"\nstart = mlp [64, 16, 10]\n"
          + "trained = train start, on: data.train, epochs: 1\n"
          + "ticket = rewind prune(trained, 50%), to: start\n"
          + "w = \"dense1.weight\"\nall(ticket[w] == start[w] * (ticket[w] != 0))",
        shows: "true")
    ], seeAlso: ["prune", "reinitialize", "train"], finish: NetworkValue.recorded(as: "rewind")
  ) { _, network, start -> NetworkValue in
    NetworkValue(try network.network.rewound(to: start.network))
  }

  static let reinitialize = Builtin(
    "reinitialize", "Draws fresh first weights, and keeps which of them are pruned.",
    Parameter<NetworkValue>("network", "any network; it stays as it is"),
    Parameter<Initialization?>(
      "weights", "what they are drawn from; without it, .glorot"),
    details:
      "The control of a lottery ticket: the same weights are left, with another start. Biases "
      + "become 0, normalizations what they begin with.",
    source: "Frankle and Carbin 2019, arXiv:1803.03635",
    examples: [
      Example("reinitialize(prune(mlp([64, 16, 10]), 75%)).sparsity", shows: "75%")
    ], seeAlso: ["rewind", "network"], finish: NetworkValue.recorded(as: "reinitialize")
  ) { context, network, weights -> NetworkValue in
    let seed = context.seed
    let stream = context.randomStream()
    return NetworkValue(
      network.network.reinitialized(weights ?? .glorot, random: stream), seed: seed)
  }
}
