// Where the codes of an example lie, and steps that move them.
internal import Kernels

/// A layer whose output numbers are numbers of its input, elsewhere.
protocol PicksNumbers: Layer {
  /// For each number of an example's output, in order, its place in the input.
  func picks(_ input: [Int]) -> [Int]
}

extension CodePlane {
  /// Axis 0 holds the channels; all that are not images have one line of places.
  init(_ shape: [Int]) {
    self.init(
      height: shape.count == 3 ? shape[1] : 1,
      width: shape.count == 3 ? shape[2] : shape.dropFirst().reduce(1, *),
      channels: shape.first ?? 1)
  }

  /// Where the code of a number is that floats would hold at `index`, channel after channel.
  func place(of index: Int) -> Int {
    let (channel, place) = index.quotientAndRemainder(dividingBy: height * width)
    return place * channels + channel
  }
}

extension IntegerProgram {
  /// The numbers as ones of this shape: a list of an image still has its channels side by side
  /// before.
  mutating func moved(_ from: Int, _ shape: [Int]) -> Int {
    let new = CodePlane(shape)
    guard tensors[from].plane != new else { return from }
    return move(from, to: new) { $0 }
  }

  mutating func pick(_ layer: any PicksNumbers, _ n: Int) throws(NetworkError) {
    let shape = network.inputShapes(of: n)[0]
    let picks = layer.picks(shape)
    places[n] = move(moved(try source(n), shape), to: CodePlane(network.shapes[n])) { picks[$0] }
  }

  private mutating func move(
    _ from: Int, to new: CodePlane, picking pick: (Int) -> Int
  ) -> Int {
    let old = tensors[from].plane
    var table = [Int32](repeating: 0, count: new.count)
    for index in 0..<new.count { table[new.place(of: index)] = Int32(old.place(of: pick(index))) }
    return make(.move(table), [from], new, tensors[from].grid)
  }
}
