// The law of short receipts: what a word writes on a network's receipt is in the container's list.
import Formats
import Interpreter
import Library
import Testing

@Suite struct ReceiptWordTests {
  @Test func `words that give networks, their arguments and choices are in the list`() {
    let known = Set(ContainerWords.all)
    var missing: [String] = []
    for word in Library.registry.words
    where word.result == "a network" && word.name != "strip" {
      let choices = word.parameters.flatMap { $0.choices.map { ".\($0.name)" } }
      let names = word.parameters.filter { !["network", "student"].contains($0.name) }.map(\.name)
      for text in [word.name] + names + choices where !known.contains(text) {
        if !missing.contains(text) { missing.append(text) }
      }
    }
    #expect(missing.isEmpty, "to be appended to ContainerWords: \(missing.joined(separator: "|"))")
  }
}
