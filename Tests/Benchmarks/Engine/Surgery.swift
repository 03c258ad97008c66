// Structured pruning without its choice: units followed through a published network, every second one
// cut out. Nothing is scored.

internal import Compression
internal import Networks

enum Surgery {
  static func job(network name: String) throws -> any Job {
    let network = try Program().network("\(name)()")
    return Task(
      { try smaller(network) },
      compares: { [Double($0.parameterCount), Double($0.multiplyAccumulates)] })
  }

  private static func smaller(_ network: Network) throws -> Network {
    let map = UnitMap(network)
    var left = UnitsLeft(map)
    let removed = map.removable.enumerated().filter { $0.offset % 2 == 0 && left.take($0.element) }
    return try network.without(Set(removed.map(\.element.root)), map)
  }
}
