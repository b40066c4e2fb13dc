"""What a registration may say: names, numbers and lengths."""

from __future__ import annotations

import math

import msgspec

from jupyter_crispdm.base.errors import BadRequest

from ..types import MODEL_NAME, Registration

_MAX_DETAILS = 256 * 1024
_MAX_CLASSES = 10_000
_LENGTHS = {"task": 100, "note": 10_000, "run": 200, "data": 4096, "data_hash": 200, "script": 4096, "reason": 1000}


def check(request: Registration) -> None:
    """Refuse what no version can be. Raises BadRequest."""
    MODEL_NAME.check(request.name, "name")
    if (request.path is None) == (request.job is None) or (request.job is None) != (request.artifact is None):
        raise BadRequest("Give either 'job' with 'artifact', or 'path'.", field="path")
    for field, most in _LENGTHS.items():
        if len(getattr(request, field) or "") > most:
            raise BadRequest(f"'{field}' must be at most {most:,} characters.", field=field)
    check_details(request)


def check_details(request: Registration) -> None:
    """Refuse what is too large or odd to be told with every version. Raises BadRequest."""
    if len(request.classes) > _MAX_CLASSES:
        raise BadRequest(f"'classes' may hold {_MAX_CLASSES:,} names.", field="classes")
    for field in ("algorithm", "dataset"):
        if request.metadata.get(field):
            MODEL_NAME.check(str(request.metadata[field]), f"metadata.{field}")
    if not all(math.isfinite(value) for value in request.metrics.values()):
        raise BadRequest("'metrics' must be finite numbers.", field="metrics")
    details = (
        request.classes, request.signature, request.metadata, request.metrics, request.input_example, request.code
    )
    if len(msgspec.json.encode(details)) > _MAX_DETAILS:
        raise BadRequest(
            "'classes', 'signature', 'metadata', 'metrics', 'input_example' and 'code' together must be below 256 KiB.",
            field="metadata",
        )
