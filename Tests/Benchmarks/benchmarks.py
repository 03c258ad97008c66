# What is measured, and who takes part. Every benchmark is one entry of one of these lists; ours comes first.

import os
from dataclasses import dataclass

import loops
from contestants import Missing, Script, Server, Start

SECTIONS = [
    "start", "loops", "training", "inference", "vectors", "streams", "matrices", "growth"]
HERE = os.path.dirname(os.path.abspath(__file__))


@dataclass
class Benchmark:
    name: str
    section: str
    unit: str  # of the figure: "ms", or something per second
    contestants: list  # pairs of a name and what makes a contestant from the options
    aim: float | None = None  # how many times as fast as the best peer ours should be
    tolerance: float = 1e-4  # how far answers may differ, of the largest number in them
    note: str = ""
    limit_ms: float | None = None  # what a unit of ours should take at most

    def wanted(self, only):
        return not only or self.section in only or any(
            part in self.name for part in only if part not in SECTIONS)

    def figure(self, seconds):
        return seconds * 1000 if self.unit == "ms" else 1 / seconds


def ours(*job, threads=None):
    def make(options):
        if not os.access(options.engine, os.X_OK):
            raise Missing(f"there is no program at {options.engine}: make bench builds it")
        environment = {"CNB_THREADS": str(threads or options.threads)}
        if options.mnist:
            environment["CNB_DATA"] = options.mnist
        command = [options.engine, *words(job, "mnist" if options.mnist else "random")]
        return Server(command, options.seconds, environment, options.clock)
    return "cnb", make


def peer(program, name, mode, job, threads=None):
    def make(options):
        if not options.python:
            raise Missing("no Python with NumPy: make bench-setup installs the peers")
        count = str(threads or options.threads)
        # Some libraries take the number of threads as an argument, some from here.
        environment = {"OMP_NUM_THREADS": count, "OPENBLAS_NUM_THREADS": count}
        first = [mode] if program == "numpy_peer.py" else [count, mode]
        command = [options.python, f"{HERE}/peers/{program}", *first, *words(job, options.mnist or "random")]
        return Server(command, options.seconds, environment, options.clock)
    return name, make


def words(job, data):
    """The words of a job, with `data` for `DATA`: MNIST, or random numbers where it is not here."""
    return [data if word == "DATA" else str(word) for word in job]


def pytorch(mode, *job, threads=None):
    return peer("pytorch_peer.py", f"PyTorch {mode}", mode, job, threads)


def onnx(mode, *job):
    return peer("onnx_peer.py", f"ONNX Runtime {mode}", mode, job)


def numpy(name, mode, *job):
    return peer("numpy_peer.py", name, mode, job)


def training(network, examples, aim, modes, batch=128, data="DATA", tolerance=0.1):
    job = ("train", network, batch, examples, data)
    return Benchmark(
        f"train {network}", "training", "images/s",
        [ours(*job), *(pytorch(mode, *job) for mode in modes)], aim, tolerance,
        note=f"batch {batch}, stochastic gradient descent with momentum")


def curvature(network, examples, data="DATA"):
    return Benchmark(
        f"curvature {network}", "training", "images/s",
        [ours("curvature", network, 128, data),
         ("cnb, a training step", ours("train", network, 128, examples, data)[1])], 0.25,
        note="one random vector of the Hessian's trace, batch 128; a step of training on as many")


def inference(network, batch, bits, aim, peers):
    job = ("infer", network, batch, bits)
    kind = "int8" if bits == 8 else "fp32"
    return Benchmark(
        f"{network} {kind} × {batch}", "inference", "images/s",
        [ours(*job), *(make(mode, *job) for make, mode in peers)], aim,
        tolerance=0.15 if bits == 8 else 1e-4)


def counting(network, batch):
    job = ("infer", network, batch, 32)
    return Benchmark(
        f"{network} whole numbers × {batch}", "inference", "images/s",
        [ours("count", network, batch), ("cnb, fp32", ours(*job)[1]),
         *(onnx(mode, "infer", network, batch, 8) for mode in ("s8s8", "u8s8"))], 1.0,
        tolerance=0.15, note="8-bit codes from end to end, static ranges")


FLOATS = [(pytorch, "jit"), (onnx, "fp32"), (pytorch, "eager")]
INTEGERS = [(onnx, "s8s8"), (onnx, "u8s8"), (pytorch, "eager")]


def vectors(bits, copies, aim, modes):
    job = ("matvec", 4096, bits, copies)
    place = "hot" if copies == 1 else "cold"
    return Benchmark(
        f"int{bits} × vector, {place}", "vectors", "products/s",
        [ours(*job), *(make(mode, *job) for make, mode in modes)], aim, tolerance=0.25,
        note="4096 × 4096, groups of 128; " + (
            "the same matrix" if copies == 1 else f"{copies} matrices in turn"))


