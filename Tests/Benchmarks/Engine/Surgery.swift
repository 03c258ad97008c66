// Structured pruning of a published network: half of all filters and neurons scored, chosen and cut out.

internal import Compression
internal import Networks

enum Surgery {
  static func job(network name: String) throws -> any Job {
    let network = try Program().network("\(name)()")
    return Task(
      { try prune(network, PruneOptions(.share(0.5), per: .unit)).network },
      compares: { [Double($0.parameterCount), Double($0.multiplyAccumulates)] })
  }
}
