// The standard library: modules written in the language, as notebooks.
