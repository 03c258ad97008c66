// Where every bit of a .cnbm file is.
package import Encodings
package import Networks
import Tensors

/// The bits of one purpose, of one parameter or of the file itself.
package struct LedgerRow: Sendable, Equatable {
  /// Such as "dense1.weight", or "file" for what belongs to no parameter.
  package let part: String
  /// The parameter's shape; empty for the file itself.
  package let shape: [Int]
  /// How it is stored, such as "int8 per channel"; empty for the file itself.
  package let encoding: String
  package let purpose: Purpose
  package let bits: Int
}

extension Container {
  /// Every bit of the file that `save` writes. Law: the rows sum to 8 × its length.
  package static func ledger(of network: Network) -> [LedgerRow] {
    let (header, receipt) = parts(of: network)
    func file(_ purpose: Purpose, bytes: Int) -> LedgerRow {
      LedgerRow(part: "file", shape: [], encoding: "", purpose: purpose, bits: 8 * bytes)
    }
    var rows = [file(.header, bytes: header.count)]
    var codebooks: [Int: Codebook] = [:]
    for (name, parameter) in network.parameters {
      var ledger = ledger(of: parameter)
      if let shared = bitsStoredEarlier(parameter.encoding, &codebooks) {
        ledger.add(.codebook, bits: -shared)
      }
      for line in ledger.lines where line.bits > 0 {
        rows.append(
          LedgerRow(
            part: name, shape: parameter.value.shape, encoding: parameter.encoding.summary,
            purpose: line.purpose, bits: line.bits))
      }
    }
    if !receipt.isEmpty { rows.append(file(.receipt, bytes: receipt.count)) }
    return rows + [file(.checksum, bytes: 4)]
  }

  /// What a tied codebook takes that stands in the file already, as a writer decides it.
  private static func bitsStoredEarlier(
    _ encoding: any Encoding, _ codebooks: inout [Int: Codebook]
  ) -> Int? {
    guard let codebook = encoding as? Codebook else {
      guard let inner = encoding.nested else { return nil }
      return bitsStoredEarlier(inner, &codebooks)
    }
    guard codebook.tie > 0 else { return nil }
    if codebooks[codebook.tie].map(codebook.isTied) == true { return codebook.bitsOfCentroids }
    codebooks[codebook.tie] = codebook
    return nil
  }

  /// The bits that one parameter takes in a file of its own: its encoding with the tag, and its mask.
  package static func ledger(of parameter: Parameter) -> Ledger {
    var ledger = EncodingTable.ledger(of: parameter.encoding)
    if let mask = mask(of: parameter).listed {
      ledger.add(.indices, bits: 8 * (ByteWriter.size(ofCount: mask.count) + mask.count))
    }
    return ledger
  }
}
