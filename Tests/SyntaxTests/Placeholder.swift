// Placeholder until the laws of the parser stand here.
