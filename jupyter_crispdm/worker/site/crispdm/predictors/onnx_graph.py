"""Graphs of ONNX, run by onnxruntime."""

from __future__ import annotations

import re
from typing import Any, Dict, List, Mapping, Optional, Sequence

import numpy as np

from crispdm.algorithms._tensors import MANY, NAMES, Refusal, check, tensor

from ._needed import needed

TYPES = {"float": "float32", "double": "float64", "string": "object"}
"""Types of numpy, by what onnxruntime calls them, where the names are not the same."""


def ready(header: Mapping[str, Any]) -> None:
    """Import onnxruntime."""
    needed("onnxruntime")


def load(header: Mapping[str, Any]) -> Any:
    """Load a graph, with as many threads as the worker has."""
    return Graph(header["path"], int(header.get("threads", 1)), header["metadata"])


class Graph:
    """A graph that is loaded; it says itself what it takes and gives, and whether rows may be added to rows."""

    def __init__(self, path: str, threads: int, metadata: Mapping[str, Any]) -> None:
        runtime = needed("onnxruntime")
        options = runtime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        try:
            self._session = runtime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # each kind of fault is an exception of its own, of no common base
            raise ValueError("The ONNX model cannot be loaded: %.500s" % _first_line(error)) from error
        inputs, outputs = self._session.get_inputs(), self._session.get_outputs()
        taken, given = [_tensor(one) for one in inputs], [_tensor(one) for one in outputs]
        self.signature = {"inputs": [_known(one, told) for one, told in zip(inputs, taken)],
                          "outputs": [told for told in given if told]}  # fmt: skip
        if not self.signature["outputs"]:
            raise ValueError("The ONNX model gives no tensors, but %s." % ", ".join(one.type for one in outputs)[:200])
        self._names = [one["name"] for one in self.signature["outputs"]]
        self.classes = [str(name) for name in metadata.get("classes") or ()]
        self.batch = MANY if _takes_rows([*inputs, *outputs]) else 1

    def infer(self, inputs: Mapping[str, np.ndarray]) -> Dict[str, np.ndarray]:
        """Run the graph."""
        checked = check(inputs, self.signature)
        try:
            answers = self._session.run(self._names, checked)
        except Exception as error:
            kind = type(error).__name__
            if kind in ("InvalidArgument", "Fail", "RuntimeException"):  # a shape that the graph only finds out inside
                raise Refusal("The model cannot be run on this: %.500s" % _first_line(error)) from error
            raise
        return {name: np.asarray(answer) for name, answer in zip(self._names, answers)}

    def warm_up(self) -> None:
        """Answer once with zeros, so that the first client does not wait for what is done only once."""
        self.infer({one["name"]: _zeros(one) for one in self.signature["inputs"]})


def _tensor(one: Any) -> Optional[Dict[str, Any]]:
    """Describe an input or output; None for what is no tensor that travels, such as a sequence of maps."""
    found = re.fullmatch(r"tensor\((\w+)\)", one.type)
    kind = TYPES.get(found[1], found[1]) if found else ""
    if kind not in NAMES:
        return None
    return tensor(one.name, NAMES[kind], [length if isinstance(length, int) else -1 for length in one.shape])


def _known(one: Any, told: Optional[Dict[str, Any]]) -> Dict[str, Any]:
    if told is None:
        raise ValueError("The ONNX model takes '%s', a %s, which is no tensor that can be sent." % (one.name, one.type))
    return told


def _takes_rows(tensors: Sequence[Any]) -> bool:
    """Whether the first axis of every tensor is of one open length: the rows."""
    first = [one.shape[0] if one.shape else 1 for one in tensors]
    return all(not isinstance(length, int) for length in first) and len(set(first)) == 1 and first[0] is not None


def _zeros(one: Mapping[str, Any]) -> np.ndarray:
    kind = {"BYTES": "object", "FP32": "float32", "FP64": "float64", "FP16": "float16"}.get(one["datatype"])
    array = np.zeros([max(1, length) for length in one["shape"]], kind or one["datatype"].lower())
    if one["datatype"] == "BYTES":
        array[...] = ""
    return array


def _first_line(error: Exception) -> str:
    lines: List[str] = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0]
