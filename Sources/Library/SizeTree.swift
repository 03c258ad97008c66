// The ledger of a file as a tree: network, layers, tensors, purposes.
import Charts
import Encodings
import Formats
import Interpreter
import Networks
import Tensors

struct SizeTree: Sendable {
  let name: String
  let bits: Int
  /// Weights whose storage this is; 0 where it is nobody's.
  let weights: Int
  /// Whether its size follows from trained values.
  let isLoose: Bool
  let parts: [SizeTree]

  static func root(of value: NetworkValue) -> SizeTree {
    let network = value.network
    let byPart = Dictionary(grouping: Container.ledger(of: network), by: \.part)
    let layers = network.nodes.filter { !$0.parameters.isEmpty }.map { node in
      joined(
        node.name,
        node.parameters.map {
          tensor($0, byPart["\(node.name).\($0.name)"] ?? [], isLoose: value.sizeVaries($0))
        })
    }
    let own = (byPart["file"] ?? []).map {
      SizeTree(
        name: $0.purpose.rawValue, bits: $0.bits, weights: 0, isLoose: false, parts: [])
    }
    let parts = layers + [joined("the file itself", own)]
    return SizeTree(
      name: network.name, bits: parts.reduce(0) { $0 + $1.bits },
      weights: parts.reduce(0) { $0 + $1.weights },
      isLoose: value.sizeMark(1) != .exact, parts: parts)
  }

  private static func tensor(
    _ parameter: Networks.Parameter, _ rows: [LedgerRow], isLoose: Bool
  ) -> SizeTree {
    SizeTree(
      name: "\(parameter.name) (\(parameter.encoding.summary))",
      bits: rows.reduce(0) { $0 + $1.bits },
      weights: parameter.role == .weight ? parameter.value.count : 0, isLoose: isLoose,
      parts: rows.map {
        SizeTree(
          name: $0.purpose.rawValue, bits: $0.bits, weights: 0,
          isLoose: isLoose && $0.purpose != .header, parts: [])
      })
  }

  private static func joined(_ name: String, _ parts: [SizeTree]) -> SizeTree {
    SizeTree(
      name: name, bits: parts.reduce(0) { $0 + $1.bits },
      weights: parts.reduce(0) { $0 + $1.weights }, isLoose: parts.contains(where: \.isLoose),
      parts: parts)
  }

  // MARK: Display

  /// As deep as so many rows go; of more layers, all the same.
  func rows(limit: Int) -> [ExplanationValue.Row] {
    let depth = (1...3).last { count(to: $0) <= limit } ?? 1
    return rows(to: depth, at: 0, whole: bits)
  }

  private func count(to depth: Int) -> Int {
    1 + (depth == 0 ? 0 : parts.reduce(0) { $0 + $1.count(to: depth - 1) })
  }

  private func rows(to deepest: Int, at depth: Int, whole: Int) -> [ExplanationValue.Row] {
    let bytes = Double(bits) / 8
    let share = Double(bits) / Double(max(1, whole))
    let mark: Quantity.Mark = isLoose ? .within(bytes * (depth == 0 ? 0.02 : 0.03)) : .exact
    let perWeight = Double(bits) / Double(max(1, weights))
    let row = ExplanationValue.Row(
      depth: depth, part: name,
      values: [
        .quantity(bytes, .bytes(.file), mark: mark),
        .quantity(share, .fraction, mark: isLoose ? .within(0.02) : .exact),
        weights == 0
          ? .none
          : .quantity(perWeight, .bits, mark: isLoose ? .within(perWeight * 0.03) : .exact),
      ])
    guard depth < deepest else { return [row] }
    return [row] + parts.flatMap { $0.rows(to: deepest, at: depth + 1, whole: whole) }
  }

  var chart: Chart {
    ExplanationValue.bars(
      "bytes", parts.map { ($0.name, Double($0.bits) / 8) }, unit: .bytes)
  }
}
