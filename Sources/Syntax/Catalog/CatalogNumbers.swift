// Catalog entries of the number wing: tensors, networks and their training, compression.

extension Catalog {
  static let tensors: [Entry] = [
    Entry(
      "E0401", "elements that do not fill a shape",
      "A tensor is a full box: the product of its sizes is the number of its elements, and "
        + "rows written as lists have one length.",
      .program("tensor([[1, 2], [3]])")),
    Entry(
      "E0402", "shapes that do not go together",
      "Element by element, shapes go together from the last axis backwards: sizes are "
        + "equal, or one of them is 1 and is repeated (the rule of NumPy). A matrix product "
        + "wants the columns of the left to be the rows of the right. Look at both shapes; "
        + "reshape or transpose often helps.",
      .program("tensor([1, 2]) + tensor([1, 2, 3])")),
    Entry(
      "E0403", "an axis that does not exist",
      "Axes are counted from 0: a matrix has the axes 0 (down) and 1 (across).",
      .program("sum(tensor([[1, 2]]), axis: 2)")),
    Entry(
      "E0404", "an index outside a tensor",
      "Along an axis of n entries, indices go from 0 to n - 1, or from -n to -1 counted "
        + "from the end.",
      .program("tensor([1, 2, 3])[3]")),
    Entry(
      "E0405", "sizes that make no tensor",
      "Sizes are whole numbers from 0, and a tensor has at most 2^30 elements. This is said "
        + "before any memory is taken.",
      .program("reshape([1, 2], [-1, 2])")),
    Entry(
      "E0406", "a value that an operation does not take",
      "Some operations are defined for some values only: the mean of no numbers does not "
        + "exist, quantiles lie between 0 and 1. The sentence says what is wanted.",
      .program("mean([])")),
    Entry(
      "E0411", "parts that make no storage",
      "A way to store a tensor consists of parts that must fit each other: codes, scales, "
        + "indices. This can only come from a damaged or foreign file.",
      .situation("a file whose quantized tensor has fewer scales than channels")),
  ]

  static let networks: [Entry] = [
    Entry(
      "E0501", "a layer that does not fit the one before",
      "Each layer wants inputs of a certain shape: a convolution wants [channels, height, "
        + "width], and its window must fit into the image. The sentence gives both shapes. "
        + "flatten, view or padding often helps.",
      .program("network(input: 10) { conv(4, 3) }")),
    Entry(
      "E0502", "a setting that a layer does not take",
      "Sizes of layers are whole numbers from 1, shares lie between 0 and 1. The sentence "
        + "names the setting and what it must be.",
      .program("dropout 150%")),
    Entry(
      "E0503", "a layer of an unknown kind",
      "A file or an expression names a kind of layer that this version does not have. It "
        + "may have been written by a newer one.",
      .situation("a network file that names a layer of a newer version")),
    Entry(
      "E0504", "data that does not fit the network",
      "The shape of one example must be the input shape of the network, or have as many "
        + "numbers. The sentence gives both.",
      .program(
        "data = load \"digits\"\naccuracy(network(input: 10) { dense 10 }, on: data.test)")),
    Entry(
      "E0505", "a label that no output stands for",
      "A network with n outputs knows the classes 0 to n - 1. An example has another label: "
        + "give the last layer as many units as there are classes, or repair the data.",
      .program(
        "data = load \"digits\"\ntrain(network(input: 64) { dense 5 }, on: data.train, epochs: 1)")),
    Entry(
      "E0506", "two layers of one name",
      "Parameters are called LAYER.weight, so names of layers are unique. Leave out the "
        + "names and they are numbered.",
      .program("network(input: 4) {\n  dense(4, name: \"a\")\n  dense(4, name: \"a\")\n}")),
    Entry(
      "E0507", "a loss that stopped being a number",
      "The steps of training became so large that the numbers overflowed. Nothing is "
        + "bound: a network that was to be trained stays as it was before. A smaller rate nearly "
        + "always cures it; very large inputs can be the cause as well. Where commands are typed, "
        + "_ has the last good weights.",
      .program(
        "data = load \"digits\"\ntrain(network(input: 64) { dense 10 }, on: data.train, epochs: 3, optimizer: .sgd, rate: 1e38)"
      )),
    Entry(
      "E0508", "a setting of training out of range or without use",
      "Epochs, batch, rate and the like have ranges; the sentence says which. A setting that "
        + "would do nothing is not taken either, such as a momentum for adam: it would stand on "
        + "the receipt as if it had.",
      .situation("a momentum of 2")),
    Entry(
      "E0509", "a network without layers",
      "A network is at least one layer between its input and its output.",
      .program("network(input: 4, layers: [])")),
    Entry(
      "E0510", "a layer that comes before its input",
      "The layers of a network stand in the order in which they run. A file lists one "
        + "before what feeds it: the file is damaged or was made by hand.",
      .situation("a network file whose second layer is fed by its third")),
    Entry(
      "E0511", "parameters that a layer does not have",
      "A layer of known sizes has parameters of known names and shapes. A file gives "
        + "others: it is damaged, or belongs to another network.",
      .situation("a network file whose dense layer has a weight of another shape")),
    Entry(
      "E0512", "a layer that the network does not have",
      "Layers are named as describe NETWORK lists them.",
      .situation("asking for the output of a layer that is not there")),
    Entry(
      "E0513", "an index outside the vocabulary",
      "An embedding looks up whole numbers from 0 to its vocabulary - 1. Give it a larger "
        + "vocabulary, or check how the examples were numbered.",
      .situation("an embedding of 10 words that gets the index 10")),
    Entry(
      "E0514", "a layer that cannot run with whole numbers",
      "Whole-number arithmetic wants 8-bit codes from end to end: weights with one scale for each "
        + "output, activations on static grids of at most 8 bits, and layers that need no floats "
        + "(not embeddings, attention and layer normalization). The message says which layer lacks "
        + "what. `quantize(net, activations: 8, on: data.train, integer: true)` does all of it.",
      .program("quantize(network(input: 4) { dense 2 }, integer: true)")),
  ]

