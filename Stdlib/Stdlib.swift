// The standard library: modules written in the language, as notebooks that explain and prove themselves.

/// The embedded modules.
package enum Standard {
  /// In the order in which a reader would meet them.
  package static let names = modules.map(\.name)

  /// The text of a module's notebook, or nil where there is none.
  package static func text(of name: String) -> String? {
    modules.first { $0.name == name }.map { String(decoding: $0.bytes(), as: UTF8.self) }
  }

  private static let modules: [(name: String, bytes: @Sendable () -> [UInt8])] = [
    ("networks", { PackageResources.networks_cnb }),
    ("architectures", { PackageResources.architectures_cnb }),
    ("statistics", { PackageResources.statistics_cnb }),
    ("coding", { PackageResources.coding_cnb }),
    ("pipelines", { PackageResources.pipelines_cnb }),
    ("pruning", { PackageResources.pruning_cnb }),
  ]
}
