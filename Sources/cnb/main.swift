// Where the command starts.

internal import ArgumentParser

Cinnabar.main()
