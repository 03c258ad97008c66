// Catalog entries of what surrounds a program: files and data, notebooks, limits.

extension Catalog {
  static let files: [Entry] = [
    Entry(
      "E0701", "a file that does not exist",
      "The path is read from the folder of the notebook, or of the session. Look at the "
        + "spelling; data sets are looked for in $CNB_DATA and the data cache as well.",
      .program("load \"missing.npy\"")),
    Entry(
      "E0702", "a file that cannot be read",
      "The system refuses: permissions, a folder in place of a file, or a device. The "
        + "sentence holds its words.",
      .situation("a file without read permission")),
    Entry(
      "E0703", "a damaged file",
      "The bytes cannot be what they claim to be: cut short, or changed. Fetch or save the "
        + "file again.",
      .situation("an .npz file whose last bytes are missing")),
    Entry(
      "E0704", "a file with something too large",
      "A header announces more than this engine takes. It is said before any memory is "
        + "taken, so a damaged or hostile file harms nothing.",
      .situation("a .safetensors header of 10 GB")),
    Entry(
      "E0705", "a network file with a value that is no number",
      "A saved weight is inf or nan. A network with it could not be measured honestly, so "
        + "it is refused.",
      .situation("a .safetensors file with a nan in a weight")),
    Entry(
      "E0706", "a file in an unknown format",
      "Neither the first bytes nor the name tell what the file is. The suggestion lists "
        + "what is read.",
      .situation("a photograph")),
    Entry(
      "E0707", "a wrong checksum",
      "The file carries a checksum of its contents, and they do not agree: it was damaged "
        + "on its way.",
      .situation("a .npz file with one bit flipped")),
    Entry(
      "E0708", "a data set with other contents",
      "A known data set has a known SHA-256. This file has another, so results on it could "
        + "not be compared. Fetch it again.",
      .situation("train-images-idx3-ubyte.gz of another data set")),
    Entry(
      "E0709", "a full disk",
      "The file was not written and what was there before is unchanged. Make room and save "
        + "again.",
      .situation("saving to a disk without space")),
    Entry(
      "E0710", "a file that cannot be written",
      "The system refuses: a read-only folder, a missing one, or permissions. Nothing was "
        + "changed.",
      .situation("saving into a read-only folder")),
    Entry(
      "E0711", "a part of a format that is not read",
      "Formats have corners that are left out here on purpose, such as pickled objects, "
        + "which can run programs.",
      .situation("an .npy file of Python objects")),
    Entry(
      "E0712", "a value that the format cannot hold",
      "Each format holds certain things: .npy one tensor, .npz several, .cnn a network with "
        + "how it is stored. Choose another ending.",
      .situation("saving a network as .npy")),
    Entry(
      "E0713", "a network file that does not hold together",
      "The file is whole, but its layers do not fit each other. The sentence says what is "
        + "wrong with the network.",
      .situation("a network file with a layer taken out by hand")),
    Entry(
      "E0714", "a data set that does not exist",
      "Data sets have names; the suggestion lists them. A path to a file has an ending.",
      .program("load \"digit\"")),
    Entry(
      "E0715", "a path that is missing",
      "The string is empty, and names no file.",
      .program("load \"\"")),
    Entry(
      "E0716", "a value that cannot be saved",
      "Networks, tensors and records of tensors are saved; other values are results of a "
        + "notebook, and stand in it.",
      .program("save([1, \"a\"], \"x.npy\")")),
    Entry(
      "E0717", "a file that a notebook may not touch",
      "A notebook is a stranger's program: it reads its own folder and the data cache, and "
        + "writes only where its front matter asks and the command line allows.",
      .situation("a notebook that loads /etc/passwd")),
  ]

