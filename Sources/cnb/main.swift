// Where the command starts.

internal import ArgumentParser
internal import Glibc

if let complaint = EnvironmentVariables.complaint {
  _ = "cnb: \(complaint)\n".withCString { write(2, $0, strlen($0)) }
  exit(64)
}
do {
  let arguments = Array(CommandLine.arguments.dropFirst())
  if let code = try Start.withoutParser(arguments) { exit(code) }
} catch {
  Cinnabar.exit(withError: error)
}
Cinnabar.main()
