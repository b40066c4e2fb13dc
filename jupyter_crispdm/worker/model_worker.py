"""Holds one model and answers for it, over a socket; run by the interpreter of the model's environment.

    python model_worker.py FD      FD: the worker's end of a Unix socket, inherited from the inference server

A frame is two little-endian numbers (length of the header, u32; length of the body, u64), a header in JSON
and a body of raw bytes, the arrays one after another. The first frame loads the model; then each request gets
one reply with its `id`, in the order of the requests. One that is not begun by its `until` is handed back.
Only the standard library is imported before the model's algorithm is.
Python 3.8 and newer.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import io
import json
import os
import resource
import signal
import socket
import struct
import sys
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

LENGTHS = struct.Struct("<IQ")
MAX_HEADER = 64 << 20
HEADROOM = 1 << 30
"""Bytes of address space that loading may take beyond a multiple of the file."""

PR_SET_PDEATHSIG = 1
TOO_LARGE = 413
DATATYPES = {
    "BOOL": "bool",
    "UINT8": "uint8",
    "UINT16": "uint16",
    "UINT32": "uint32",
    "UINT64": "uint64",
    "INT8": "int8",
    "INT16": "int16",
    "INT32": "int32",
    "INT64": "int64",
    "FP16": "float16",
    "FP32": "float32",
    "FP64": "float64",
}
NAMES = {kind: name for name, kind in DATATYPES.items()}
Reply = tuple[dict[str, Any], list[Any]]


class Connection:
    """Frames over a socket."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._reader = io.BufferedReader(connected.makefile("rb", buffering=0), 1 << 20)

    def receive(self) -> tuple[dict[str, Any], memoryview] | None:
        """Wait for the next frame; None when the other side is gone."""
        start = self._reader.read(LENGTHS.size)
        if len(start) < LENGTHS.size:
            return None
        header_length, body_length = LENGTHS.unpack(start)
        header, body = self._reader.read(header_length), bytearray(body_length)
        if len(header) < header_length or self._reader.readinto(body) < body_length:
            return None
        return json.loads(header), memoryview(body)

    def send(self, header: Mapping[str, Any], arrays: Sequence[Any] = ()) -> None:
        """Send one frame; arrays are contiguous."""
        text = json.dumps(header, default=_plain).encode()
        parts = [memoryview(array).cast("B") for array in arrays if array.size]
        start = LENGTHS.pack(len(text), sum(len(part) for part in parts)) + text
        small = sum(len(part) for part in parts) < 1 << 16
        chunks: list[Any] = [b"".join([start, *parts])] if small else [start, *parts]
        for chunk in chunks:
            self._socket.sendall(chunk)


class Model:
    """A loaded predictor and the requests it answers."""

    def __init__(self, predictor: Any) -> None:
        self._predictor = predictor

    def describe(self) -> dict[str, Any]:
        """What the inference server may tell about the model."""
        return {
            "classes": list(getattr(self._predictor, "classes", [])),
            "signature": getattr(self._predictor, "signature", {}),
        }

    def answer(self, header: Mapping[str, Any], body: memoryview) -> Reply:
        """Do what a request asks for."""
        if header["do"] == "infer":
            return self._infer(header, body)
        if header["do"] == "plan":
            return self._plan(header)
        return self._predict(header, body)

    def _plan(self, header: Mapping[str, Any]) -> Reply:
        """Say how much work each picture of a request is, or refuse its options; an algorithm need not know."""
        work = getattr(self._predictor, "work", None)
        shapes = header["shapes"]
        pixels = [shape[0] * shape[1] for shape in shapes] if work is None else work(header["options"], shapes)
        return {"work": [int(count) for count in pixels]}, []

    def _predict(self, header: Mapping[str, Any], body: memoryview) -> Reply:
        images = list(_arrays([("uint8", shape) for shape in header["shapes"]], body))
        items = self._together_or_alone(images, header["options"])
        pictures = [item.pop("image") for item in items if "image" in item]
        return {"items": items}, pictures

    def _together_or_alone(self, images: list[Any], options: Mapping[str, Any]) -> list[dict[str, Any]]:
        """All at once; when that fails each alone, so that one bad picture spoils no other."""
        try:
            return [_item(result) for result in self._predictor.predict(images, options)]
        except Exception as error:  # whatever an algorithm raises: it is told to the client that sent the picture
            if len(images) == 1:
                return [{"error": _failure(error)}]
        return [self._together_or_alone([image], options)[0] for image in images]

    def _infer(self, header: Mapping[str, Any], body: memoryview) -> Reply:
        tensors = header["inputs"]
        arrays = _arrays([(DATATYPES[tensor["datatype"]], tensor["shape"]) for tensor in tensors], body)
        given = dict(zip([tensor["name"] for tensor in tensors], arrays))
        outputs = {name: _contiguous(array) for name, array in self._predictor.infer(given).items()}
        described = [
            {"name": name, "datatype": NAMES[str(array.dtype)], "shape": list(array.shape)}
            for name, array in outputs.items()
        ]
        return {"outputs": described}, list(outputs.values())


