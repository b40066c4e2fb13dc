"""A folder that MLflow wrote, as a registration: which file of it is the model, in which format, and what it says."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

import msgspec

from jupyter_crispdm.base.errors import BadRequest, NotFound, Unprocessable
from jupyter_crispdm.base.files.zips import DAMAGED

from ..formats.zips import opened_file
from ..sources import ModelSource
from ..types import Registration
from .descriptions import MOST_BYTES, Description, read_description, signature_of

_ENDINGS = {".skops": "skops", ".onnx": "onnx", ".pt2": "exported", ".safetensors": "safetensors"}
_MOST_EXAMPLE = 128 * 1024
_FIELD = "path"


def read_mlflow(description: ModelSource, request: Registration) -> tuple[Registration, ModelSource]:
    """The file that is the model, and what the folder says of it; what the request says itself wins.

    Raises BadRequest, NotFound, Unprocessable.
    """
    told = read_description(_text(description, MOST_BYTES))
    flavor, source, form = _model(description, told)
    metadata = {"mlflow": {"flavor": flavor, "version": told.mlflow_version}, **request.metadata}
    known = msgspec.structs.replace(
        request,
        format=form,
        signature=request.signature or signature_of(told.signature),
        input_example=_example(description, told) if request.input_example is None else request.input_example,
        metadata=metadata,
        run=request.run or (told.run_id or "")[:200] or None,
    )
    return known, source


def _model(description: ModelSource, told: Description) -> tuple[str, ModelSource, str]:
    """The flavor that is taken, its file and how that is written."""
    if (flavor := told.flavors.get("sklearn")) is not None:
        source = _beside(description, flavor.get("pickled_model"))
        return "sklearn", source, _form(source, flavor)
    if (flavor := told.flavors.get("onnx")) is not None:
        return "onnx", _beside(description, flavor.get("data")), "onnx"
    if (flavor := told.flavors.get("pytorch")) is not None:
        return "pytorch", *_torch(description, flavor)
    if (flavor := told.flavors.get("python_function")) is not None:
        source = _beside(description, flavor.get("python_model") or flavor.get("model_path") or flavor.get("data"))
        return "python_function", source, _form(source, flavor)
    raise Unprocessable(
        f"None of the flavors of this MLflow model is known: {', '.join(sorted(told.flavors))[:200]}. Known are "
        "sklearn, onnx, pytorch and python_function."
    )


def _form(source: ModelSource, flavor: dict[str, Any]) -> str:
    if flavor.get("serialization_format") == "skops":
        return "skops"
    return _ENDINGS.get(source.path.suffix, "pickle")


def _torch(description: ModelSource, flavor: dict[str, Any]) -> tuple[ModelSource, str]:
    """MLflow calls the file model.pt2 where torch.export wrote it, else model.pth, also where torch.jit did."""
    folder = flavor.get("model_data", "data")
    for name in ("model.pt2", "model.pth"):
        try:
            source = _beside(description, f"{folder}/{name}")
        except NotFound:
            continue
        return source, "exported" if name == "model.pt2" else "torchscript" if _is_torchscript(source) else "pickle"
    raise Unprocessable("The MLflow model has no model.pt2 and no model.pth in the folder that it names.")


def _is_torchscript(source: ModelSource) -> bool:
    try:
        with source.open() as file, opened_file(file) as archive:
            return any(name.endswith("/constants.pkl") for name in archive.namelist())
    except DAMAGED:
        return False


def _beside(description: ModelSource, told: Any) -> ModelSource:
    """A file that the MLmodel names: its text is input, and leads nowhere but into its own folder."""
    parts = PurePosixPath(told).parts if isinstance(told, str) and len(told) < 1000 else ()
    if not parts or told.startswith("/") or any(part.startswith(".") or "\0" in part or "\\" in part for part in parts):
        raise BadRequest("The MLmodel names a file that does not lie beside it.", field=_FIELD)
    source = ModelSource(description.path.parent.joinpath(*parts), description.below, _FIELD)
    try:
        source.size()
    except OSError:
        raise NotFound(f"The MLflow model has no file '{told[:200]}'.", field=_FIELD) from None
    return source


def _example(description: ModelSource, told: Description) -> Any:
    info = told.saved_input_example_info
    if info is None or info.artifact_path is None:
        return None
    try:
        return msgspec.json.decode(_text(_beside(description, info.artifact_path), _MOST_EXAMPLE))
    except (NotFound, Unprocessable, msgspec.MsgspecError, RecursionError):
        return None  # a model without its example is a model


def _text(source: ModelSource, most: int) -> bytes:
    with source.open() as file:
        text = file.read(most + 1)
    if len(text) > most:
        raise Unprocessable(f"'{source.path.name}' of the MLflow model is over {most:,} bytes.")
    return text
