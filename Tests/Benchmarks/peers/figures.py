# Numbers that look random and are the same in every language: a hash of where they stand. The twin of
# Engine/Figures.swift, to the bit. Also the named networks' sizes, with the weights that all sides give them.

import numpy

PIECE = 1 << 18


def _piece(start, count, seed):
    h = numpy.arange(start, start + count, dtype=numpy.uint32)
    h *= numpy.uint32(0x9E3779B1)
    h += numpy.uint32(seed * 0x85EBCA77 % 2**32)
    h ^= h >> 16
    h *= numpy.uint32(0x7FEB352D)
    h ^= h >> 15
    h *= numpy.uint32(0x846CA68B)
    h ^= h >> 16
    h >>= 8
    return h.astype(numpy.float32) * numpy.float32(2**-24)


def _filled(count, piece):
    numbers = numpy.empty(count, numpy.float32)
    for start in range(0, count, PIECE):
        size = min(PIECE, count - start)
        numbers[start:start + size] = piece(start, size)
    return numbers


def even(count, seed):
    """Evenly spread from 0 up to, not including, 1."""
    return _filled(count, lambda start, size: _piece(start, size, seed))


def centered(count, seed):
    """From -1 to 1."""
    return _filled(count, lambda start, size: 2 * _piece(start, size, seed) - numpy.float32(1))


def bell(count, seed):
    """From -1 to 1, more of them around 0, as weights are."""
    return _filled(
        count, lambda start, size: _piece(start, size, seed) + _piece(start, size, seed + 1)
        - numpy.float32(1))


def pruned(rows, columns):
    """Weights of which a tenth is kept."""
    weights = centered(rows * columns, 20)
    weights[even(rows * columns, 21) >= numpy.float32(0.1)] = 0
    return weights.reshape(rows, columns)


def sample(numbers, count=64):
    """Every so many of a list, `count` at most: what is compared."""
    flat = numpy.asarray(numbers).reshape(-1)
    return flat[::max(1, flat.size // count)][:count]


def fading(rows, columns):
    """Columns that fade, and a little of everything: what a layer's weights are like."""
    inner = 128
    left = centered(rows * inner, 7).reshape(rows, inner) / (
        1 + numpy.arange(inner, dtype=numpy.float32))
    right = centered(inner * columns, 8).reshape(inner, columns)
    return left @ right + numpy.float32(0.01) * centered(rows * columns, 9).reshape(rows, columns)


# Each network as a list of layers: (conv, in, out, kernel), (dense, in, out), pool, relu or flatten.
LAYERS = {
    "lenet300": ["flatten", ("dense", 784, 300), "relu", ("dense", 300, 100), "relu",
                 ("dense", 100, 10)],
    "lenet5": [("conv", 1, 20, 5), "pool", ("conv", 20, 50, 5), "pool", "flatten",
               ("dense", 800, 500), "relu", ("dense", 500, 10)],
    "keras_cnn": [("conv", 1, 12, 3), "relu", "pool", "flatten", ("dense", 2028, 10)],
}


def layers(name):
    """A network's, or those of one square layer, such as `dense256`."""
    if name.startswith("dense"):
        size = int(name.removeprefix("dense"))
        return [("dense", size, size)]
    return LAYERS[name]


def weights(layers):
    """Weights spread as He et al. would, biases a little around 0: by their place in the network."""
    seed, arrays = 100, []
    for layer in layers:
        if isinstance(layer, str):
            continue
        shape = ((layer[2], layer[1], layer[3], layer[3]) if layer[0] == "conv"
                 else (layer[2], layer[1]))
        inputs = int(numpy.prod(shape[1:]))
        for size, reach in ((shape, (6 / inputs) ** 0.5), (shape[:1], 0.1)):
            seed += 10
            values = centered(int(numpy.prod(size)), seed) * numpy.float32(reach)
            arrays.append(values.reshape(size))
    return arrays


def input_shape(name):
    first = layers(name)[0]
    if first[0] == "conv":
        return (1, 28, 28)
    return (first[1],) if first[0] == "dense" else (784,)


def images(name, count):
    shape = (count, *input_shape(name))
    return even(int(numpy.prod(shape)), 1).reshape(shape)