def load(header: Mapping[str, Any]) -> Model:
    """Load the model a first frame names, in bounded memory."""
    predictors = importlib.import_module("crispdm.predictors")
    predictors.ready(header)
    _set_threads(int(header["threads"]))
    with Bounded(4 * os.path.getsize(header["path"]) + HEADROOM):
        predictor = predictors.load(header)
    gc.collect()
    gc.freeze()
    return Model(predictor)


class Bounded:
    """A block that may take so many bytes more of address space: a tensor bomb becomes an error."""

    def __init__(self, extra: int) -> None:
        self._extra = extra
        self._before = resource.getrlimit(resource.RLIMIT_AS)

    def __enter__(self) -> None:
        """Set the limit, where the system can tell how much is taken now."""
        try:
            with open("/proc/self/statm") as file:
                taken = int(file.read().split()[0]) * resource.getpagesize()
        except OSError:
            return
        resource.setrlimit(resource.RLIMIT_AS, (taken + self._extra, self._before[1]))

    def __exit__(self, *_: object) -> None:
        """Take the limit away."""
        resource.setrlimit(resource.RLIMIT_AS, self._before)


def serve(connection: Connection) -> None:
    """Load, then answer until the other side is gone."""
    frame = connection.receive()
    if frame is None:
        return
    try:
        model = load(frame[0])
    except Exception as error:  # any reason why a model cannot be loaded is told to the server, which keeps it
        traceback.print_exc()
        connection.send({"id": 0, "error": _failure(error)})
        return
    connection.send({"id": 0, **model.describe()})
    while True:
        frame = connection.receive()
        if frame is None:
            return
        _reply(connection, model, *frame)


def _reply(connection: Connection, model: Model, header: dict[str, Any], body: memoryview) -> None:
    """Answer, and say how long it took; hand back what lay behind others for longer than the server expected."""
    begun = time.monotonic()
    if begun > header.get("until", begun):
        connection.send({"id": header["id"], "not_begun": True})
        return
    try:
        answer, arrays = model.answer(header, body)
    except Exception as error:  # the request's own fault or the algorithm's: told to the client, the worker lives on
        answer, arrays = {"error": _failure(error)}, []
    connection.send({"id": header["id"], "seconds": time.monotonic() - begun, **answer}, arrays)


def _item(result: Mapping[str, Any]) -> dict[str, Any]:
    """One result, made sure of: numbers that JSON has not, such as NaN, are this picture's error."""
    picture = _contiguous(result["image"])
    told = {key: value for key, value in result.items() if key != "image"}
    plain = json.loads(json.dumps(told, default=_plain, allow_nan=False))
    return {"json": plain, "shape": list(picture.shape), "image": picture}


def _arrays(kinds: Sequence[tuple[str, Sequence[int]]], body: memoryview) -> Iterator[Any]:
    import numpy

    start = 0
    for kind, shape in kinds:
        dtype = numpy.dtype(kind)
        count = 1
        for length in shape:
            count *= length
        array = numpy.frombuffer(body, dtype, count, start) if count else numpy.empty(0, dtype)
        yield array.reshape(shape)
        start += count * dtype.itemsize


def _contiguous(array: Any) -> Any:
    import numpy

    return numpy.ascontiguousarray(array)


def _plain(value: Any) -> Any:
    """Numbers and arrays of numpy and torch as JSON."""
    return value.tolist()


def _failure(error: BaseException) -> dict[str, Any]:
    """What a client is told: the text of a ValueError, which is meant for them; of others also their kind."""
    blamed = isinstance(error, ValueError)
    text = str(error) if blamed else f"{type(error).__name__}: {error}"
    told: dict[str, Any] = {"message": text[:2000], "request": blamed}
    field, status = getattr(error, "field", None), getattr(error, "status", None)
    if blamed and isinstance(field, str):
        told["field"] = field[:100]
    if blamed and status == TOO_LARGE:
        told["status"] = TOO_LARGE
    return told


def _set_threads(count: int) -> None:
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.set_num_threads(count)


def _die_with_parent() -> None:
    """Ask Linux to end this process when the inference server dies, also in the middle of a long prediction."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def main(arguments: Sequence[str]) -> None:
    """Serve the socket whose number is the only argument."""
    _die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    serve(Connection(socket.socket(fileno=int(arguments[0]))))


if __name__ == "__main__":
    if sys.path[:1] == [os.path.dirname(os.path.abspath(__file__))]:
        del sys.path[0]  # what lies beside this file is no package of the model's environment
    main(sys.argv[1:])
