// What words take as examples, and who watches the work on them.
import Interpreter
import Networks
import Tensors

/// A data set's inputs, or a tensor of examples.
struct Examples: Bridged {
  let inputs: Tensor
  static var kind: String { "a data set or a tensor of examples" }
  init(from value: Value) throws(Mismatch) {
    if case .tensor(let tensor) = value {
      inputs = tensor
    } else if case .native = value {
      inputs = try DatasetValue(from: value).dataset.inputs
    } else if let tensor = try? Tensor(from: value) {
      inputs = tensor
    } else {
      throw Mismatch(Self.kind)
    }
  }
  var bridged: Value { .tensor(inputs) }
}

/// A data set, or a tensor of examples where labels are not needed.
struct Material: Bridged {
  let labelled: DatasetValue?
  private let inputs: Tensor
  static var kind: String { "a data set or a tensor of examples" }
  init(from value: Value) throws(Mismatch) {
    labelled = try? DatasetValue(from: value)
    inputs = try Examples(from: value).inputs
  }
  var bridged: Value { labelled?.bridged ?? .tensor(inputs) }

  /// Without labels, all examples are of class 0.
  var dataset: Dataset {
    labelled?.dataset
      ?? Dataset(
        name: "tensor", part: "examples", inputs: inputs,
        labels: [Int](repeating: 0, count: inputs.shape.first ?? 0), classes: 1, digest: "")
  }
}

extension Context {
  /// Tells long work when to stop, and a terminal where it is.
  func monitor(_ task: String) -> Monitor {
    let interrupt = interrupt
    guard let progress = surroundings.progress else {
      return Monitor(isInterrupted: { interrupt.isSet }, report: { _ in })
    }
    return Monitor(
      isInterrupted: { interrupt.isSet },
      report: { now in
        progress(
          ProgressReport(
            label: "\(task), epoch \(now.epoch) of \(now.epochs)",
            done: (now.epoch - 1) * now.total + now.done, total: now.epochs * now.total,
            loss: now.loss, accuracy: now.accuracy))
      })
  }
}
