# The jobs as NumPy, SciPy and scikit-learn do them. Arguments: MODE JOB WORDS…

import sys

import numpy

import figures
from serving import serve


def quantize(mode, rows, columns):
    """Rows of few enough numbers at a time that they stay in the cache; `plain` says it in one line."""
    matrix = numpy.empty((rows, columns), numpy.float32)
    pattern = figures.bell(min(rows, 1024) * columns, 3).reshape(-1, columns)
    for start in range(0, rows, len(pattern)):
        matrix[start:start + len(pattern)] = pattern[:rows - start]
    codes = numpy.empty((rows, columns), numpy.int8)
    scratch = numpy.empty((16, columns), numpy.float32)

    def blocked():
        for start in range(0, rows, 16):
            part = matrix[start:start + 16]
            steps = numpy.maximum(part.max(1), -part.min(1)) / numpy.float32(127)
            numpy.multiply(part, (1 / steps)[:, None], out=scratch[:len(part)])
            numpy.rint(scratch, out=scratch)
            codes[start:start + 16] = scratch[:len(part)]
        return codes

    def plain():
        steps = numpy.abs(matrix).max(1, keepdims=True) / numpy.float32(127)
        return numpy.clip(numpy.rint(matrix / steps), -127, 127).astype(numpy.int8)

    return matrix.nbytes / 1e9, plain if mode == "plain" else blocked, figures.sample


def select(mode, count):
    weights = figures.bell(count, 3)
    place = count - max(1, count // 10)
    return 1, lambda: numpy.partition(numpy.abs(weights), place)[place], lambda value: [value]


def product(mode, size):
    a = figures.centered(size * size, 4).reshape(size, size)
    b = figures.centered(size * size, 5).reshape(size, size)
    return 1, lambda: a @ b, figures.sample


def svd(mode, rows, columns):
    matrix = figures.centered(rows * columns, 6).reshape(rows, columns)
    if mode == "scipy":
        from scipy import linalg
        return 1, lambda: linalg.svd(matrix, full_matrices=False, check_finite=False)[1], \
            figures.sample
    return 1, lambda: numpy.linalg.svd(matrix, full_matrices=False)[1], figures.sample


def top(mode, rows, columns, rank):
    matrix = figures.centered(rows * columns, 6).reshape(rows, columns)
    if mode == "scipy":
        from scipy.sparse import linalg
        return 1, lambda: linalg.svds(matrix, k=rank)[1], lambda values: sorted(values, reverse=True)
    return 1, lambda: numpy.linalg.svd(matrix, full_matrices=False)[1], lambda values: values[:rank]


def randomized(mode, rows, columns, rank):
    from sklearn.utils.extmath import randomized_svd
    matrix = numpy.ascontiguousarray(figures.fading(rows, columns))
    return 1, lambda: randomized_svd(
        matrix, rank, n_oversamples=10, n_iter=2, random_state=0)[1], lambda values: values


def sparse(mode, rows, columns, batch):
    from scipy.sparse import csr_array
    matrix = figures.pruned(rows, columns)
    x = numpy.ascontiguousarray(figures.centered(batch * columns, 11).reshape(batch, columns).T)
    weights = csr_array(matrix) if mode == "csr" else matrix
    return 1, lambda: weights @ x, lambda y: figures.sample(numpy.ascontiguousarray(y.T))


def lloyd(blocks, first, rounds):
    import warnings
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning
    warnings.simplefilter("ignore", ConvergenceWarning)
    means = KMeans(
        len(first), init=first, n_init=1, max_iter=rounds, tol=0, algorithm="lloyd", copy_x=False)
    return 1, lambda: means.fit(blocks).inertia_, lambda value: [value]


def share(mode, size, count, rounds):
    weights = figures.bell(size * size, 3).reshape(-1, 1)
    even = numpy.linspace(weights.min(), weights.max(), count, dtype=numpy.float32)
    return lloyd(weights, even.reshape(-1, 1), rounds)


def cluster(mode, size, width, count, rounds):
    blocks = figures.bell(size * size, 3).reshape(-1, width)
    return lloyd(blocks, blocks[:count].copy(), rounds)


JOBS = {job.__name__: job for job in (
    quantize, select, product, svd, top, randomized, sparse, share, cluster)}

if __name__ == "__main__":
    mode, job, *words = sys.argv[1:]
    serve(*JOBS[job](mode, *map(int, words)))
