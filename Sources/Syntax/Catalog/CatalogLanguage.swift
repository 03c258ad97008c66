// Catalog entries of the language: reading a program, its names and calls, evaluation.

extension Catalog {
  static let syntax: [Entry] = [
    Entry(
      "E0101", "a character the language does not have",
      "A program is made of names, numbers, strings in double quotes and a few signs. This "
        + "character is none of them; often it was copied from a text that uses typographic "
        + "quotes or mathematical signs, or it is an operator of another language. The "
        + "suggestion names what this language writes instead.",
      .program("x = 3 @ 4")),
    Entry(
      "E0102", "a string that is not closed",
      "A string begins with a double quote and ends with the next one. Without it, "
        + "everything behind would belong to the string. Close it, and write \\\" for a quote "
        + "inside, \\{ for a brace that begins no interpolation.",
      .program("print \"one")),
    Entry(
      "E0103", "a number that is too large",
      "Numbers are double-precision floats; the largest is about 1.8e308. Check the "
        + "exponent.",
      .program("1e999")),
    Entry(
      "E0104", "a unit that does not exist",
      "Letters directly behind a number are its unit: B, KB, MB, GB, KiB, MiB, GiB for "
        + "sizes, ns, us, ms, s, min, h for times. KB is 1,000 bytes and KiB is 1,024. Write a "
        + "blank or an operator where no unit was meant: 2 * x.",
      .program("27XB")),
    Entry(
      "E0105", "an escape that does not exist",
      "A backslash in a string begins an escape: \\n is a new line, \\t a tab, and \\\" \\\\ \\{ "
        + "\\} are the characters themselves. Write \\\\ for a backslash.",
      .program("\"a\\qb\"")),
    Entry(
      "E0106", "two statements on one line",
      "Each statement stands on a line of its own, or behind a semicolon. Here one has "
        + "ended and something follows. Often an operator or a comma is missing, or a closing "
        + "bracket was never opened.",
      .program("x = 3 4")),
    Entry(
      "E0107", "a bracket that is not closed",
      "Every ( [ and { needs its counterpart. The mark shows the one that was opened and "
        + "not closed; the missing one may belong much earlier than the end of the text.",
      .program("x = [1, 2")),
    Entry(
      "E0108", "something is missing",
      "The text so far wants something particular to follow, such as an expression behind "
        + "an operator or a name behind fn, and something else stands there. The sentence says "
        + "what is wanted.",
      .program("x = 1 +")),
    Entry(
      "E0109", "a name that is given twice",
      "Parameters of one function, and fields of one record, have different names: "
        + "otherwise nobody could say which of the two is meant. Rename one.",
      .program("fn f(a, a) { a }")),
    Entry(
      "E0110", "nesting that is too deep",
      "Brackets may nest 200 levels deep and a statement may chain 5,000 operators, far "
        + "more than a reader can follow. Bind the inner parts to names, or put the items of a "
        + "chain into a list.",
      .program(
        "\"{\"{\"{\"{\"{\"{\"{\"{\"{\"{\"{\"{\"{\"{\"{\"{\"{1}\"}\"}\"}\"}\"}\"}\"}\"}\"}\"}\"}\"}\"}\"}\"}\"}\""
      )),
    Entry(
      "E0111", "comparisons that chain",
      "a < b < c would compare true or false with c, which nobody means. Write a < b and b "
        + "< c.",
      .program("1 < 2 < 3")),
    Entry(
      "E0112", "several values in parentheses",
      "Parentheses hold one value, or a record of named ones. There are no tuples: several "
        + "values are a list [1, 2], or a record (a: 1, b: 2).",
      .program("x = (1, 2)")),
  ]

