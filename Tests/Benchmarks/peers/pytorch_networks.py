# The named networks in PyTorch: inference of batches, and training. The same layers and the same weights as in
# Stdlib/networks.cnb and Engine/Inference.swift.

import gzip
import os
import sys

import numpy
import torch
from torch import nn
from torch.nn import functional

import figures


def sequence(layers):
    makers = {"relu": nn.ReLU, "pool": lambda: nn.MaxPool2d(2), "flatten": nn.Flatten}
    return nn.Sequential(*(
        makers[layer]() if isinstance(layer, str)
        else nn.Conv2d(*layer[1:]) if layer[0] == "conv" else nn.Linear(*layer[1:])
        for layer in layers))


def weighted(name):
    layers = figures.layers(name)
    network = sequence(layers)
    for parameter, values in zip(network.parameters(), figures.weights(layers)):
        parameter.data = torch.from_numpy(values)
    return network


class Residual(nn.Module):
    """Two convolutions with batch normalization, added to their input: option B of He et al."""

    def __init__(self, inputs, filters, stride):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(inputs, filters, 3, stride, 1, bias=False), nn.BatchNorm2d(filters),
            nn.ReLU(), nn.Conv2d(filters, filters, 3, 1, 1, bias=False), nn.BatchNorm2d(filters))
        self.around = nn.Identity() if stride == 1 else nn.Sequential(
            nn.Conv2d(inputs, filters, 1, stride, bias=False), nn.BatchNorm2d(filters))

    def forward(self, x):
        return functional.relu(self.body(x) + self.around(x))


def resnet20():
    blocks, inputs = [], 16
    for filters in (16, 32, 64):
        for index in range(3):
            blocks.append(Residual(inputs, filters, 2 if index == 0 and filters > 16 else 1))
            inputs = filters
    return nn.Sequential(
        nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU(), *blocks,
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


def infer(mode, name, batch, bits):
    network = weighted(name).eval()
    images = torch.from_numpy(figures.images(name, batch))
    if bits == 8:
        network = torch.ao.quantization.quantize_dynamic(
            network, {nn.Linear}, dtype=torch.qint8)
    if mode == "channels_last":
        network = network.to(memory_format=torch.channels_last)
        images = images.to(memory_format=torch.channels_last)
    if mode == "jit":
        traced = torch.jit.trace(network, images)
        network = torch.jit.optimize_for_inference(torch.jit.freeze(traced))
        for _ in range(3):
            network(images)
    if mode == "compile":
        network = torch.compile(network)
    return batch, lambda: network(images), lambda scores: scores.reshape(-1)[:80]


def idx(folder, name, header):
    for path in (f"{folder}/{name}", f"{folder}/{name}.gz"):
        if os.path.exists(path):
            with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
                return numpy.frombuffer(file.read(), numpy.uint8, offset=header)
    sys.exit(f"{folder} has no {name}")


def examples(count, folder, shape):
    """MNIST's, or random ones."""
    if folder == "random":
        pixels = figures.even(count * int(numpy.prod(shape)), 1).reshape(-1, *shape)
        labels = (figures.even(count, 2) * numpy.float32(10)).astype(numpy.int64)
    else:
        pixels = idx(folder, "train-images-idx3-ubyte", 16).reshape(-1, *shape)[:count]
        pixels = pixels.astype(numpy.float32) / 255
        labels = idx(folder, "train-labels-idx1-ubyte", 8)[:count].astype(numpy.int64)
    return torch.from_numpy(pixels), torch.from_numpy(labels)


def train(mode, name, batch, count, folder):
    """A unit of work is an image; steps go through epochs, each in a new order."""
    network = resnet20() if name == "resnet20" else weighted(name)
    images, labels = examples(count, folder, (3, 32, 32) if name == "resnet20" else (1, 28, 28))
    if mode == "channels_last":
        network = network.to(memory_format=torch.channels_last)
        images = images.to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(
        network.parameters(), lr=0.01 * min(batch, 128) / 128, momentum=0.9, fused=mode != "eager")

    def loss_of(inputs, wanted):
        return functional.cross_entropy(network(inputs), wanted)

    if mode == "compile":
        loss_of = torch.compile(loss_of)
    batches = []

    def step():
        if not batches:
            batches.extend(torch.randperm(count).split(batch))
        rows = batches.pop()
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(images[rows], labels[rows])
        loss.backward()
        optimizer.step()
        return loss.detach()

    first = [step() for _ in range((count + batch - 1) // batch)]
    loss = sum(map(float, first)) / len(first)
    return batch, step, lambda _: [loss]