  static let notebooks: [Entry] = [
    Entry(
      "E0801", "a notebook that is not UTF-8",
      "Notebooks are UTF-8 text. Convert the file: editors call this save with encoding.",
      .situation("a notebook in Latin-1")),
    Entry(
      "E0802", "a fence that is not closed",
      "A cell begins with three or more backticks and ends with at least as many. Without "
        + "the end the rest of the notebook would be code.",
      .document("```cnb\nx = 1")),
    Entry(
      "E0803", "merge markers",
      "Version control left both versions in the file. Decide, and delete the lines with "
        + "<<<<<<<, ======= and >>>>>>>.",
      .document("<<<<<<< HEAD")),
    Entry(
      "E0804", "two cells of one id",
      "An id such as #q names one cell: outputs and claims find their cell by it.",
      .document("```cnb #q\n1\n```\n\n```cnb #q\n2\n```")),
    Entry(
      "E0805", "invisible direction marks",
      "Some characters make text run from right to left, and code look other than it runs. "
        + "Delete them, or write them as escapes outside of code.",
      .situation("a cell with the character U+202E")),
    Entry(
      "E0806", "a NUL byte",
      "A text file has none. The file is damaged, or is no text.",
      .situation("a notebook with a byte 0")),
    Entry(
      "E0807", "a cell line that cannot be read",
      "The line that opens a cell is: cnb, an id with #, options as name=value or flags.",
      .document("```cnb #\n1\n```")),
    Entry(
      "E0808", "an unknown option",
      "The option is kept in the file and does nothing in this version. Look at its "
        + "spelling.",
      .document("```cnb colour=red\n1\n```")),
    Entry(
      "E0809", "front matter that cannot be read",
      "Between the two --- lines stand a few flat keys in YAML, such as title, seed, allow.",
      .document("---\nseed: [1\n---")),
    Entry(
      "E0810", "a format of another version",
      "The notebook asks for a format that this version does not know. A newer one reads "
        + "it.",
      .document("---\nformat: 99\n---")),
    Entry(
      "E0811", "a cell inside prose",
      "A cell inside a list, a quote, HTML or indented code is an example to look at, and "
        + "never runs. Move it to the left margin if it should.",
      .document("> ```cnb\n> 1\n> ```")),
    Entry(
      "E0812", "an indented fence",
      "An indented fence takes its indentation away from the code inside. It runs; move it "
        + "to the left margin to see the code as it is.",
      .document("  ```cnb\n  1\n  ```")),
    Entry(
      "E0813", "an output without a cell",
      "Outputs follow their cell directly. This one does not, so nobody would ever update "
        + "it; it is left alone.",
      .document("text\n\n```cnb-out\n1\n```")),
    Entry(
      "E0814", "a byte order mark",
      "Some editors put an invisible mark at the start of a file. It is ignored, and left "
        + "out of what is written.",
      .situation("a notebook that begins with EF BB BF")),
    Entry(
      "E0815", "a claim that cannot be checked",
      "A claim is a link [text](claim:#id \"expression\"): it names a cell and holds an "
        + "expression that must be true behind it.",
      .document("[smaller](claim:#nowhere \"1 < 2\")")),
    Entry(
      "E0816", "a cell that should have failed",
      "A cell marked error=CODE shows an error on purpose, and must fail with that code.",
      .document("```cnb error=E0306\n1 / 2\n```")),
    Entry(
      "E0817", "a value for an unknown parameter",
      "--set NAME=VALUE replaces what a cell marked params binds. No such cell binds this "
        + "name.",
      .situation("cnb run tour.cnb --set bitz=4")),
    Entry(
      "E0818", "a notebook that is being run",
      "Another run writes this notebook at this moment. Wait for it, or stop it.",
      .situation("cnb run tour.cnb in two terminals")),
    Entry(
      "E0819", "a notebook that cannot be read",
      "The system refuses to read the file, or there is none.",
      .situation("cnb run missing.cnb")),
    Entry(
      "E0820", "a notebook that cannot be written",
      "The notebook or its folder is read-only, or the disk is full. The file is as it was.",
      .situation("a notebook in a read-only folder")),
    Entry(
      "E0821", "a notebook that changed meanwhile",
      "It was edited while it ran. Outputs of cells that are unchanged are kept; others "
        + "have no cell any more. Run it again.",
      .situation("saving the notebook in an editor during a run")),
    Entry(
      "E0822", "a file that the key does not know",
      "The name of a file was computed, so status cannot watch it for changes. Write the "
        + "name as a plain string.",
      .situation("load \"part{n}.npy\"")),
  ]

  static let limits: [Entry] = [
    Entry(
      "E0901", "interrupted",
      "You stopped the computation. What was bound before stays bound; what was being computed, "
        + "a training too, binds nothing.",
      .situation("pressing Ctrl-C")),
    Entry(
      "E0902", "calls nested too deep",
      "A function called itself, directly or through others, 1,000 times without coming "
        + "back. Mostly the case that ends the recursion is missing or never reached; otherwise "
        + "use a loop.",
      .program("fn f(n) { f(n + 1) }\nf(0)")),
    Entry(
      "E0903", "values nested too deep",
      "Lists and records nest at most 1,000 levels deep. A list that grows by x = [x] wants "
        + "to be x = x + [item].",
      .program("x = []\nfor i in 0..<2000 { x = [x] }")),
    Entry(
      "E0904", "a value that is too large",
      "Lists hold at most 50 million items, counting those of the lists inside, and strings "
        + "256 MiB. It is said before memory runs out. Tensors hold numbers in a quarter of the "
        + "space; long work can go part by part.",
      .program("s = \"ab\"\nwhile true { s = s + s }")),
    Entry(
      "E0905", "more than a network may hold",
      "Networks have limits on their layers and sizes, far beyond what this machine could "
        + "train. The sentence says which.",
      .situation("a network of a million layers")),
    Entry(
      "E0906", "a cell that takes too long",
      "The notebook's front matter or the cell's `time=` gives it a limit, and it was reached. What "
        + "the cell had shown before is kept. Work on less data, or raise the limit.",
      .document("```cnb time=50ms\nwhile true {}\n```\n")),
    Entry(
      "E0907", "a cell that uses too much memory",
      "The notebook's front matter or the cell's `mem=` gives it a limit, and the whole program grew "
        + "beyond it. Work part by part, or raise the limit.",
      .document("```cnb mem=64MiB\nzeros([100000000])\n```\n")),
    Entry(
      "E0908", "a decomposition without its library",
      "Singular values and other decompositions come from OpenBLAS, which is loaded when it is "
        + "first needed and was not found, or CNB_BLAS turned it off. Everything else works "
        + "without it. On Debian: apt install libopenblas0.",
      .situation("CNB_BLAS=none cnb -e 'svd(lenet300(), rank: 8)'")),
    Entry(
      "E0909", "a batch that does not fit in memory",
      "All buffers of a network are laid out before it runs, and for batches of this size they need "
        + "more memory than this machine has free. A smaller `batch:` needs less.",
      .situation("a network of large images, with batches of a million")),
  ]
}