  static let names: [Entry] = [
    Entry(
      "E0201", "a name that nothing has",
      "A name means what was bound above it: in an earlier cell, earlier in this cell, as a "
        + "parameter, or a word of the language. Names are checked before anything runs, so "
        + "that a slip of the hand costs no training time. The suggestion is the nearest name. "
        + "Inside a block, names that the block binds are gone behind it.",
      .program("print lenght")),
    Entry(
      "E0203", "a choice that does not exist",
      "Some parameters take one of a few choices, written with a leading dot. The sentence "
        + "lists them all, and help WORD explains each.",
      .program("activation .rellu")),
    Entry(
      "E0204", "a label that does not exist",
      "Arguments behind the first are given by label, such as epochs: 3. This word or "
        + "function has no parameter of that name; help WORD lists those it has.",
      .program("round(3.14159, digit: 2)")),
    Entry(
      "E0205", "an argument too many",
      "A word or function takes as many arguments as it declares, each once. Further "
        + "arguments may have to be given by their labels: that keeps calls readable. What would do "
        + "nothing beside the other arguments is refused, too.",
      .program("fn f(a) { a }\nf(1, 2)")),
    Entry(
      "E0206", "an argument that is missing",
      "A parameter without a default must be given. help WORD says what it stands for.",
      .program("map([1, 2])")),
    Entry(
      "E0207", "an argument of the wrong kind",
      "A parameter wants a certain kind of value, perhaps within a range. Literals are "
        + "checked before anything runs, computed values when they get there. A frequent case: "
        + "shares of a whole are fractions, so 90 means 9,000%; write 90% or 0.9.",
      .program("round(3.14159, \"two\")")),
    Entry(
      "E0208", "a jump that cannot leave",
      "return leaves a function, break and continue leave a turn of a loop. They stand "
        + "among the statements of that function or loop, in an if or a block of it as well, "
        + "but not inside an expression whose value is being computed, and not outside.",
      .program("break")),
    Entry(
      "E0209", "a word that would be bound anew",
      "The words of the language keep their meaning in a whole notebook, so that readers "
        + "can rely on them. Choose another name, such as items for count or data_set for load.",
      .program("count = 3")),
    Entry(
      "E0210", "an import inside a block",
      "import brings the names of a module into the cell. It stands at the top of a cell, "
        + "never in a block or a function, so that readers see at once where names come from.",
      .program("if true { import charts }")),
    Entry(
      "E0211", "a module that does not exist",
      "import wants the name of a module of the standard library, or of a notebook NAME.cnb "
        + "in the same folder.",
      .program("import nowhere")),
    Entry(
      "E0212", "modules that import each other",
      "If a.cnb imports b and b.cnb imports a, neither can come first. Move what both need "
        + "into a third module.",
      .situation("a.cnb says import b, and b.cnb says import a")),
  ]

  static let evaluation: [Entry] = [
    Entry(
      "E0301", "values that do not go with an operation",
      "An operator or a word wants values of certain kinds: numbers calculate, strings and "
        + "lists join with +. Put a value into a string with \"{value}\"; calculate with lists of "
        + "numbers as tensors.",
      .program("1 + \"one\"")),
    Entry(
      "E0302", "a condition that is not true or false",
      "if, while, and, or, not and filter want true or false. Numbers and lists are "
        + "neither: compare them with something.",
      .program("if 1 { 2 }")),
    Entry(
      "E0303", "a loop over something without items",
      "for goes over the items of a list, the numbers of a range that has both ends, or the "
        + "elements of a vector.",
      .program("for x in 3 { x }")),
    Entry(
      "E0304", "a call of something that is no function",
      "Only words and functions can be called. A name, a blank and the start of an "
        + "expression are a call without parentheses, so x -1 calls x, while x - 1 and x-1 "
        + "subtract. Often an operator or a line end is missing.",
      .program("x = 3\ny = x(1)")),
    Entry(
      "E0305", "a member that does not exist",
      "A dot reaches a member: a field of a record, a column of a table, something that a "
        + "value knows of itself, such as .shape of a tensor. The sentence lists what there is.",
      .program("r = (bits: 8)\nr.bit")),
    Entry(
      "E0306", "a division by zero",
      "Numbers are not divided by 0, and have no remainder by it. Test the divisor first. "
        + "Elements of tensors follow the rules of floating-point numbers instead, and give inf "
        + "or nan.",
      .program("1 / 0")),
    Entry(
      "E0307", "quantities of different kinds",
      "Bytes, seconds, fractions and the kinds of ratio measure different things: 12 times "
        + "smaller by non-zero weights and 12 times smaller by file bytes are different claims. "
        + "They are not added, compared or drawn on one axis. Use .value for the plain number, "
        + "if you know why.",
      .program("3KB + 2s")),
    Entry(
      "E0308", "an index of the wrong kind",
      "Lists, strings and tensors are indexed by whole numbers and ranges, records and "
        + "networks by names. A tensor takes one index per axis, a : for a whole one.",
      .program("[1, 2][\"a\"]")),
    Entry(
      "E0309", "an entry that does not exist",
      "Entries are counted from 0; negative numbers count from the end, so -1 is the last "
        + "one. Names must be spelled as they are: the sentence or the suggestion lists them.",
      .program("[1, 2, 3][3]")),
    Entry(
      "E0310", "something that cannot be drawn",
      "A chart wants numbers: lists of them, a vector, or columns of a table; a heatmap "
        + "wants a matrix. What belongs together must have the same length.",
      .program("line([1, 2], [1, \"a\"])")),
    Entry(
      "E0340", "an argument that a function refuses",
      "The function itself asked for this with the word require, and the sentence is its own: it "
        + "says what the function wants. Look at its parameters with help, and at its text.",
      .program("fn half(x) {\n  require x > 0, \"`x` must be above 0\"\n  x / 2\n}\nhalf(-1)")),
    Entry(
      "E0399", "a fault of the tool",
      "This should not happen: a word reported something without a code. Please report it "
        + "with the cell that shows it.",
      .situation("a fault inside the tool itself")),
  ]
}
