// swift-tools-version: 6.3
// The house of Cinnabar: every room, and the rooms it may look into. Arrows point down only.
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

/// The modules of the standard library, each a notebook in `Stdlib/`.
let shelf = ["networks", "architectures", "statistics", "coding", "pipelines"]

func room(_ name: String, sees dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, sees dependencies: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: "\(name)Tests",
    dependencies: [.byName(name: name)] + dependencies,
    resources: [],
    swiftSettings: strict)
}

let package = Package(
  name: "cinnabar",
  products: [.executable(name: "cnb", targets: ["cnb"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    // Ground: other people's libraries, and the loops that Swift cannot express without loss.
    .target(name: "COpenBLAS"),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CDigest", providers: [.apt(["libmd-dev"])]),
    .systemLibrary(name: "CYAML", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(name: "CMarkdown", providers: [.apt(["libcmark-gfm-dev"])]),
    .systemLibrary(
      name: "CEditLine",
      providers: [.apt(["libedit-dev", "libbsd-dev", "libmd-dev", "libncurses-dev"])]),
    .target(name: "CKernels"),

    // The number wing.
    room("Kernels", sees: ["CKernels", "COpenBLAS"]),
    room("Tensors", sees: ["Kernels"]),
    room("Encodings", sees: ["Tensors", "Kernels", "CZlib"]),
    room("Networks", sees: ["Encodings", "Tensors", "Kernels"]),
    room("Compression", sees: ["Networks", "Encodings", "Tensors", "Kernels"]),
    room("Formats", sees: ["Networks", "Encodings", "Tensors", "CZlib", "CDigest"]),

    // The language wing.
    room("Charts"),
    room("Syntax"),
    room("Interpreter", sees: ["Syntax", "Charts", "Tensors"]),

    // Where both wings meet, and what stands on it.
    room(
      "Library",
      sees: [
        "Interpreter", "Compression", "Formats", "Networks", "Encodings", "Tensors", "Charts",
      ]),
    .target(
      name: "Stdlib", path: "Stdlib", sources: ["Stdlib.swift"],
      resources: shelf.map { .embedInCode("\($0).cnb") }, swiftSettings: strict),
    room(
      "Notebook",
      sees: [
        "Library", "Formats", "Stdlib", "Interpreter", "Syntax", "Charts", "CMarkdown", "CYAML",
      ]),
    .executableTarget(
      name: "cnb",
      dependencies: [
        "Notebook", "Library", "Formats", "Stdlib", "Interpreter", "Syntax", "Charts", "CEditLine",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    // Our side of `make bench`; nothing that is installed.
    .executableTarget(
      name: "cnb-bench",
      dependencies: [
        "Notebook", "Library", "Interpreter", "Syntax", "Compression", "Formats", "Networks",
        "Encodings", "Tensors", "Kernels",
      ],
      path: "Tests/Benchmarks/Engine", swiftSettings: strict),

    tests("Kernels"),
    tests("Tensors", sees: ["Kernels"]),
    tests("Encodings", sees: ["Tensors"]),
    tests("Networks", sees: ["Encodings", "Tensors", "Kernels"]),
    tests("Formats", sees: ["Networks", "Encodings", "Tensors"]),
    tests(
      "Compression",
      sees: ["Networks", "Encodings", "Tensors", "Notebook", "Library", "Interpreter", "Syntax"]),
    tests("Charts"),
    tests("Syntax"),
    tests("Interpreter", sees: ["Syntax", "Charts", "Tensors"]),
    tests(
      "Library",
      sees: [
        "Interpreter", "Syntax", "Charts", "Compression", "Formats", "Networks", "Encodings",
        "Tensors",
      ]),
    tests("Notebook", sees: ["Library", "Stdlib", "Interpreter", "Syntax"]),
    .testTarget(name: "CommandTests", dependencies: ["cnb"], swiftSettings: strict),
    .testTarget(name: "HouseTests", swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c11
)
