# The jobs as ONNX Runtime does them. Arguments: THREADS MODE JOB WORDS…

import logging
import os
import sys
import tempfile

import numpy
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import (
    CalibrationDataReader, QuantFormat, QuantType, quantize_dynamic, quantize_static)
from onnxruntime.quantization.shape_inference import quant_pre_process

import figures
from serving import serve

logging.disable(logging.WARNING)


class Batches(CalibrationDataReader):
    """What a network is shown before its ranges are fixed."""

    def __init__(self, arrays):
        self._arrays = iter([{"x": array} for array in arrays])

    def get_next(self):
        return next(self._arrays, None)


def graph_of(nodes, constants, shape, width):
    graph = helper.make_graph(
        nodes, "network",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", *shape])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", width])],
        [numpy_helper.from_array(array, name) for name, array in constants.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    return model


def network(name):
    layers, nodes, constants, last = figures.layers(name), [], {}, "x"
    arrays = iter(figures.weights(layers))
    for index, layer in enumerate(layers):
        output = "y" if index == len(layers) - 1 else f"h{index}"
        if isinstance(layer, str):
            kind = {"relu": "Relu", "pool": "MaxPool", "flatten": "Flatten"}[layer]
            options = {"kernel_shape": [2, 2], "strides": [2, 2]} if layer == "pool" else {}
            nodes.append(helper.make_node(kind, [last], [output], **options))
        else:
            constants[f"w{index}"], constants[f"b{index}"] = next(arrays), next(arrays)
            inputs = [last, f"w{index}", f"b{index}"]
            kind, options = ("Conv", {"kernel_shape": [layer[3]] * 2}) if layer[0] == "conv" else (
                "Gemm", {"transB": 1})
            nodes.append(helper.make_node(kind, inputs, [output], **options))
        last = output
    return graph_of(nodes, constants, figures.input_shape(name), layers[-1][2])


def sessions(model, count=1):
    """They share one pool of threads: those of a session that waits would spin while another works."""
    onnxruntime.set_global_thread_pool_sizes(int(sys.argv[1]), 1)
    options = onnxruntime.SessionOptions()
    options.use_per_session_threads = False
    options.log_severity_level = 3
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    source = model if isinstance(model, str) else model.SerializeToString()
    return [onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])
            for _ in range(count)]


def fixed(model, kind, batches, folder):
    """Weights and activations of 8 bits, with ranges from examples."""
    source, target = os.path.join(folder, "source.onnx"), os.path.join(folder, "target.onnx")
    onnx.save(model, source)
    quant_pre_process(source, source)
    quantize_static(
        source, target, Batches(batches), quant_format=QuantFormat.QDQ, per_channel=True,
        activation_type=QuantType.QUInt8 if kind == "u8s8" else QuantType.QInt8,
        weight_type=QuantType.QInt8)
    return target


def infer(mode, name, batch, bits):
    images = figures.images(name, batch)
    with tempfile.TemporaryDirectory() as folder:
        model = network(name)
        if bits == 8:
            model = fixed(model, mode, [images], folder)
        running = sessions(model)[0]
    return batch, lambda: running.run(None, {"x": images})[0], lambda y: y.reshape(-1)[:80]


def grouped(weights, bits, group=128):
    """Each group of weights with a scale of its own; activations become integers in groups, too."""
    size = len(weights)
    groups = weights.reshape(size, size // group, group)
    most = 2 ** (bits - 1)
    scales = numpy.abs(groups).max(2) / numpy.float32(most - 1)
    codes = (numpy.rint(groups / scales[:, :, None]) + most).astype(numpy.uint8)
    if bits == 4:
        codes = codes[:, :, ::2] | codes[:, :, 1::2] << 4
    node = helper.make_node(
        "MatMulNBits", ["x", "w", "s"], ["y"], domain="com.microsoft", K=size, N=size, bits=bits,
        block_size=group, accuracy_level=4)
    model = graph_of([node], {"w": codes, "s": scales.reshape(-1)}, (size,), size)
    model.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    return model


def one_range(weights, mode, folder):
    """A scale for each row; activations with one range for all, fixed before or at each call."""
    nodes = [helper.make_node("MatMul", ["x", "w"], ["y"])]
    size = len(weights)
    model = graph_of(nodes, {"w": numpy.ascontiguousarray(weights.T)}, (size,), size)
    if mode != "dynamic":
        return fixed(model, mode, [figures.centered(size, 11)[None]], folder)
    source, target = os.path.join(folder, "source.onnx"), os.path.join(folder, "target.onnx")
    onnx.save(model, source)
    quantize_dynamic(source, target, weight_type=QuantType.QInt8, per_channel=True)
    return target


def matvec(mode, size, bits, copies):
    vector = {"x": figures.centered(size, 11)[None]}
    weights = figures.centered(size * size, 20).reshape(size, size)
    with tempfile.TemporaryDirectory() as folder:
        model = grouped(weights, bits) if mode == "nbits" else one_range(weights, mode, folder)
        running = sessions(model, copies)
    turn = [0]

    def run():
        turn[0] += 1
        return running[turn[0] % copies].run(None, vector)[0]

    return 1, run, lambda _: figures.sample(running[0].run(None, vector)[0])


JOBS = {"infer": infer, "matvec": matvec}

if __name__ == "__main__":
    mode, job, *words = sys.argv[2:]
    words = [int(word) if word.isdigit() else word for word in words]
    serve(*JOBS[job](mode, *words))
