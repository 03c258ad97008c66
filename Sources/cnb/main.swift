// Where the command starts.

internal import ArgumentParser
internal import Glibc

if let complaint = Surroundings.complaint {
  fputs("cnb: \(complaint)\n", stderr)
  exit(64)
}
Cinnabar.main()
