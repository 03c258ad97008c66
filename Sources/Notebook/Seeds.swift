// Which seed a cell begins with, once the word `seed` has been called: the same rule for notebooks
// and at the prompt.

/// Follows a session cell by cell. Before any `seed`, each cell begins with the seed of its place;
/// after `seed 7`, with one that follows from 7 and from how many cells came since.
package final class Seeds {
  private var chosen: UInt64?
  private var cellsSince = 0
  private var given: UInt64 = 0

  package init() {}

  /// The seed that a cell begins with.
  /// - Parameters:
  ///   - place: the seed that follows from the cell's id or position.
  ///   - isFixed: the cell itself says which seed it wants.
  package func begin(_ place: UInt64, isFixed: Bool = false) -> UInt64 {
    given = place
    if let chosen, !isFixed { given = Key.seed(notebook: chosen, cell: "+\(cellsSince + 1)") }
    return given
  }

  /// - Parameter seed: that of the session after the cell: another one when the cell called `seed`.
  ///   A cell that is not part of the notebook in the end must not get here.
  package func end(_ seed: UInt64) {
    cellsSince += 1
    guard seed != given else { return }
    chosen = seed
    cellsSince = 0
  }
}
