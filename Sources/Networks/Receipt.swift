// How a network came to be: the steps, with what was asked. It travels in every saved network.
// It holds nothing that depends on a machine's arithmetic, so that sizes stay exact.

package struct Receipt: Sendable, Equatable {
  package struct Step: Sendable, Equatable {
    /// The word of the language, such as "prune".
    package let word: String
    /// The arguments as written, in order: `("sparsity", "90%")`.
    package let arguments: [(name: String, value: String)]
    package init(_ word: String, _ arguments: [(name: String, value: String)]) {
      self.word = word
      self.arguments = arguments
    }
    package static func == (left: Step, right: Step) -> Bool {
      left.word == right.word && left.arguments.elementsEqual(right.arguments, by: ==)
    }
  }

  package private(set) var steps: [Step] = []

  package init(_ steps: [Step] = []) { self.steps = steps }

  package func adding(_ step: Step) -> Receipt { Receipt(steps + [step]) }
}