def sparse(rows, columns, batch, aim):
    job = (rows, columns, batch)
    return Benchmark(
        f"sparse {rows}×{columns} × {batch}", "vectors", "products/s",
        [ours("sparse", 10, *job), ("cnb, dense", ours("sparse", "dense", *job)[1]),
         pytorch("csr", "sparse", *job), pytorch("dense", "sparse", *job),
         numpy("SciPy csr", "csr", "sparse", *job), numpy("NumPy dense", "dense", "sparse", *job)],
        aim, note="a tenth of the weights is kept; skipping zeros, and the same layer dense")


def pruned(network, batch):
    return Benchmark(
        f"pruned {network} × {batch}", "vectors", "images/s",
        [ours("pruned", network, "csr", batch),
         ("cnb, dense", ours("pruned", network, "dense", batch)[1])], 1,
        note="a tenth of the weights is kept; skipping zeros, and the same network dense")


def crossover(rows, columns, batch):
    def way(percent):
        return f"cnb, {percent}%", ours("sparse", percent, rows, columns, batch)[1]
    dense = ours("sparse", "dense", rows, columns, batch)[1]
    return Benchmark(
        f"crossover {rows}×{columns} × {batch}", "vectors", "products/s",
        [("cnb, dense", dense), *(way(percent) for percent in (1, 5, 10, 20, 35, 50, 65, 80))],
        tolerance=float("inf"), note="so many of the weights are kept, and zeros skipped")


def streams(quick):
    rows = 2048 if quick else 16384
    count = 10_000_000 if quick else 100_000_000
    size = "128 MiB" if quick else "1 GiB"
    quantize, select = ("quantize", rows, 16384), ("select", count)
    return [
        *(Benchmark(
            f"load {kind}", "streams", "GB/s", [ours("load", kind, 20 if quick else 100)],
            limit_ms=1e3 / 0.3,
            note="a container of 100 MB; gigabytes of decoded weights")
          for kind in ("fp32", "fp16", "int8", "int4", "sparse")),
        Benchmark(
            f"quantize {size}", "streams", "GB/s",
            [ours(*quantize), numpy("NumPy in blocks", "blocks", *quantize),
             pytorch("blocks", *quantize)], 4.5, tolerance=0.01,
            note="8 bits per channel; gigabytes of floats read"),
        Benchmark(
            f"read {size}", "streams", "GB/s", [ours("read", rows * 16384)],
            note="the limit of the memory, with all threads"),
        Benchmark(
            f"copy {size}", "streams", "GB/s", [ours("copy", rows * 16384)],
            note="gigabytes that are read, and written elsewhere, with all threads"),
        Benchmark(
            f"select of {count // 10**6} M", "streams", "times/s",
            [ours(*select), numpy("NumPy partition", "partition", *select),
             pytorch("kthvalue", *select)], 9, tolerance=0,
            note="the magnitude that a tenth exceed"),
        *(coding(work, kind, aim, quick) for work, kind, aim in (
            ("encode", "pruned", 50), ("decode", "pruned", 50), ("encode", "dense", None),
            ("decode", "dense", None), ("huffman", "dense", 200))),
    ]


def coding(work, kind, aim, quick):
    rows, columns = 1024 if quick else 4096, 4096
    name = "huffman decode" if work == "huffman" else f"range {work}"
    return Benchmark(
        f"{name}, {kind}", "streams", "MB/s", [ours("code", work, kind, rows, columns, threads=1)],
        limit_ms=aim and 1e3 / aim,
        note="one core; megabytes of fp32 weights; " + (
            "a tenth kept, 5-bit codes" if kind == "pruned" else "8-bit codes"))


