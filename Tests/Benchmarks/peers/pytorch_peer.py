# The jobs as PyTorch does them. Arguments: THREADS MODE JOB WORDS…

import sys
import warnings

import numpy
import torch

import figures
from pytorch_networks import infer, train
from serving import serve

warnings.filterwarnings("ignore")


def quantize(mode, rows, columns):
    """`blocks` keeps to the cache and writes in place; `compile` leaves that to the compiler."""
    matrix = torch.empty(rows, columns)
    pattern = torch.from_numpy(figures.bell(min(rows, 1024) * columns, 3)).reshape(-1, columns)
    for start in range(0, rows, len(pattern)):
        matrix[start:start + len(pattern)] = pattern[:rows - start]
    codes = torch.empty(rows, columns, dtype=torch.int8)

    def plain(part):
        steps = part.abs().amax(1, keepdim=True) / 127
        return (part / steps).round().clamp(-127, 127).to(torch.int8)

    def blocks():
        for start in range(0, rows, 16):
            part = matrix[start:start + 16]
            low, high = torch.aminmax(part, dim=1)
            steps = torch.maximum(high, -low) / 127
            codes[start:start + 16] = torch.mul(part, (1 / steps)[:, None]).round_()
        return codes

    if mode == "compile":
        compiled = torch.compile(plain)
        return matrix.nbytes / 1e9, lambda: compiled(matrix), figures.sample
    return matrix.nbytes / 1e9, blocks if mode == "blocks" else lambda: plain(matrix), figures.sample


def select(mode, count):
    weights = torch.from_numpy(figures.bell(count, 3))
    most = max(1, count // 10)
    if mode == "topk":
        return 1, lambda: torch.topk(weights.abs(), most, sorted=False)[0].min(), lambda v: [v]
    return 1, lambda: torch.kthvalue(weights.abs(), count - most + 1)[0], lambda value: [value]


def sparse(mode, rows, columns, batch):
    matrix = torch.from_numpy(figures.pruned(rows, columns))
    x = torch.from_numpy(figures.centered(batch * columns, 11)).reshape(batch, columns).T.contiguous()
    weights = matrix.to_sparse_csr() if mode == "csr" else matrix
    return 1, lambda: weights @ x, lambda y: figures.sample(y.T.contiguous())


def product(mode, size):
    a = torch.from_numpy(figures.centered(size * size, 4)).reshape(size, size)
    b = torch.from_numpy(figures.centered(size * size, 5)).reshape(size, size)
    return 1, lambda: a @ b, figures.sample


def svd(mode, rows, columns):
    matrix = torch.from_numpy(figures.centered(rows * columns, 6)).reshape(rows, columns)
    return 1, lambda: torch.linalg.svd(matrix, full_matrices=False)[1], figures.sample


def top(mode, rows, columns, rank):
    matrix = torch.from_numpy(figures.centered(rows * columns, 6)).reshape(rows, columns)
    return 1, lambda: torch.linalg.svd(matrix, full_matrices=False)[1], lambda values: values[:rank]


def randomized(mode, rows, columns, rank):
    matrix = torch.from_numpy(numpy.ascontiguousarray(figures.fading(rows, columns)))
    return 1, lambda: torch.svd_lowrank(matrix, q=rank + 10, niter=2)[1], \
        lambda values: values[:rank]


def matvec(mode, size, bits, copies):
    """Weights of 8 or 4 bits; activations stay bfloat16, or become integers in `dynamic`."""
    vector = torch.from_numpy(figures.centered(size, 11))[None]
    weights = figures.centered(size * size, 20).reshape(size, size)
    calls = [product_of(mode, weights.copy(), bits, vector) for _ in range(copies)]
    turn = [0]

    def run():
        turn[0] += 1
        return calls[turn[0] % copies]()

    return 1, run, lambda _: figures.sample(calls[0]().float())


def product_of(mode, weights, bits, vector, group=128):
    matrix = torch.from_numpy(weights)
    size = len(matrix)
    half = vector.to(torch.bfloat16)
    if mode == "dynamic":
        layer = torch.nn.Linear(size, size, bias=False)
        layer.weight.data = matrix
        model = torch.ao.quantization.quantize_dynamic(
            torch.nn.Sequential(layer), {torch.nn.Linear}, dtype=torch.qint8)
        return lambda: model(vector)
    if bits == 8:
        steps = matrix.abs().amax(1) / 127
        codes = (matrix / steps[:, None]).round().to(torch.int8)
        steps = steps.to(torch.bfloat16)
        return lambda: torch._weight_int8pack_mm(half, codes, steps)
    groups = matrix.reshape(size, size // group, group)
    steps = groups.abs().amax(2) / 7
    codes = ((groups / steps[:, :, None]).round() + 8).clamp(0, 15).to(torch.int32)
    packed = torch._convert_weight_to_int4pack_for_cpu(codes.reshape(size, size), 2)
    pairs = torch.stack([steps, torch.zeros_like(steps)], -1).permute(1, 0, 2).contiguous()
    pairs = pairs.to(torch.bfloat16)
    return lambda: torch._weight_int4pack_mm_for_cpu(half, packed, group, pairs)


JOBS = {job.__name__: job for job in (
    quantize, select, product, svd, top, randomized, sparse, matvec, infer, train)}

if __name__ == "__main__":
    threads, mode, job, *words = sys.argv[1:]
    torch.set_num_threads(int(threads))
    torch.manual_seed(0)
    words = [int(word) if word.isdigit() else word for word in words]
    if job == "train":
        serve(*train(mode, *words))
    else:
        with torch.inference_mode():
            serve(*JOBS[job](mode, *words))
