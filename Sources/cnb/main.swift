// Where the command starts.

internal import ArgumentParser
internal import Glibc

if let complaint = EnvironmentVariables.complaint {
  _ = "cnb: \(complaint)\n".withCString { write(2, $0, strlen($0)) }
  exit(64)
}
// Most often there is nothing to parse, and a parser would take a fifth of the time to the prompt.
if CommandLine.argc < 2 {
  do { exit(try Start.converse()) } catch { Cinnabar.exit(withError: error) }
}
Cinnabar.main()
