# The training benchmark: an epoch of each named network on MNIST, by cnb and by PyTorch's best modes.

import os
import subprocess

from contestants import Missing, Script, Server

NETWORKS = {"lenet300": ["fused"], "lenet5": ["channels_last", "fused"],
            "keras_cnn": ["channels_last", "fused"]}
LAPS = 3
HERE = os.path.dirname(os.path.abspath(__file__))


def mnist_folder():
    """Where MNIST lies: the same places as cnb looks in."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    for folder in (os.environ.get("CNB_DATA"), f"{cache}/cnb"):
        for place in (f"{folder}/mnist", folder) if folder else ():
            name = f"{place}/train-images-idx3-ubyte"
            if os.path.exists(name) or os.path.exists(name + ".gz"):
                return place
    return None


def cnb_text(network, examples):
    """A start of the processor and the caches first, then the laps that count."""
    lap = (
        "trained = train net, on: data, epochs: 1, batch: 128, optimizer: .sgd, rate: 0.01, "
        'momentum: 0.9\nprint "lap"\n')
    return (
        f'data = (load "mnist").train[0..<{examples}]\nnet = {network}()\nprint "ready"\n'
        + lap * (LAPS + 1))


def cnb(command, network, examples, threads, clock):
    environment = {"CNB_THREADS": str(threads), "CNB_DATA": mnist_folder()}
    return Script("cnb", [command], cnb_text(network, examples), environment, 1, clock)


def pytorch(python, network, mode, examples, threads, clock):
    if not python:
        raise Missing("no Python with PyTorch: make bench-setup")
    command = [
        python, f"{HERE}/pytorch_training.py", network, mode, str(threads), str(examples),
        mnist_folder()]
    name = "pytorch" if mode == "plain" else f"pytorch {mode}"
    # OpenMP's threads spin after their work; between turns they would disturb the others.
    environment = {"OMP_NUM_THREADS": str(threads)}
    return Server(name, command, LAPS, 1, environment, clock)


def versions(python):
    """What the peers are, or None where PyTorch is missing."""
    program = (
        "import sys, numpy, torch; print('Python', sys.version.split()[0], '· PyTorch', "
        "torch.__version__, '· NumPy', numpy.__version__, '·', torch.backends.cpu.get_cpu_capability())")
    try:
        result = subprocess.run([python, "-c", program], capture_output=True, text=True)
    except OSError:
        return None
    return result.stdout.strip() if result.returncode == 0 else None
