"""What travels between the inference server and its callers.

What a model itself answers is handed on as it came, with whatever else it tells: such types are dictionaries.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypedDict, TypeVar

import msgspec

from jupyter_crispdm.base.wire import Wire

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Encoded(Generic[_T]):
    """An answer that is JSON already: a long one is encoded in a thread, while its caller has their turn."""

    json: bytes


def encoded(value: _T) -> Encoded[_T]:
    """An answer as JSON."""
    return Encoded(msgspec.json.encode(value))


Config = dict[str, Any]
"""A configuration of predictions: what chooses a model, and options of the model's own code."""

_File = Annotated[str, msgspec.Meta(extra_json_schema={"format": "binary"})]


class ModelQuestion(msgspec.Struct, frozen=True):
    """What is asked about a model: one of `return_weights` and `return_classes` is True."""

    algorithm: str
    Model_path: str = ""
    return_weights: str = "False"
    return_classes: str = "False"


class Upload(msgspec.Struct, frozen=True):
    """A file: a part of a multipart body, or text."""

    file: _File


class PredictRequest(msgspec.Struct, frozen=True):
    """Pictures in base64; with `create_images` True what is drawn comes as addresses of files.

    `weight` names a version that answers without the configuration, where that is another's.
    """

    images: list[str]
    create_images: str = "False"
    weight: str = ""


Findings = TypedDict(
    "Findings",
    {
        "class_name": list[str],
        "scores": list[float],
        "rois [y_min, x_min, y_max, x_max]": list[tuple[float, float, float, float]],
    },
)
"""What a model found in a picture, one entry for each thing; lengths in pixels of the picture as it was sent."""


class PictureError(Wire, frozen=True):
    """Why a picture has no result."""

    message: str
    reason: str
    code: str
    details: dict[str, Any]
    status: int


class PictureAnswer(TypedDict, total=False):
    """What was found in a picture, or why there is no answer."""

    results: Findings
    error: PictureError


Pair = tuple[PictureAnswer, str | None]
"""The answer for a picture, and the picture with it drawn in: in base64, or the address where it lies."""


class Predictions(Wire, frozen=True):
    """One pair for each picture, in the order in which they were sent."""

    Responses: list[Pair]


class Live(Wire, frozen=True):
    """The service runs."""

    live: bool


class Ready(Wire, frozen=True):
    """Every deployed model can answer."""

    ready: bool


class ServiceMetadata(Wire, frozen=True):
    """The service, in the Open Inference Protocol."""

    name: str
    version: str
    extensions: list[str]


class TensorMetadata(TypedDict):
    """A tensor that a model takes or gives; -1 in its shape is any length."""

    name: str
    datatype: str
    shape: list[int]


class ModelParameters(Wire, frozen=True):
    """What the protocol has no field for."""

    classes: list[str]
    algorithm: str
    dataset: str


class ModelMetadata(Wire, frozen=True):
    """A model, in the Open Inference Protocol."""

    name: str
    versions: list[str]
    platform: str
    inputs: list[TensorMetadata]
    outputs: list[TensorMetadata]
    parameters: ModelParameters


class ModelReady(Wire, frozen=True):
    """A version of a model can answer."""

    name: str
    version: str
    ready: bool


class IndexEntry(Wire, frozen=True):
    """A deployed version of a model; `state` is READY, LOADING or UNAVAILABLE, for a `reason`."""

    name: str
    version: str
    state: str
    reason: str


class RepositoryModel(Wire, frozen=True):
    """A model that was loaded, or taken out of memory."""

    name: str


class Tensor(msgspec.Struct, forbid_unknown_fields=True):
    """An input; `data` is a list, flat or nested, that fits `shape`.

    Without `data` its bytes follow the JSON, as many as `parameters` has for `binary_data_size`.
    """

    name: str
    shape: tuple[int, ...]
    datatype: str
    data: msgspec.Raw = msgspec.field(default_factory=msgspec.Raw)
    parameters: dict[str, Any] = {}


class OutputRequest(msgspec.Struct, forbid_unknown_fields=True):
    """The name of an output that is wanted; as bytes behind the JSON where `parameters` has `binary_data` true."""

    name: str
    parameters: dict[str, Any] = {}


class InferRequest(msgspec.Struct, forbid_unknown_fields=True):
    """Tensors for a model; without `outputs` all that it gives are wanted.

    Of `parameters` are read: `binary_data_output`, whether outputs come as bytes, and `timeout`, in microseconds.
    """

    inputs: list[Tensor]
    id: str = ""
    outputs: list[OutputRequest] = []
    parameters: dict[str, Any] = {}


class OutputTensor(msgspec.Struct, omit_defaults=True):
    """An output; `data` is flat, and fits `shape`.

    Without `data` its bytes follow the JSON, as many as `parameters` has for `binary_data_size`.
    """

    name: str
    datatype: str
    shape: tuple[int, ...]
    data: Sequence[Any] | msgspec.UnsetType = msgspec.UNSET
    parameters: dict[str, Any] = {}


class InferReply(msgspec.Struct, omit_defaults=True):
    """The answer to an InferRequest, with its id."""

    model_name: str
    model_version: str
    outputs: list[OutputTensor]
    id: str = ""
