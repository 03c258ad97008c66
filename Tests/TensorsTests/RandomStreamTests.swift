// Random numbers: the same everywhere (golden values), fair, and independent by label.
import Tensors
import Testing

@Suite struct RandomStreamTests {
  /// The reference implementations of xoshiro256** and SplitMix64, run in Python's integers.
  @Test func goldenValues() {
    var zero = RandomStream(seed: 0)
    #expect(
      (0..<4).map { _ in zero.next() } == [
        0x99ec_5f36_cb75_f2b4, 0xbf6e_1f78_4956_452a, 0x1a5f_849d_4933_e6e0,
        0x6aa5_94f1_262d_2d2c,
      ])
    var child = RandomStream(seed: 42).split("weights")
    #expect(
      (0..<3).map { _ in child.next() } == [
        0xac09_92f2_e65a_aaf5, 0xadac_ad1d_8ab8_3794, 0x19de_ad74_d5bd_79dc,
      ])
    var uniform = RandomStream(seed: 42)
    #expect(
      (0..<4).map { _ in uniform.uniform() } == [
        0.083_862_960_338_592_53, 0.378_980_219_364_166_26, 0.680_043_399_333_953_9,
        0.924_692_928_791_046_1,
      ])
    var whole = RandomStream(seed: 42)
    #expect((0..<12).map { _ in whole.integer(below: 10) } == [0, 3, 6, 9, 9, 7, 7, 8, 7, 5, 6, 2])
    var order = RandomStream(seed: 42)
    #expect(order.permutation(10) == [9, 1, 4, 2, 8, 7, 6, 5, 3, 0])
    var normal = RandomStream(seed: 42)
    let wanted = [
      -0.726_219_138_244_785_7, -0.211_196_918_231_959_85, 0.221_622_701_503_593_3,
      0.522_771_687_756_014_6,
    ]
    for number in wanted { #expect(abs(normal.normal() - number) < 1e-14) }
  }

  @Test func childrenDependOnLabelsOnly() {
    let fresh = RandomStream(seed: 7)
    var used = fresh
    for _ in 0..<100 { _ = used.normal() }
    #expect(used.split("a") == fresh.split("a"))
    #expect(fresh.split("a") != fresh.split("b"))
    #expect(fresh.split("a").split("b") != fresh.split("b").split("a"))
    #expect(fresh.split("") != fresh)
    #expect(RandomStream(seed: 8).split("a") != fresh.split("a"))
  }

  /// Means and variances within five standard errors.
  @Test func moments() throws {
    var stream = RandomStream(seed: 1).split("moments")
    let n = 200_000
    let root = Double(n).squareRoot()
    let uniform = try stream.uniform(shape: [n])
    #expect(uniform.elements.allSatisfy { $0 >= 0 && $0 < 1 })
    #expect(abs(try Reduction.mean(uniform) - 0.5) < 5 * 0.2887 / root)
    #expect(abs(try Reduction.variance(uniform) - 1.0 / 12) < 5 * 0.0745 / root)
    let normal = try stream.normal(shape: [n])
    #expect(abs(try Reduction.mean(normal)) < 5 / root)
    #expect(abs(try Reduction.variance(normal) - 1) < 5 * 1.415 / root)
    let fourth = try Reduction.mean(normal.map { $0 * $0 * $0 * $0 })
    #expect(abs(fourth - 3) < 5 * 9.8 / root)
    let tail = Double(normal.elements.count { abs($0) > 1.959_964 }) / Double(n)
    #expect(abs(tail - 0.05) < 5 * 0.218 / root)
    let even = try Reduction.mean(
      normal.selecting([.slice(stop: -1)]) * normal.selecting([.slice(start: 1)]))
    #expect(abs(even) < 5 / root)
  }

  @Test(arguments: [1, 2, 3, 7, 10]) func wholeNumbersAreFair(bound: Int) {
    var stream = RandomStream(seed: 3)
    var counts = [Int](repeating: 0, count: bound)
    for _ in 0..<70_000 { counts[stream.integer(below: bound)] += 1 }
    let share = 70_000 / Double(bound)
    for count in counts { #expect(abs(Double(count) - share) < 5 * share.squareRoot()) }
    #expect((0..<100).allSatisfy { _ in (0..<Int.max).contains(stream.integer(below: .max)) })
  }

  @Test func permutations() {
    var stream = RandomStream(seed: 5)
    #expect(stream.permutation(1000).sorted() == Array(0..<1000))
    #expect(stream.permutation(0) == [])
    #expect(stream.permutation(-1) == [])
    var seen: [[Int]: Int] = [:]
    for _ in 0..<6000 { seen[stream.shuffled([1, 2, 3]), default: 0] += 1 }
    #expect(seen.count == 6)
    #expect(seen.values.allSatisfy { abs($0 - 1000) < 150 })
  }
}
