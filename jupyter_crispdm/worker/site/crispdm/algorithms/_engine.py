"""A network of ours run by onnxruntime instead of torch, where somebody asks for it and it says the same.

The graph is written here, as the protocol buffer that ONNX is: the environment needs onnxruntime and nothing else.
"""

from __future__ import annotations

import sys
from typing import Any, Callable, Iterable, List, Mapping, Optional, Sequence, Tuple, Union

import numpy as np
import torch
from torch import Tensor, nn

ENGINES = ("torch", "onnxruntime")
OPERATORS, FORMAT = 17, 8
"""Versions of ONNX's operators and of its files, which all of onnxruntime since 1.14 can read."""

FLOAT32, AS_INT, AS_TEXT, AS_INTS = 1, 2, 3, 7
Run = Callable[[np.ndarray], List[np.ndarray]]
Attribute = Union[int, str, Sequence[int]]
Field = Tuple[int, Union[int, str, bytes]]


class Writer:
    """Writes a graph, node by node; each has one output, whose name it returns."""

    def __init__(self) -> None:
        self._nodes: List[bytes] = []
        self._weights: List[bytes] = []

    def node(self, operator: str, *inputs: str, **attributes: Attribute) -> str:
        """Add an operator, and return the name of what comes out."""
        output = "value%d" % len(self._nodes)
        told = [(5, _attribute(name, value)) for name, value in attributes.items()]
        self._nodes.append(_message([*((1, name) for name in inputs), (2, output), (4, operator), *told]))
        return output

    def weights(self, tensor: Tensor) -> str:
        """Add numbers that do not change, and return their name."""
        name = "weights%d" % len(self._weights)
        array = np.ascontiguousarray(tensor.detach().numpy(), "<f4")
        dims: List[Field] = [(1, length) for length in array.shape]
        self._weights.append(_message([*dims, (2, FLOAT32), (8, name), (9, array.tobytes())]))
        return name

    def layers(self, layers: Iterable[nn.Module], value: str) -> str:
        """Add layers one after the other; LookupError for one that nobody has translated."""
        for layer in layers:
            value = LAYERS[type(layer).__name__](self, layer, value)
        return value

    def model(self, taken: Sequence[int], given: Mapping[str, Sequence[int]]) -> bytes:
        """Return the file: rows of a shape go in as "input", and of these shapes come out by their names."""
        graph = _message(
            [
                *((1, node) for node in self._nodes), (2, "network"), *((5, one) for one in self._weights),
                (11, _value("input", taken)), *((12, _value(name, shape)) for name, shape in given.items()),
            ]
        )  # fmt: skip
        return _message([(1, FORMAT), (7, graph), (8, _message([(1, ""), (2, OPERATORS)]))])


def _convolution(writer: Writer, layer: Any, value: str) -> str:
    inputs = [value, writer.weights(layer.weight)] + ([] if layer.bias is None else [writer.weights(layer.bias)])
    return writer.node("Conv", *inputs, strides=layer.stride, pads=layer.padding * 2, kernel_shape=layer.kernel_size)


def _linear(writer: Writer, layer: Any, value: str) -> str:
    return writer.node("Gemm", value, writer.weights(layer.weight), writer.weights(layer.bias), transB=1)


def _residual(writer: Writer, layer: Any, value: str) -> str:
    return writer.node("Relu", writer.node("Add", value, writer.layers(layer.change, value)))


LAYERS: Mapping[str, Callable[[Writer, Any, str], str]] = {
    "Conv2d": _convolution,
    "Linear": _linear,
    "Residual": _residual,
    "Identity": lambda writer, layer, value: value,
    "ReLU": lambda writer, layer, value: writer.node("Relu", value),
    "Tanh": lambda writer, layer, value: writer.node("Tanh", value),
    "SiLU": lambda writer, layer, value: writer.node("Mul", value, writer.node("Sigmoid", value)),
}
"""How each layer of our networks is written."""


def wanted(metadata: Mapping[str, Any]) -> bool:
    """Whether `metadata.engine` asks for onnxruntime; ValueError when it asks for something unknown."""
    engine = metadata.get("engine", ENGINES[0])
    if engine not in ENGINES:
        raise ValueError("'metadata.engine' must be one of %s, not %.100r." % (", ".join(ENGINES), engine))
    return bool(engine == ENGINES[1])


def by_onnxruntime(write: Callable[[Writer, str], List[str]], run: Run, example: np.ndarray) -> Optional[Run]:
    """Return what answers as `run` does, but by onnxruntime; None where it cannot be written or says something else."""
    from crispdm.predictors._needed import needed

    runtime, writer, expected = needed("onnxruntime"), Writer(), run(example)
    try:
        names = write(writer, "input")
    except LookupError as error:
        _say("has no graph for the layer %s" % error)
        return None
    options = runtime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = torch.get_num_threads(), 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    model = writer.model(_open(example), {name: _open(array) for name, array in zip(names, expected)})
    session = runtime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    def engine(rows: np.ndarray) -> List[np.ndarray]:
        answer: List[np.ndarray] = session.run(names, {"input": rows})
        return answer

    if all(np.allclose(one, other, rtol=1e-3, atol=1e-4) for one, other in zip(engine(example), expected)):
        return engine
    _say("says something else than torch")
    return None


def _say(why: str) -> None:
    print("onnxruntime %s: the model is run by torch." % why, file=sys.stderr)


def _open(array: np.ndarray) -> List[int]:
    """The shape of a row; pictures may be of any size."""
    return [array.shape[1], *(-1 for _ in array.shape[2:])]


def _value(name: str, shape: Sequence[int]) -> bytes:
    lengths = [_message([(1, length)] if length >= 0 else []) for length in shape]
    rows: List[Field] = [(1, _message([(2, "rows")])), *((1, length) for length in lengths)]
    tensor = _message([(1, FLOAT32), (2, _message(rows))])
    return _message([(1, name), (2, _message([(1, tensor)]))])


def _attribute(name: str, value: Attribute) -> bytes:
    if isinstance(value, str):
        return _message([(1, name), (4, value), (20, AS_TEXT)])
    if isinstance(value, int):
        return _message([(1, name), (3, value), (20, AS_INT)])
    return _message([(1, name), *((8, one) for one in value), (20, AS_INTS)])


def _message(fields: Iterable[Field]) -> bytes:
    """A protocol buffer: whole numbers, and bytes behind their length."""
    parts: List[bytes] = []
    for number, value in fields:
        if isinstance(value, int):
            parts += [_number(number << 3), _number(value)]
        else:
            data = value.encode() if isinstance(value, str) else value
            parts += [_number(number << 3 | 2), _number(len(data)), data]
    return b"".join(parts)


def _number(value: int) -> bytes:
    """Seven bits a byte, the lowest first."""
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)
