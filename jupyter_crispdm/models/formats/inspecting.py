"""A look into a model file by its format, before it gets a version number.

The model's own process loads it with the same caution again.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from jupyter_crispdm.base.errors import BadRequest, Unprocessable

from ..types import ModelFormat
from . import onnx, programs, skops, tensors, weights
from .pickles import whole
from .seen import Seen

_ALSO = {"joblib": ModelFormat.pickle, "pkl": ModelFormat.pickle, "cloudpickle": ModelFormat.pickle}


def parse_format(text: str) -> ModelFormat:
    """The format of that name. Raises BadRequest."""
    try:
        return _ALSO.get(text) or ModelFormat(text)
    except ValueError:
        known = ", ".join(item.value for item in ModelFormat)
        raise BadRequest(f"'format' must be one of {known}.", field="format") from None


def inspect(path: Path, form: ModelFormat) -> Seen:
    """Refuse a file that is not of its format, or holds code where that has none. Raises Unprocessable."""
    if path.stat().st_size == 0:
        raise Unprocessable("The model file is empty.")
    return _INSPECTORS[form](path)


_INSPECTORS: dict[ModelFormat, Callable[[Path], Seen]] = {
    ModelFormat.torch: weights.inspect,
    ModelFormat.safetensors: tensors.inspect,
    ModelFormat.onnx: onnx.inspect,
    ModelFormat.skops: skops.inspect,
    ModelFormat.torchscript: programs.inspect_torchscript,
    ModelFormat.exported: programs.inspect_exported,
    ModelFormat.pickle: whole.inspect,
    ModelFormat.script: lambda _: Seen(),
}