def matrices():
    square, tall = ("svd", 1024, 1024), ("top", 4096, 1024, 64)
    fading, product = ("randomized", 4096, 1024, 64), ("product", 1024)
    blocks = ("cluster", 4096, 8, 256, 10)
    return [
        Benchmark(
            "svd 1024²", "matrices", "ms",
            [ours(*square), pytorch("eager", *square), numpy("NumPy", "numpy", *square),
             numpy("SciPy", "scipy", *square)]),
        Benchmark(
            "svd, top 64", "matrices", "ms",
            [ours(*tall), pytorch("eager", *tall)], 2.7,
            note="of 4096 × 1024; PyTorch has no exact way to do fewer than all"),
        Benchmark(
            "svd, top 64, iterated", "matrices", "ms",
            [ours(*tall), numpy("SciPy svds", "scipy", *tall)],
            note="of 4096 × 1024; SciPy's way is iterative, as exact"),
        Benchmark(
            "svd, randomized", "matrices", "ms",
            [ours(*fading), pytorch("svd_lowrank", *fading),
             numpy("scikit-learn", "sklearn", *fading)], 1.3, tolerance=0.03,
            note="64 of 4096 × 1024, 10 vectors more, 2 power iterations"),
        Benchmark(
            "product 1024³", "matrices", "products/s",
            [ours(*product), pytorch("eager", *product), numpy("NumPy", "numpy", *product)]),
        Benchmark(
            "k-means, 4096²", "matrices", "ms", [ours("share", 4096, 16, 300)], limit_ms=1000,
            note="16 shared values, until no weight changes its own; with the sort, and a code for each"),
        Benchmark(
            "k-means, 1024²", "matrices", "ms",
            [ours("share", 1024, 16, 10), numpy("scikit-learn", "lloyd", "share", 1024, 16, 10)],
            tolerance=1e-3, note="10 rounds from evenly spaced values"),
        Benchmark(
            "k-means of blocks", "matrices", "ms",
            [ours(*blocks), numpy("scikit-learn", "lloyd", *blocks)], 3, tolerance=1e-3,
            note="product quantization of 4096 × 4096: 256 centroids of 8, 10 rounds from the same ones"),
    ]


def starts():
    return [
        Benchmark(
            "start to prompt", "start", "ms",
            [("cnb", lambda o: Start([o.cnb], "cnb>")),
             ("CPython", lambda o: Start(["python3", "-q"], ">>>"))], limit_ms=6),
        Benchmark(
            "start to end", "start", "ms",
            [("cnb", lambda o: Start([o.cnb, "-e", "1"])),
             ("CPython", lambda o: Start(["python3", "-c", "pass"]))]),
    ]


def interpreter():
    def entry(program):
        cnb, python = loops.cnb_text(program, 3), loops.python_text(program, 3)
        return Benchmark(
            program.name, "loops", "ms",
            [("cnb", lambda o: Script([o.cnb], cnb, None, 1, o.clock)),
             ("CPython", lambda o: Script(["python3", "-"], python, None, 1, o.clock))],
            program.aim, tolerance=1e-5, note=program.call)
    return [entry(program) for program in loops.PROGRAMS]


def everything(quick=False, compiled=False):
    """All benchmarks in order; `compiled` adds what PyTorch needs a minute to compile."""
    modes = ["channels_last", "fused", "eager"] + (["compile"] if compiled else [])
    floats = FLOATS + ([(pytorch, "compile")] if compiled else [])
    share = 10 if quick else 1
    return [
        *starts(),
        *interpreter(),
        training("lenet5", 12_800 // share, 3, modes),
        training("lenet300", 25_600 // share, 1.8, ["fused", "eager"] + modes[3:]),
        training("keras_cnn", 25_600 // share, 12, modes),
        training("resnet20", 1_280 // share, 1.3, modes, data="random",
                 tolerance=0.5),
        curvature("lenet5", 12_800 // share),
        curvature("lenet300", 25_600 // share),
        curvature("keras_cnn", 25_600 // share),
        curvature("resnet20", 1_280 // share, data="random"),
        inference("lenet5", 1, 32, 1.4, floats),
        inference("lenet5", 128, 32, 1.4, floats),
        inference("lenet5", 128, 8, 2.5, INTEGERS),
        counting("lenet5", 1),
        counting("lenet5", 128),
        inference("keras_cnn", 128, 32, None, floats),
        inference("lenet300", 1, 32, None, floats),
        inference("lenet300", 128, 32, None, floats),
        inference("lenet300", 128, 8, 1.0, INTEGERS),
        vectors(4, 1, 1.4, [(onnx, "nbits"), (pytorch, "weights")]),
        vectors(4, 8, 1.4, [(onnx, "nbits"), (pytorch, "weights")]),
        vectors(8, 1, 1.0, [(onnx, "u8s8"), (onnx, "dynamic"), (pytorch, "dynamic")]),
        vectors(8, 8, 1.0, [(onnx, "u8s8"), (onnx, "dynamic"), (pytorch, "dynamic")]),
        *(sparse(rows, columns, batch, 1) for rows, columns in ((300, 784), (4096, 4096))
          for batch in (1, 64)),
        *(pruned(network, batch) for network in ("lenet300", "lenet5", "resnet20")
          for batch in (1, 64)),
        *(crossover(1000, 4096, batch) for batch in (1, 64)),
        *streams(quick),
        *matrices(),
    ]
