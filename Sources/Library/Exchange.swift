// Values that do not come from words: how a program in Swift hands data sets and networks to a session, and
// takes networks.
package import Interpreter
package import Networks

extension Library {
  /// A data set as the language knows it.
  package static func value(_ dataset: Dataset) -> Value { DatasetValue(dataset).bridged }

  package static func value(_ network: Network) -> Value { NetworkValue(network).bridged }

  /// The data set that a value stands for, in the shape of its files, or nil for any other value.
  package static func dataset(_ value: Value) -> Dataset? {
    (try? DatasetValue(from: value))?.dataset
  }

  /// The network that a value stands for, or nil for any other value.
  package static func network(_ value: Value) -> Network? {
    (try? NetworkValue(from: value))?.network
  }
}
