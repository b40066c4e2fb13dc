"""ONNX: one file with a graph of operators and its numbers, read as the protocol buffer that it is.

A graph may hold graphs (in its control flow) and tensors in four places; every one of them is looked at. Numbers that
lie in another file are refused: its path would be read as whoever wrote the model likes.
"""

from __future__ import annotations

import io
import math
import mmap
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from jupyter_crispdm.base.errors import Unprocessable
from jupyter_crispdm.base.files.regular import regular_file

from .arrays import refuse_nan
from .protobuf import Damaged, Field, Reader
from .seen import Seen

_DEEPEST = 16
_MOST_DIMENSIONS = 64
_DATATYPES = {
    1: "FP32", 2: "UINT8", 3: "INT8", 4: "UINT16", 5: "INT16", 6: "INT32", 7: "INT64", 8: "BYTES", 9: "BOOL",
    10: "FP16", 11: "FP64", 12: "UINT32", 13: "UINT64", 16: "BF16",
}  # fmt: skip
"""What the Open Inference Protocol calls ONNX's types."""

_BYTES = {1: 4, 2: 1, 3: 1, 4: 2, 5: 2, 6: 4, 7: 8, 9: 1, 10: 2, 11: 8, 12: 4, 13: 8, 14: 8, 15: 16, 16: 2}
_FLOATS = {1: "f4", 10: "f2", 11: "f8", 16: "u2"}
_TYPED = {4, 5, 7, 10, 11}
"""Fields of a tensor that hold its numbers when they are not written as bytes."""


def inspect(path: Path) -> Seen:
    """Refuse what is no ONNX model, is cut, or reads other files. Raises Unprocessable."""
    with (
        regular_file(path) as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped,
        memoryview(mapped) as data,
    ):
        try:
            return _Model(data).look()
        except Damaged as error:
            raise Unprocessable(f"The model file is no ONNX model: {error}.") from None


class _Model:
    """One file."""

    def __init__(self, data: memoryview) -> None:
        self._data, self._reader = data, Reader(data)
        self._signature: dict[str, list[dict[str, Any]]] = {"inputs": [], "outputs": []}

    def look(self) -> Seen:
        """Look through all of it. Raises Damaged, Unprocessable."""
        graphs = version = 0
        for field in self._reader.fields(0, len(self._data)):
            if field.number == 1 and not field.is_bytes:  # ir_version
                version = field.value
            elif field.number == 7 and field.is_bytes:
                graphs += 1
                self._graph(field, 0)
            elif field.number == 25 and field.is_bytes:  # functions of the model's own
                self._nodes(field, 7, 0)
        if not 1 <= version <= 1000 or graphs != 1:
            raise Damaged("it has no graph, or no version")
        return Seen(signature=self._signature)

    def _graph(self, graph: Field, depth: int) -> None:
        if depth > _DEEPEST:
            raise Damaged("its graphs lie in graphs too deep")
        initialized, inputs, outputs = set[str](), list[Field](), list[Field]()
        for field in self._inside(graph):
            if field.number == 1:
                self._node(field, depth)
            elif field.number == 5:
                initialized.add(self._tensor(field))
            elif field.number == 15:
                self._sparse(field)
            elif field.number == 11:
                inputs.append(field)
            elif field.number == 12:
                outputs.append(field)
        if depth == 0:
            given = [self._value(field) for field in inputs]
            self._signature["inputs"] = [item for item in given if item["name"] not in initialized]
            self._signature["outputs"] = [self._value(field) for field in outputs]

    def _nodes(self, holder: Field, number: int, depth: int) -> None:
        for field in self._inside(holder):
            if field.number == number:
                self._node(field, depth)

    def _node(self, node: Field, depth: int) -> None:
        for field in self._inside(node):
            if field.number == 5:
                self._attribute(field, depth)

    def _attribute(self, attribute: Field, depth: int) -> None:
        for field in self._inside(attribute):
            if field.number in (5, 10):
                self._tensor(field)
            elif field.number in (6, 11):
                self._graph(field, depth + 1)
            elif field.number in (22, 23):
                self._sparse(field)

    def _sparse(self, sparse: Field) -> None:
        for field in self._inside(sparse):
            if field.number in (1, 2):
                self._tensor(field)

    def _tensor(self, tensor: Field) -> str:
        """Look at numbers; answers their name."""
        name, kind, raw, typed, dimensions = "", 0, None, 0, list[int]()
        for field in self._reader.fields(tensor.start, tensor.end):
            if field.number == 1:
                dimensions += islice(self._reader.numbers(field), _MOST_DIMENSIONS + 1)
            elif field.number == 2:
                kind = field.value
            elif field.number == 8:
                name = self._reader.text(field)
            elif field.number == 9 and field.is_bytes:
                raw = field
            elif field.number in _TYPED or field.number == 6:
                typed += max(1, field.end - field.start) if field.is_bytes else 1
            elif field.number == 13 or (field.number == 14 and field.value):
                raise Unprocessable("The ONNX model keeps tensors in other files. Save all of it in one file.")
            if len(dimensions) > _MOST_DIMENSIONS:
                raise Damaged("a tensor has too many dimensions")
        self._check(name, kind, dimensions, raw, typed)
        return name

    def _check(self, name: str, kind: int, dimensions: list[int], raw: Field | None, typed: int) -> None:
        count = math.prod(dimensions)
        if raw is None:
            if count > typed:  # each number takes a byte at least
                raise Unprocessable("The ONNX model promises tensors that it does not hold.")
            return
        size = raw.end - raw.start
        if kind in _BYTES and size != count * _BYTES[kind]:
            raise Unprocessable("The ONNX model promises tensors that it does not hold.")
        if kind in _FLOATS:
            refuse_nan(io.BytesIO(self._data[raw.start : raw.end]), size, _FLOATS[kind], big=False, name=name)

    def _value(self, value: Field) -> dict[str, Any]:
        """An input or output by name, type and shape; -1 is a length that is not fixed."""
        name, datatype, shape = "", "", list[int]()
        for field in self._inside(value):
            if field.number == 1:
                name = self._reader.text(field)
            elif field.number == 2:
                datatype, shape = self._type(field)
        return {"name": name, "datatype": datatype, "shape": shape}

    def _type(self, type_: Field) -> tuple[str, list[int]]:
        datatype, shape = "", list[int]()
        for tensor in (field for field in self._inside(type_) if field.number == 1):
            for field in self._reader.fields(tensor.start, tensor.end):
                if field.number == 1:
                    datatype = _DATATYPES.get(field.value, "")
                elif field.number == 2 and field.is_bytes:
                    shape = [self._length(item) for item in self._inside(field) if item.number == 1]
        return datatype, shape[:_MOST_DIMENSIONS]

    def _length(self, dimension: Field) -> int:
        for field in self._reader.fields(dimension.start, dimension.end):
            if field.number == 1 and not field.is_bytes and 0 < field.value < 2**63:
                return field.value
        return -1

    def _inside(self, holder: Field) -> Iterator[Field]:
        """Those fields of a message that are messages or texts themselves."""
        return (field for field in self._reader.fields(holder.start, holder.end) if field.is_bytes)
