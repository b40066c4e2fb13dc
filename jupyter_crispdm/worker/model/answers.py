"""What a loaded model answers to one request."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from .frames import plain

TOO_LARGE = 413
TEXTS = "BYTES"


class Model:
    """A loaded predictor and the requests it answers."""

    def __init__(self, predictor: Any) -> None:
        self._predictor = predictor

    def describe(self) -> dict[str, Any]:
        """What the inference server may tell about the model, and how many rows it works on together."""
        return {
            "classes": list(getattr(self._predictor, "classes", [])),
            "signature": getattr(self._predictor, "signature", {}),
            "batch": int(getattr(self._predictor, "batch", 1)),
            "streams": hasattr(self._predictor, "stream"),
        }

    def warm_up(self) -> None:
        """Let the predictor do once what is slow the first time."""
        warm_up = getattr(self._predictor, "warm_up", None)
        if warm_up is not None:
            warm_up()

    def answer(self, header: Mapping[str, Any], body: memoryview) -> tuple[dict[str, Any], list[Any]]:
        """Do what a request asks for."""
        if header["do"] == "infer":
            return self._infer(header, body)
        if header["do"] == "plan":
            return self._plan(header)
        return self._predict(header, body)

    def stream(self, parameters: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """The pieces of a long answer, made one by one."""
        stream = getattr(self._predictor, "stream", None)
        if stream is None:
            raise ValueError("The model does not stream.")
        return iter(stream(parameters))

    def _plan(self, header: Mapping[str, Any]) -> tuple[dict[str, Any], list[Any]]:
        """Say how much work each picture of a request is, or refuse its options; an algorithm need not know."""
        work = getattr(self._predictor, "work", None)
        shapes = header["shapes"]
        pixels = [shape[0] * shape[1] for shape in shapes] if work is None else work(header["options"], shapes)
        return {"work": [int(count) for count in pixels]}, []

    def _predict(self, header: Mapping[str, Any], body: memoryview) -> tuple[dict[str, Any], list[Any]]:
        images, start = [], 0
        for shape in header["shapes"]:
            size = shape[0] * shape[1] * shape[2]
            images.append(_tensor("UINT8", shape, body[start : start + size]))
            start += size
        items = self._together_or_alone(images, header["options"])
        pictures = [item.pop("image") for item in items if "image" in item]
        return {"items": items}, pictures

    def _together_or_alone(self, images: list[Any], options: Mapping[str, Any]) -> list[dict[str, Any]]:
        """All at once; when that fails each alone, so that one bad picture spoils no other."""
        try:
            return [_item(result) for result in self._predictor.predict(images, options)]
        except Exception as error:  # whatever an algorithm raises: it is told to the client that sent the picture
            if len(images) == 1:
                return [{"error": failure(error)}]
        return [self._together_or_alone([image], options)[0] for image in images]

    def _infer(self, header: Mapping[str, Any], body: memoryview) -> tuple[dict[str, Any], list[Any]]:
        tensors = header["inputs"]
        given, start = {}, 0
        for name, datatype, shape, size in tensors:
            given[name] = _tensor(datatype, shape, body[start : start + size])
            start += size
        if "trace" in header and hasattr(self._predictor, "trace"):
            self._predictor.trace = header["trace"]
        described, arrays = [], []
        for name, array in self._predictor.infer(given).items():
            datatype, shape, array = _told(array)
            described.append([name, datatype, shape, array.nbytes])
            arrays.append(array)
        return {"outputs": described}, arrays


def failure(error: BaseException) -> dict[str, Any]:
    """What a client is told: the text of a ValueError, which is meant for them; of others also their kind."""
    blamed = isinstance(error, ValueError)
    text = str(error) if blamed else "%s: %s" % (type(error).__name__, error)
    told: dict[str, Any] = {"message": text[:2000], "request": blamed}
    field, status = getattr(error, "field", None), getattr(error, "status", None)
    if blamed and isinstance(field, str):
        told["field"] = field[:100]
    if blamed and status == TOO_LARGE:
        told["status"] = TOO_LARGE
    return told


def _item(result: Mapping[str, Any]) -> dict[str, Any]:
    """One result, made sure of: numbers that JSON has not, such as NaN, are this picture's error."""
    picture = _contiguous(result["image"])
    told = {key: value for key, value in result.items() if key != "image"}
    as_json = json.loads(json.dumps(told, default=plain, allow_nan=False))
    return {"json": as_json, "shape": list(picture.shape), "image": picture}


def _tensor(datatype: str, shape: Sequence[int], data: memoryview) -> Any:
    """An array over the bytes that came; texts become an array of str."""
    import numpy

    if datatype == TEXTS:
        return _tensors().unpack_texts(data, shape)
    dtype = numpy.dtype(_tensors().KINDS[datatype])
    array = numpy.frombuffer(data, dtype) if data else numpy.empty(0, dtype)
    return (array if array.flags.aligned else array.copy()).reshape(shape)


def _told(array: Any) -> tuple[str, Sequence[int], Any]:
    """Datatype, shape and bytes of what a model gave."""
    import numpy

    array = numpy.asarray(array, order="C")  # one number stays one, without axes
    if array.dtype.kind in "OU":
        return TEXTS, array.shape, numpy.frombuffer(_tensors().pack_texts(array), numpy.uint8)
    if not array.dtype.isnative:
        array = array.astype(array.dtype.newbyteorder("="))
    return _tensors().NAMES[array.dtype.name], array.shape, array


@lru_cache
def _tensors() -> Any:
    """What knows the datatypes; it needs numpy, so it is asked for with the first tensor."""
    return importlib.import_module("crispdm.algorithms._tensors")


def _contiguous(array: Any) -> Any:
    import numpy

    return numpy.ascontiguousarray(array)
