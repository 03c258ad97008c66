// Which argument an engine's error is about. The engine knows no words; the evaluator marks whatever
// parameter is named here.
import Compression
import Interpreter
import Networks
import Tensors

enum Marking {
  /// Does the work of a word; its engine errors name their argument.
  /// - Parameters:
  ///   - layers: the parameter that names layers, where one does.
  ///   - budget: the one that says what the file may take.
  static func arguments<R>(
    layers: String = "layers", budget: String = "bytes", _ work: () throws -> R
  ) throws -> R {
    do { return try work() } catch let error as CompressionError {
      throw problem(error, layers, budget)
    } catch let error as NetworkError {
      throw problem(error)
    }
  }

  private static func problem(
    _ error: CompressionError, _ layers: String, _ budget: String
  ) -> Problem {
    switch error {
    case .sparsity: return marked(error, "sparsity")
    case .bits: return marked(error, "bits")
    case .uneven: return marked(error, "group")
    case .illegal: return marked(error, "for")
    case .group: return marked(error, "group")
    case .block, .blocks: return marked(error, "block")
    case .pattern: return marked(error, "pattern")
    case .criterion: return marked(error, "by")
    case .structure: return marked(error, "as")
    case .rank: return marked(error, "rank")
    case .energy: return marked(error, "energy")
    case .budget(_, _, let unit, _):
      return marked(error, unit == "bytes" ? budget : unit.lowercased())
    case .examples: return marked(error, "by")
    case .setting(let name, _, _): return marked(error, name)
    case .merging: return marked(error, layers)
    case .unknownLayer(let name, let known):
      let near = Problem.suggestion(for: name, among: known)
      return Problem(error.code, error.message, help: near ?? error.help, parameter: layers)
    case .network(let inner): return problem(inner)
    default: return Problem(error)
    }
  }

  private static func problem(_ error: NetworkError) -> Problem {
    switch error {
    case .option(let name, _, _), .attribute(_, let name, _, _): return marked(error, name)
    case .fit, .duplicateName, .empty: return marked(error, "layers")
    case .data, .label, .index: return marked(error, "on")
    case .unknownNode(let name, let nodes):
      let near = Problem.suggestion(for: name, among: nodes)
      return Problem(error.code, error.message, help: near ?? error.help, parameter: "frozen")
    default: return Problem(error)
    }
  }

  private static func marked(_ error: any EngineError, _ parameter: String) -> Problem {
    Problem(error.code, error.message, help: error.help, parameter: parameter)
  }
}
