"""The published architectures of the standard library against torchvision and transformers: every
network of cnb's with its own weights, in their classes, on the same inputs, in double precision.

    python3 Tests/Benchmarks/peers/architectures.py .build/release/cnb

wants torch, torchvision and transformers. Says the numbers of parameters, and the largest difference
of an output in parts of the largest output. Not part of `make test`: it downloads nothing, but its
packages take gigabytes.
"""
import json
import struct
import subprocess
import sys
import tempfile

import numpy as np
import torch
import torchvision.models as models
from torch import nn
from transformers import BertConfig, BertModel

IMAGES = {
    "alexnet": models.alexnet,
    "vgg16": models.vgg16,
    "googlenet": lambda: models.googlenet(aux_logits=False, init_weights=False),
    "resnet18": models.resnet18,
    "resnet50": models.resnet50,
    "squeezenet": models.squeezenet1_1,
    "densenet121": models.densenet121,
    "mobilenet_v2": models.mobilenet_v2,
    "shufflenet_v2": models.shufflenet_v2_x1_0,
    "efficientnet_b0": models.efficientnet_b0,
    "vit_b16": models.vit_b_16,
}


class Weights:
    """cnb's tensors, handed out by the kind of their layer in the order of the network."""

    def __init__(self, path):
        with open(path, "rb") as file:
            data = file.read()
        size = struct.unpack("<Q", data[:8])[0]
        self.tensors, self.used, self.turn = {}, set(), {}
        for name, entry in json.loads(data[8:8 + size]).items():
            if name == "__metadata__":
                continue
            first, last = (8 + size + offset for offset in entry["data_offsets"])
            values = np.frombuffer(data[first:last], dtype=np.float32).reshape(entry["shape"])
            self.tensors[name] = torch.tensor(values).double()

    def take(self, name):
        self.used.add(name)
        return self.tensors[name]

    def next(self, stem):
        self.turn[stem] = self.turn.get(stem, 0) + 1
        return f"{stem}{self.turn[stem]}"

    def fill(self, module, stem):
        layer = self.next(stem)
        names = {"weight": "weight", "bias": "bias"}
        if stem in ("batchnorm", "layernorm"):
            names = {"weight": "scale", "bias": "bias"}
        if stem == "batchnorm":
            names |= {"running_mean": "mean", "running_var": "variance"}
        for theirs, ours in names.items():
            place = getattr(module, theirs)
            if place is not None:
                self.put(place, f"{layer}.{ours}")

    def put(self, place, name):
        value = self.take(name)
        assert place.shape == value.shape, (name, place.shape, value.shape)
        place.copy_(value)


def fill_images(model, weights):
    stems = {nn.Conv2d: "conv", nn.Linear: "dense", nn.BatchNorm2d: "batchnorm"}
    for module in model.modules():
        if type(module) in stems:
            weights.fill(module, stems[type(module)])


def fill_vit(model, weights):
    weights.fill(model.conv_proj, "conv")
    model.class_token.copy_(weights.take("class_token1.token")[None, None])
    model.encoder.pos_embedding.copy_(weights.take("position_embedding1.weight")[None])
    for layer in model.encoder.layers:
        weights.fill(layer.ln_1, "layernorm")
        attention = layer.self_attention
        parts = [weights.next("dense") for _ in "qkv"]
        attention.in_proj_weight.copy_(torch.cat([weights.take(f"{p}.weight") for p in parts]))
        attention.in_proj_bias.copy_(torch.cat([weights.take(f"{p}.bias") for p in parts]))
        weights.fill(attention.out_proj, "dense")
        weights.fill(layer.ln_2, "layernorm")
        weights.fill(layer.mlp[0], "dense")
        weights.fill(layer.mlp[3], "dense")
    weights.fill(model.encoder.ln, "layernorm")
    weights.fill(model.heads.head, "dense")


def fill_bert(model, weights):
    tables = model.embeddings
    weights.put(tables.word_embeddings.weight, "embedding1.weight")
    weights.put(tables.position_embeddings.weight, "position_embedding1.weight")
    weights.put(tables.token_type_embeddings.weight, "segment_embedding1.weight")
    weights.fill(tables.LayerNorm, "layernorm")
    for layer in model.encoder.layer:
        attention = layer.attention
        for part in (attention.self.query, attention.self.key, attention.self.value):
            weights.fill(part, "dense")
        weights.fill(attention.output.dense, "dense")
        weights.fill(attention.output.LayerNorm, "layernorm")
        weights.fill(layer.intermediate.dense, "dense")
        weights.fill(layer.output.dense, "dense")
        weights.fill(layer.output.LayerNorm, "layernorm")
    weights.fill(model.pooler.dense, "dense")


def compare(cnb, folder, name, model, inputs, fill, answer):
    """Runs one network here and there."""
    np.save(f"{folder}/x.npy", inputs.astype(np.float32))
    script = (
        f'net = {name}()\nsave(net, "{folder}/net.safetensors")\n'
        f'save(predict(net, load("{folder}/x.npy"), scores: true), "{folder}/y.npy")\n')
    subprocess.run([cnb], input=script, text=True, check=True, capture_output=True)
    weights = Weights(f"{folder}/net.safetensors")
    model = model.double().eval()
    with torch.no_grad():
        fill(model, weights)
        theirs = answer(model, torch.tensor(inputs))
    assert weights.used == set(weights.tensors), f"{name} has other parameters"
    ours = torch.tensor(np.load(f"{folder}/y.npy"))
    count = sum(p.numel() for p in model.parameters())
    error = ((theirs - ours).abs().max() / theirs.abs().max()).item()
    print(f"{name:16s} {count:11,} parameters, outputs differ by {error:.1e}", flush=True)


def main():
    cnb = sys.argv[1]
    random = np.random.default_rng(1)
    images = random.standard_normal((2, 3, 224, 224)).astype(np.float32).astype(np.float64)
    with tempfile.TemporaryDirectory() as folder:
        for name, make in IMAGES.items():
            fill = fill_vit if name == "vit_b16" else fill_images
            compare(cnb, folder, name, make(), images, fill, lambda model, x: model(x))
        texts = random.integers(0, 30522, (2, 128))
        compare(
            cnb, folder, "bert_base", BertModel(BertConfig()), texts, fill_bert,
            lambda model, x: model(x).pooler_output)


main()
