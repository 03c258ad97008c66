# PyTorch's side of the training benchmark: an epoch of MNIST for every line on standard input.
# Arguments: NETWORK MODE THREADS EXAMPLES DATA. MODE is plain, fused, or channels_last (which is fused, too).

import gzip
import os
import sys

import numpy
import torch
from torch import nn
from torch.nn import functional

BATCH = 128
NETWORKS = {
    "lenet300": lambda: nn.Sequential(
        nn.Flatten(), nn.Linear(784, 300), nn.ReLU(), nn.Linear(300, 100), nn.ReLU(),
        nn.Linear(100, 10)),
    "lenet5": lambda: nn.Sequential(
        nn.Conv2d(1, 20, 5), nn.MaxPool2d(2), nn.Conv2d(20, 50, 5), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(800, 500), nn.ReLU(), nn.Linear(500, 10)),
    "keras_cnn": lambda: nn.Sequential(
        nn.Conv2d(1, 12, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(2028, 10)),
}


def idx(folder, name, header):
    for path in (f"{folder}/{name}", f"{folder}/{name}.gz"):
        if os.path.exists(path):
            with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
                return numpy.frombuffer(file.read(), numpy.uint8, offset=header)
    sys.exit(f"{folder} has no {name}")


def main():
    name, mode, threads, examples, folder = sys.argv[1:]
    count = int(examples)
    torch.set_num_threads(int(threads))
    torch.manual_seed(0)
    pixels = idx(folder, "train-images-idx3-ubyte", 16).reshape(-1, 1, 28, 28)[:count]
    images = torch.from_numpy(pixels.astype(numpy.float32) / 255)
    labels = torch.from_numpy(idx(folder, "train-labels-idx1-ubyte", 8)[:count].astype(numpy.int64))
    network = NETWORKS[name]()
    if mode == "channels_last":
        network = network.to(memory_format=torch.channels_last)
        images = images.to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(
        network.parameters(), lr=0.01, momentum=0.9, fused=mode != "plain")

    def epoch():
        order = torch.randperm(count)
        total = 0.0
        for start in range(0, count, BATCH):
            rows = order[start:start + BATCH]
            optimizer.zero_grad(set_to_none=True)
            loss = functional.cross_entropy(network(images[rows]), labels[rows])
            loss.backward()
            optimizer.step()
            total += loss.detach()
        return float(total) * BATCH / count

    print("ready", flush=True)
    for _ in sys.stdin:
        print(f"loss {epoch():.4f}", flush=True)


main()