  static let compression: [Entry] = [
    Entry(
      "E0601", "a sparsity out of range",
      "Sparsity is the fraction of weights that is removed: from 0 up to, not including, 1. "
        + "Write 90% or 0.9. All weights cannot be removed.",
      .situation("a pruning schedule that starts at 200%")),
    Entry(
      "E0602", "a number of bits out of range",
      "Codes have a whole number of bits in a small range; 16-bit floats are grids of their "
        + "own, .fp16 and .bf16.",
      .situation("symmetric codes of 33 bits")),
    Entry(
      "E0603", "a group without weights",
      "A group of weights that share a scale has at least one. Small groups follow the "
        + "weights closely and cost more scales: 32 to 128 are usual.",
      .situation("a group of 0 weights")),
    Entry(
      "E0604", "a rank that a layer does not have",
      "A weight matrix of m rows and n columns has ranks from 1 to the smaller of the two. "
        + "Savings begin far below: r (m + n) numbers replace m n.",
      .program("svd(network(input: 64) { dense 10 }, rank: 100)")),
    Entry(
      "E0605", "an energy out of range",
      "The energy kept is the share of the sum of squared singular values, above 0 and at "
        + "most 1: write 90% or 0.9.",
      .program("svd(network(input: 64) { dense 10 }, energy: 90)")),
    Entry(
      "E0606", "a budget that is too small",
      "Even at its smallest, with rank 1 or the fewest bits in every layer, the network needs "
        + "more bytes than this. The sentence says how many. Raise the budget, or allow fewer bits.",
      .program("svd(network(input: 64) { dense 10 }, bytes: 1B)")),
    Entry(
      "E0607", "a layer that this does not work on",
      "layers: and except: name layers as describe NETWORK lists them, and only those with "
        + "weights of the fitting kind. The sentence lists them.",
      .program("prune(network(input: 64) { dense 10 }, 50%, layers: [\"conv1\"])")),
    Entry(
      "E0608", "nothing to work on",
      "The network has no layer that this technique could change.",
      .program("prune(network(input: 4) { activation .relu }, 50%)")),
    Entry(
      "E0609", "a criterion for something else",
      "Most criteria score weights and any group of them; some compare groups of several weights, and "
        + "some score whole units only, such as the mean of what they put out. This one does not "
        + "score what is to be pruned: choose another criterion, or another `per`.",
      .program("prune(network(input: 64) { dense 10 }, 50%, by: .geometric_median, per: .weight)")),
    Entry(
      "E0610", "units that cannot leave",
      "A unit can leave a layer only where everything behind it can do without: not from "
        + "the last layer, whose outputs are the classes, and not where a sum wants equal "
        + "shapes.",
      .program("prune(network(input: 64) { dense 10 }, 50%, by: .l2, layers: [\"dense1\"])")),
    Entry(
      "E0611", "a setting of a technique out of range",
      "The sentence names the setting, what it must be, and what it was.",
      .situation("a distillation whose mix is 200%")),
    Entry(
      "E0612", "weights that are not numbers",
      "A weight is inf or nan: the training that made it diverged. Go back to weights from "
        + "before, or train again with a smaller rate.",
      .situation("quantizing a network whose weight is nan")),
    Entry(
      "E0613", "networks measured on different examples",
      "Flips compare two networks example by example, so both must have answered the same "
        + "ones.",
      .situation("comparing one network on 100 examples with another on 200")),
    Entry(
      "E0614", "groups that do not divide a row",
      "With `group`, so many neighbors in a row of a weight share a scale. Nothing is padded "
        + "silently: choose a divisor of the row, or allow a shorter last group with strict: "
        + "false, which the receipt then says.",
      .program("quantize(network(input: 64) { dense 10 }, group: 24)")),
    Entry(
      "E0615", "what a machine cannot run as it is",
      "With `for`, quantize obeys what the machine's kernels take: formats, granularities, lengths. "
        + "The message says which tensor is illegal there and why, and what would be legal. With "
        + "strict: false it is only noted; objections lists all of it.",
      .program("quantize(network(input: 64) { dense 10 }, group: 16, for: .cortexM4)")),
    Entry(
      "E0616", "blocks that do not divide a row",
      "prune per: .block wants blocks that fill the matrix of weights, outputs × inputs. With `block`, "
        + "share cuts each row of a weight into blocks of so many neighbors: a row of a dense "
        + "layer has its inputs, one of a convolution its channels times its window. Choose a divisor "
        + "of the row; layers of other types may have other blocks, as in block: (conv: 9, dense: 4).",
      .program("share(network(input: 64) { dense 10 }, centroids: 4, block: 24)")),
    Entry(
      "E0617", "a layer that would lose everything",
      "A layer without any weights or units left gives the same to every input, and the network with it. "
        + "With scope: .global this happens to layers whose weights are smaller than those of the "
        + "others; take the same share of each, leave the layer out, or prune less.",
      .program("prune(network(input: 4) { dense 2 }, 99%)")),
    Entry(
      "E0618", "a pattern that does not divide a row",
      "A pattern n:m keeps n of each m weights next to each other in a row; so m must divide the rows. A row "
        + "of a dense layer has its inputs, one of a convolution its channels times its kernel. Leave "
        + "the layer out, or choose another m.",
      .program("prune(network(input: 63) { dense 10 }, pattern: \"2:4\")")),
    Entry(
      "E0619", "a criterion without its examples",
      "Some criteria look at what flows through the network, or at how its loss slopes and bends: they want "
        + "examples, of the kind that the network was trained on. Give some with `on`.",
      .program("prune(network(input: 64) { dense 10 }, 50%, by: .taylor)")),
    Entry(
      "E0625", "zeros of another structure",
      "With as: .block or .pattern, skip_zeros reads weights in blocks, or N of every M neighbors. That "
        + "needs zeros that came so: most of them in whole blocks, or in all rows alike. Zeros at any "
        + "places run as .csr; .auto chooses for each layer.",
      .program("skip_zeros(prune(network(input: 64) { dense 32 }, 90%), as: .block)")),
    Entry(
      "E0626", "skipping zeros in whole numbers",
      "Where activations are quantized, a network is computed in whole numbers, or simulated so, to the "
        + "last bit. Those loops read all weights. Skip zeros in a network whose weights alone are "
        + "quantized.",
      .situation("skipping the zeros of a network with quantized activations")),
    Entry(
      "E0630", "a layer left without units",
      "Units that are tied go together. A layer that reads only some of another's units, such as a "
        + "slice, may lose all that it has: then nothing connects what is before it to what is behind.",
      .situation("removing every channel that one half of a ShuffleNet block reads")),
    Entry(
      "E0631", "a layer that nothing bridges",
      "A whole layer can leave only where an addition has another input to go on with: the block of a "
        + "residual network, or its projection, and not both.",
      .situation("removing the block and the shortcut of the same addition")),
    Entry(
      "E0632", "neurons that cannot be merged",
      "Two neurons become one where the same function works on both and only weighted sums read "
        + "them: what the one's readers did with it, they can then do with the other. Neurons that "
        + "are shared, gated, normalized on their own or the network's outputs have no such readers.",
      .program("merge_neurons(network(input: 64) { dense 10 }, share: 50%, layers: [\"dense1\"])")),
    Entry(
      "E0640", "a start of another network",
      "To rewind a network is to give its weights the values that they had before: so the start "
        + "must be the same network, layer by layer, but for its values. The sentence names the "
        + "first difference. Pruned units leave for good, pruned weights leave a mask.",
      .program(
        "fn net(units) { network(input: 64) { dense units } }\nrewind(prune(net(10), 50%), to: net(12))"
      )),
    Entry(
      "E0641", "a rewind of a network that is not pruned",
      "Rewinding keeps which weights are pruned and takes their values from a saved start. "
        + "Without any pruned weight there is nothing to keep: the start itself is the result.",
      .program("start = network(input: 64) { dense 10 }\nrewind start, to: start")),
  ]
}
