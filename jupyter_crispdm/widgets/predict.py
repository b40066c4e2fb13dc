"""Asking a deployed model from a notebook or dashboard."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from traitlets import List, Unicode

from .base import CrispdmWidget

_MOST_EXAMPLES = 24
_LARGEST_EXAMPLE = 1024 * 1024
_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp"}


class PredictForm(CrispdmWidget):
    """A form: choose pictures, see what the deployed model finds in them.

    `model` is NAME, NAME/VERSION or NAME@ALIAS: then the form is made of what that model takes, rows of a table,
    pictures or a prompt, and programs that ask the same are shown.
    `shared` is the key of a shared list: then everybody who asks there sees the latest answers of all, and who asked.
    `examples` are picture files that are offered beside the visitor's own: at most 24, of at most 1 MiB each.
    Raises ValueError for a file that is no picture or too large, FileNotFoundError for one that is not there.
    """

    _view_name = Unicode("PredictFormView").tag(sync=True)
    title = Unicode("").tag(sync=True)
    model = Unicode("", help="The model that is asked; empty means the configured one for pictures.").tag(sync=True)
    shared = Unicode("", help="The key under which answers are shared; empty keeps them to oneself.").tag(sync=True)
    _examples: List[dict[str, str]] = List().tag(sync=True)

    def __init__(self, examples: Iterable[str | os.PathLike[str]] = (), **values: Any) -> None:
        chosen = [Path(path) for path in examples][:_MOST_EXAMPLES]
        super().__init__(_examples=[_example(path) for path in chosen], **values)


def _example(path: Path) -> dict[str, str]:
    kind = _TYPES.get(path.suffix.lower())
    if kind is None:
        raise ValueError(f"'{path.name}' is no picture: its name must end in {', '.join(_TYPES)}.")
    if path.stat().st_size > _LARGEST_EXAMPLE:
        raise ValueError(f"'{path.name}' is over {_LARGEST_EXAMPLE} bytes.")
    data = base64.b64encode(path.read_bytes()).decode()
    return {"name": path.name, "url": f"data:{kind};base64,{data}"}
