// How units (features, channels: axis 0 of one example) go through a layer, and what the layer is
// where some of them are gone. Removing whole units from a network needs no more than this.

/// How the units of a layer's output follow from its inputs'.
package enum UnitFlow: Sendable, Equatable {
  /// The layer makes its own units: axis 0 of each of its parameters. The units that it reads are
  /// axis 1 of its weight; in groups that do not see each other, those of the unit's own group.
  case makes(groups: Int)
  /// Each unit is a column of a table `[entries, units]`, which the inputs index.
  case looksUp
  /// Unit i of the output comes from unit i of the input only. Its parameters have one entry for each
  /// unit: on axis 0, or on axis 1 of a table `[positions, units]`.
  case passes
  /// The same elements in another shape: units divide into several, or several become one.
  case reshapes
  /// All inputs share their units one to one: a sum, a product, gates.
  case ties
  /// The inputs' units one after the other.
  case joins
  /// The units in this range.
  case picks(Range<Int>)
  /// The units of so many groups, dealt in turn.
  case deals(groups: Int)
  /// From queries, keys and values whose units are so many heads, one run after the other; the
  /// output has the values' units.
  case attends(heads: Int)
  /// Unit i comes from unit i and from a figure over all units, which the others would miss. The
  /// words end a sentence: "it stays, for …".
  case blends(String)
}

/// The units of a layer that stay, by position.
package struct KeptUnits: Sendable {
  /// The shapes of the inputs as they were.
  package let inputShapes: [[Int]]
  package let inputs: [[Int]]
  package let outputs: [Int]

  package init(inputShapes: [[Int]], inputs: [[Int]], outputs: [Int]) {
    self.inputShapes = inputShapes
    self.inputs = inputs
    self.outputs = outputs
  }
}

extension Layer {
  /// Most layers take what is there.
  package func keeping(_ kept: KeptUnits) throws(NetworkError) -> any Layer { self }

  /// The same layer with some settings replaced.
  func with(_ changes: [String: Attribute]) throws(NetworkError) -> any Layer {
    let old = Dictionary(uniqueKeysWithValues: attributes.map { ($0.name, $0.value) })
    return try Self(attributes: old.merging(changes) { $1 })
  }
}
