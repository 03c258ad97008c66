#!/usr/bin/env python3
"""Reads a .cnbm container by its specification alone, and prints what it holds as JSON.

    read_cnbm.py Notebooks/reference/container.cnb FILE.cnbm

The lists of words and forms are taken from the notebook, as it prints them. It shares no code with cnb: that is
its use. Encodings: dense, affine, sparse and codebook, without a coder; layers: those of images.
"""
import json, re, struct, sys, zlib


def lists(notebook):
    """The words, and the forms as (kind, [(name, type)]), from the notebook's outputs."""
    text = open(notebook, encoding="utf-8").read()
    rows = re.search(r"```cnb-out #words.*?\n(.*?)```", text, re.S)[1].splitlines()
    words = [word for row in rows for word in row.split("|")[1:]]
    rows = re.search(r"```cnb-out #forms.*?\n(.*?)```", text, re.S)[1].splitlines()
    forms = []
    for _, kind, settings in (row.split("|") for row in rows):
        forms.append((kind, [tuple(setting.split(" ")) for setting in settings.split(", ") if setting]))
    return words, forms


class Reader:
    def __init__(self, data, words):
        self.data, self.at, self.words = data, 0, words

    def take(self, count):
        assert 0 <= count <= len(self.data) - self.at, f"{count} bytes wanted at {self.at}"
        self.at += count
        return self.data[self.at - count:self.at]

    def unpack(self, form, count=1):
        return struct.unpack(f"<{count}{form}", self.take(count * struct.calcsize(form)))

    def byte(self): return self.take(1)[0]

    def count(self):
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128: return value

    def integer(self):
        value = self.count()
        return -(value // 2) - 1 if value % 2 else value // 2

    def text(self):
        first = self.byte()
        if first < 224: return self.words[first]
        if first < 251: return self.take(first - 224).decode()
        if first == 251: return self.take(self.count()).decode()
        if first == 252: return str(self.count())
        if first == 253: return str(self.unpack("Q")[0])
        assert first == 254, "no text"
        return self.words[224 + self.count()]

    def number(self):
        value = self.count()
        if value % 24 == 23: return self.unpack("f" if value == 23 else "d")[0]
        whole = value // 24
        return (-(whole // 2) - 1 if whole % 2 else whole // 2) / 10.0 ** (value % 24)

    def setting(self, kind):
        if kind == "pair":
            first = self.count()
            return [first // 2, self.count() if first % 2 else first // 2]
        if kind in ("integers", "counts"):
            return [self.integer() if kind == "integers" else self.count() for _ in range(self.count())]
        return {"integer": self.integer, "number": self.number, "text": self.text, "count": self.count}[kind]()

    def packed(self, count, bits):
        whole = int.from_bytes(self.take((count * bits + 7) // 8), "little")
        return [whole >> (bits * i) & ((1 << bits) - 1) for i in range(count)]

    def wide(self, count, bits):
        """Numbers of any number of bits: eight of each in a row, the lowest first."""
        values = [0] * count
        for start in range(0, bits, 8):
            for i, part in enumerate(self.packed(count, min(8, bits - start))): values[i] |= part << start
        return values


def single(value): return struct.unpack("<f", struct.pack("<f", value))[0]


def slices(shape, granularity, size):
    """For each element the number of its scale."""
    count = product(shape)
    columns = count if len(shape) < 2 else count // shape[0]
    each = {0: count, 1: columns, 2: min(size, columns)}[granularity]
    if granularity == 0: return [0] * count, 1
    runs = -(-columns // each)
    return [i // columns * runs + i % columns // each for i in range(count)], count // columns * runs


def product(shape):
    count = 1
    for size in shape: count *= size
    return count


def decode(reader, shape, tag, codebooks):
    count = product(shape)
    if tag == 1:
        form = {0: "f", 1: "e", 2: "H"}[reader.byte()]
        values = reader.unpack(form, count)
        return list(values) if form != "H" else [struct.unpack("<f", struct.pack("<I", v << 16))[0] for v in values]
    if tag == 2:
        head, scaling = reader.byte(), reader.byte()
        bits, signed, granularity = (head & 15) + 1, head & 16, head >> 6
        places, runs = slices(shape, granularity, reader.unpack("I")[0] if granularity == 2 else 0)
        scales = reader.unpack("f", runs) if scaling == 0 else [2.0 ** e for e in reader.unpack("b", runs)]
        number = lambda code: code - (1 << bits) if signed and code >> (bits - 1) else code
        zeros = [number(z) for z in reader.wide(runs, bits)] if head & 32 else [0] * runs
        return [single((number(c) - zeros[p]) * scales[p]) for c, p in zip(reader.wide(count, bits), places)]
    if tag == 3:
        scheme, values = reader.byte(), None
        columns = count if len(shape) < 2 else count // shape[0]
        if scheme == 0:
            kept = [i for i, bit in enumerate(reader.packed(count, 1)) if bit]
        elif scheme <= 7:
            kept, place, reach = [], 0, (2 << scheme) - 1
            for gap in reader.packed(reader.count() + reader.count(), scheme + 1):
                place += gap
                if gap < reach:
                    kept.append(place)
                    place += 1
        elif scheme <= 9:
            kept = reader.unpack("H" if scheme == 8 else "I", reader.count())
        elif scheme <= 11:
            lines, length = (count // columns, columns) if scheme == 10 else (columns, count // columns)
            counts = reader.wide(lines, length.bit_length())
            places = reader.wide(sum(counts), (length - 1).bit_length())
            owners = [line for line, each in enumerate(counts) for _ in range(each)]
            kept = sorted(a * columns + b if scheme == 10 else b * columns + a for a, b in zip(owners, places))
        else:
            values, place, kept = decode(reader, [reader.count()], reader.byte(), codebooks), -1, []
            for gap in reader.packed(len(values), scheme - 10):
                place += gap + 1
                kept.append(place)
        if values is None: values = decode(reader, [len(kept)], reader.byte(), codebooks)
        elements = [0.0] * count
        for place, value in zip(kept, values): elements[place] = value
        return elements
    if tag == 6:
        tie, block = reader.count(), reader.count()
        if tie % 2 == 0: codebooks[tie // 2] = decode(reader, [reader.count() * block], reader.byte(), codebooks)
        table = codebooks[tie // 2]
        bits = (len(table) // block - 1).bit_length()
        return [table[c * block + i] for c in reader.wide(count // block, bits)
                for i in range(block)]
    raise SystemExit(f"the encoding {tag} is not read here")


def layer(kind, s, inputs):
    """The output's shape, and the parameters with theirs."""
    shape = inputs[0]
    if kind == "dense":
        return [s["units"]], [("weight", [s["units"], shape[0]])] + [("bias", [s["units"]])] * s["bias"]
    if kind in ("conv2d", "maxpool", "avgpool"):
        window = s.get("kernel") or s["size"]
        sides = []
        for n, k, stride, padding in zip(shape[1:], window, s["stride"], s["padding"]):
            whole, rest = divmod(n + 2 * padding - k, stride)
            hangs = s.get("ceil", 0) and rest > 0 and (whole + 1) * stride < n + padding
            sides.append(whole + 2 if hangs else whole + 1)
        if kind != "conv2d": return [shape[0]] + sides, []
        weight = [s["filters"], shape[0] // s["groups"]] + window
        return [s["filters"]] + sides, [("weight", weight)] + [("bias", [s["filters"]])] * s["bias"]
    if kind == "flatten": return [product(shape)], []
    if kind == "batchnorm": return shape, [(name, shape[:1]) for name in ("scale", "bias", "mean", "variance")]
    if kind == "quantizer":
        has_step = s["range"] == "static" and s["grid"] in ("affine", "symmetric")
        return shape, [("step", [1])] if has_step else []
    if kind == "globalpool": return shape[:1] + [1, 1] * s.get("keepdims", 0), []
    assert kind in ("activation", "dropout", "add", "softmax"), kind
    return shape, []


def read(data, words, forms):
    assert data[:2] == b"\xcb\x6d" and data[2] & 15 == 1, "no container of version 1"
    assert zlib.crc32(data[:-4]) == struct.unpack("<I", data[-4:])[0], "damaged"
    reader, flags = Reader(data[:-4], words), data[2]
    reader.at = 3
    zeros = ("auto", "csr", "block", "pattern")[reader.byte()] if flags & 128 else None
    network = {"name": reader.text(), "input": [reader.count() for _ in range(reader.count())], "integers": flags >> 4 & 1, "zeros": zeros}
    nodes, stems = [], {}
    for n in range(reader.count()):
        first = reader.byte()
        if first & 63 == 63:
            kind, types = reader.text(), ["integer", "number", "text", "integers", "count", "counts", "pair"]
            settings = {}
            for _ in range(reader.count()):
                name = reader.text()
                settings[name] = reader.setting(types[reader.byte()])
        else:
            kind, form = forms[first & 63]
            settings = {name: reader.setting(type) for name, type in form}
        stem = {"activation": settings.get("function"), "quantizer": "quant", "conv2d": "conv"}.get(kind, kind)
        stems[stem] = stems.get(stem, 0) + 1
        name = reader.text() if first & 64 else f"{stem}{stems[stem]}"
        inputs = [n - reader.count() for _ in range(reader.count())] if first & 128 else [n - 1]
        nodes.append((name, kind, settings, inputs))
    shapes, codebooks, parameters = {-1: network["input"]}, {}, {}
    for n, (name, kind, settings, inputs) in enumerate(nodes):
        shapes[n], plans = layer(kind, settings, [shapes[i] for i in inputs])
        for parameter, shape in plans:
            first = reader.byte()
            values = decode(reader, shape, first & 31, codebooks)
            mask = [None, "zeros", "places", "listed"][first >> 5 & 3]
            if mask == "listed": reader.take(reader.count())
            parameters[f"{name}.{parameter}"] = {"shape": shape, "mask": mask, "frozen": first >> 7, "values": values}
    network["nodes"] = [[name, kind, settings, inputs] for name, kind, settings, inputs in nodes]
    network["parameters"], network["receipt"] = parameters, []
    if flags & 32:
        rest = reader.take(len(reader.data) - reader.at)
        if flags & 64: rest = zlib.decompressobj(-15, zdict=DICTIONARY).decompress(rest)
        steps = Reader(rest, words)
        for _ in range(steps.count()):
            word = steps.text()
            network["receipt"].append([word, [[steps.text(), steps.text()] for _ in range(steps.count())]])
        assert steps.at == len(rest)
    assert reader.at == len(reader.data), "bytes that belong to nothing"
    return network


if __name__ == "__main__":
    words, forms = lists(sys.argv[1])
    notebook = open(sys.argv[1], encoding="utf-8").read()
    DICTIONARY = re.search(r"```cnb-out #dictionary.*?\n(.*?)\n```", notebook, re.S)[1].encode()
    print(json.dumps(read(open(sys.argv[2], "rb").read(), words, forms)))
