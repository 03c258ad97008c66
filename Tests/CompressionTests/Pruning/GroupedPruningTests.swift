// Groups that become zero together: blocks, kernels and patterns, over all criteria that score them.
import Compression
import Networks
import Tensors
import Testing

@Suite struct GroupedPruningTests {
  static func criteria(_ granularity: Granularity) -> [Criterion] {
    Criterion.all.filter { !$0.learns && $0.scores(granularity) }
  }

  /// Two dense layers of even sizes.
  func network() throws -> Network {
    let layers = [
      try Specimens.dense(8), Blueprint.layer(try Activation(.relu)), try Specimens.dense(4),
    ]
    return try Network.build(
      name: "even", input: [12], blueprint: layers, random: RandomStream(seed: 3))
  }

  @Test(arguments: [[1, 4], [4, 1], [2, 2], [4, 4], [1, 1], [2, 4]])
  func blocksGoAsAWhole(_ sizes: [Int]) throws {
    let network = try network()
    let data = Specimens.dataset(for: network, count: 12)
    let (height, width) = (sizes[0], sizes[1])
    for criterion in Self.criteria(.block) {
      for scope in [PruningScope.local, .global] {
        let options = PruneOptions(
          .share(0.5), per: .block, by: criterion, scope: scope,
          block: try BlockShape(height, width))
        guard let small = try Specimens.pruned(network, options, on: data) else { continue }
        var removed = 0
        var blocks = 0
        for (_, parameter) in small.parameters where parameter.role == .weight {
          let columns = parameter.value.shape[1]
          let mask = parameter.pruned ?? [Bool](repeating: false, count: parameter.value.count)
          for top in stride(from: 0, to: parameter.value.shape[0], by: height) {
            for left in stride(from: 0, to: columns, by: width) {
              let flags = Set(
                (0..<height * width).map {
                  mask[(top + $0 / width) * columns + left + $0 % width]
                })
              #expect(flags.count == 1)
              blocks += 1
              if flags.contains(true) { removed += 1 }
            }
          }
        }
        #expect(removed == blocks / 2)
      }
    }
  }

  @Test(arguments: ["cnn", "residual", "grouped"])
  func kernelsGoAsAWhole(_ name: String) throws {
    let network = try Specimens.network(name)
    let data = Specimens.dataset(for: network, count: 12)
    for criterion in Self.criteria(.kernel) {
      let options = PruneOptions(.share(0.5), per: .kernel, by: criterion, scope: .local)
      let small = try prune(network, options, on: data).network
      for (name, parameter) in small.parameters where parameter.role == .weight {
        let shape = parameter.value.shape
        guard name.hasPrefix("conv"), shape[2] * shape[3] > 1 else {
          #expect(parameter.pruned == nil)
          continue
        }
        let size = shape[2] * shape[3]
        let mask = try #require(parameter.pruned)
        let kernels = stride(from: 0, to: mask.count, by: size).map { Set(mask[$0..<$0 + size]) }
        #expect(kernels.allSatisfy { $0.count == 1 })
        #expect(
          kernels.count { $0.contains(true) } == Int((0.5 * Double(kernels.count)).rounded()))
      }
    }
  }

  @Test(arguments: [(1, 2), (2, 4), (1, 4), (3, 4), (2, 6), (1, 12)])
  func patternsKeepExactlyNOfM(_ kept: Int, _ run: Int) throws {
    let network = try network()
    let data = Specimens.dataset(for: network, count: 12)
    for criterion in Self.criteria(.pattern) {
      let options = PruneOptions(
        .pattern, per: .pattern, by: criterion, layers: .only(["dense1"]),
        pattern: try Pattern(kept, of: run))
      let small = try prune(network, options, on: data).network
      let parameter = small.parameters[0].parameter
      for start in stride(from: 0, to: parameter.value.count, by: run) {
        #expect(parameter.pruned?[start..<start + run].count { $0 } == run - kept)
      }
      let before = network.parameters[0].parameter.value.elements
      guard criterion.name == "magnitude" else { continue }
      for start in stride(from: 0, to: before.count, by: run) {
        let places = start..<start + run
        let gone = places.filter { parameter.pruned?[$0] == true }.map { abs(before[$0]) }
        let left = places.filter { parameter.pruned?[$0] == false }.map { abs(before[$0]) }
        #expect((gone.max() ?? 0) <= (left.min() ?? .infinity))
      }
    }
  }

  @Test func aPatternAfterPruningPrunesWhatIsLeft() throws {
    let network = try network()
    let sparse = try prune(network, PruneOptions(.share(0.75))).network
    let options = PruneOptions(.pattern, per: .pattern, pattern: try Pattern(2, of: 4))
    let small = try prune(sparse, options).network
    for (old, new) in zip(sparse.parameters, small.parameters) where new.parameter.role == .weight {
      let mask = try #require(new.parameter.pruned)
      for (before, after) in zip(old.parameter.pruned ?? [], mask) where before { #expect(after) }
      for start in stride(from: 0, to: mask.count, by: 4) {
        #expect(mask[start..<start + 4].count { $0 } >= 2)
      }
    }
  }

  @Test func refusesWhatDoesNotDivide() throws {
    let network = try Specimens.network("mlp")
    let block = try BlockShape(3, 3)
    #expect(
      throws: CompressionError.blocks(block, matrix: [10, 12], parameter: "dense1.weight")
    ) { try prune(network, PruneOptions(.share(0.5), per: .block, block: block)) }
    let pattern = try Pattern(2, of: 4)
    #expect(throws: CompressionError.pattern(pattern, row: 10, parameter: "dense2.weight")) {
      try prune(network, PruneOptions(.pattern, per: .pattern, pattern: pattern))
    }
    for (kept, run) in [(0, 4), (4, 4), (5, 4), (1, 2048), (-1, 3)] {
      #expect(throws: CompressionError.self) { try Pattern(kept, of: run) }
    }
    #expect(throws: CompressionError.self) {
      try prune(network, PruneOptions(.share(0.5), per: .kernel))
    }
    #expect(throws: CompressionError.self) {
      try prune(network, PruneOptions(.share(0.5), per: .block))
    }
    #expect(throws: CompressionError.self) {
      try prune(network, PruneOptions(.share(0.5), pattern: pattern))
    }
  }
}
