// Temporary: runs standard input as one cell.
import Charts
import Interpreter
import Library
import Syntax

var text = ""
while let line = readLine(strippingNewline: false) { text += line }
let session = Session(registry: Library.registry, surroundings: Surroundings(folder: "."))
for (i, part) in text.split(separator: "---\n").enumerated() {
  let source = Source(name: "cell \(i)", text: String(part))
  let result = session.run(CellInput(source: source, identity: "\(i)")) { output in
    switch output {
    case .value(let value): for line in value.lines(DisplayStyle()) { print(line) }
    case .text(let text): print(text)
    case .warning(let text): print("warning: \(text)")
    }
  }
  for d in result.diagnostics { for line in Renderer().lines(d) { print(line) } }
}
