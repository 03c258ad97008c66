// Networks in safetensors: values decoded to 32-bit floats under names such as "dense1.weight",
// which any program reads; the nodes and the receipt are metadata, which let us read it back.
import Encodings
import Networks
import Tensors

extension SafeTensors {
  /// The keys of our metadata.
  private static let networkKey = "cnb.network"
  private static let receiptKey = "cnb.receipt"
  /// Behind the name of a parameter: which of its weights were pruned, where zeros do not tell.
  private static let maskSuffix = ".pruned"

  static func bytes(of network: Network, file: String) throws(FormatError) -> [UInt8] {
    try network.checkFinite(file: file)
    var items: [Item] = []
    for (name, parameter) in network.parameters {
      items.append(Item(name, parameter.value))
      if let pruned = parameter.pruned, MaskStorage(of: parameter) != .zeros {
        items.append(Item(name + maskSuffix, flags: pruned, shape: parameter.value.shape))
      }
    }
    return bytes(
      of: items,
      metadata: [
        (networkKey, Architecture.json(of: network).text), (receiptKey, network.receipt.json.text),
      ])
  }

  /// The network that was saved here, or nil for tensors of another program.
  func network(layers: LayerMaker = LayerTable.make) throws(FormatError) -> Network? {
    guard let text = metadata.first(where: { $0.key == Self.networkKey })?.value else { return nil }
    let steps = metadata.first { $0.key == Self.receiptKey }?.value ?? "[]"
    let architecture: Architecture
    let receipt: Receipt
    do throws(BytesError) {
      architecture = try Architecture(try JSON(parsing: Array(text.utf8)))
      receipt = try Receipt(try JSON(parsing: Array(steps.utf8)))
    } catch {
      throw .damaged(file: file, what: error.message, offset: 8)
    }
    var network = try architecture.network(
      receipt: receipt, file: file, elements: bytes.count, layers: layers
    ) { blank throws(FormatError) in try parameter(blank) }
    // Codes are not kept here, only what they stood for: floats.
    network.runsInIntegers = false
    return network
  }

  private func parameter(_ blank: Architecture.Blank) throws(FormatError) -> Parameter {
    let value = try tensor(named: blank.name, shape: blank.plan.shape)
    var pruned: [Bool]?
    switch blank.mask {
    case nil: break
    case .zeros: pruned = value.elements.map { $0 == 0 }
    case .places, .listed:
      let mask = try tensor(named: blank.name + Self.maskSuffix, shape: blank.plan.shape)
      pruned = zip(mask.elements, value.elements).map { $0 != 0 && $1 == 0 }
    }
    return Parameter(blank.plan.name, role: blank.plan.role, value: value, pruned: pruned)
  }

  private func tensor(named name: String, shape: [Int]) throws(FormatError) -> Tensor {
    guard let entry = entries.first(where: { $0.name == name }) else {
      throw .damaged(file: file, what: "the network's `\(name)` is not there", offset: 8)
    }
    guard entry.shape == shape else {
      throw .damaged(
        file: file, what: "`\(name)` has the shape \(entry.shape), and its layer wants \(shape)",
        offset: entry.range.lowerBound)
    }
    return tensor(entry).tensor
  }
}
