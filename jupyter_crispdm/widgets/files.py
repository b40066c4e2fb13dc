"""Files of the server in a notebook or dashboard."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any, ClassVar

from traitlets import Any as AnyTrait
from traitlets import Bool, CInt, Dict, List, TraitError, Unicode, validate

from jupyter_crispdm.base.errors import BadRequest
from jupyter_crispdm.files.spelling import steps

from .base import CrispdmWidget

MOST_PATHS = 1000
MOST_STATE_BYTES = 256 * 1024
_PICKS = ("none", "file", "folder")


class FileBrowser(CrispdmWidget):
    """The folders and files that a visitor may see: to look at, put in order, upload and download.

    `path` is the folder that is open; empty begins in the visitor's own. `selected` are the paths that are marked.
    With `pick` it asks for a ``"file"`` or a ``"folder"``, and `value` is the path that was chosen, empty for none;
    with `multiple` it is a tuple of paths. `state` is how somebody looks at files: order, tree, preview.

    All paths are relative to the server's root directory. They come from the browser: Python takes plain ones only, at
    most 1,000 of them, and whether there is such a file is for the program to see. Raises TraitError for others.

    >>> files = FileBrowser(pick="file")
    >>> files.observe(lambda change: print(change["new"]), "value")
    """

    kept_traits: ClassVar[tuple[str, ...]] = ("path", "value", "state")

    _view_name = Unicode("FileBrowserView").tag(sync=True)
    path = Unicode("", help="The folder that is open; empty begins in the visitor's own.").tag(sync=True)
    selected: List[str] = List(Unicode(), help="The paths that are marked.").tag(sync=True)
    pick = Unicode("none", help="What is asked for: none, file or folder.").tag(sync=True)
    multiple = Bool(False, help="Whether several may be chosen.").tag(sync=True)
    value = AnyTrait("", help="What was chosen: a path, or with `multiple` a tuple of paths.").tag(sync=True)
    state: Dict[str, Any] = Dict(help="How somebody looks at files.").tag(sync=True)
    height = CInt(480, help="Height in pixels.").tag(sync=True)

    def __init__(self, path: str = "", pick: str = "none", multiple: bool = False, **values: Any) -> None:
        values.setdefault("value", () if multiple else "")
        super().__init__(path=path, pick=pick, multiple=multiple, **values)

    @validate("path")
    def _path_is_plain(self, proposal: dict[str, Any]) -> str:
        return _plain_path(proposal["value"])

    @validate("selected")
    def _selected_are_plain(self, proposal: dict[str, Any]) -> list[str]:
        return list(_plain_paths(proposal["value"]))

    @validate("pick")
    def _pick_is_known(self, proposal: dict[str, Any]) -> str:
        pick: str = proposal["value"]
        if pick not in _PICKS:
            raise TraitError(f"'pick' is one of {', '.join(_PICKS)}, not '{pick}'.")
        return pick

    @validate("value")
    def _value_is_plain(self, proposal: dict[str, Any]) -> str | tuple[str, ...]:
        value = proposal["value"]
        if not self.multiple:
            return _plain_path(value)
        if not isinstance(value, (list, tuple)):
            raise TraitError("With 'multiple' the value is a tuple of paths.")
        return _plain_paths(value)

    @validate("state")
    def _state_is_small(self, proposal: dict[str, Any]) -> dict[str, Any]:
        try:
            text = json.dumps(proposal["value"], allow_nan=False)
        except (TypeError, ValueError, RecursionError) as error:
            raise TraitError(f"'state' is what JSON can hold: {error}") from None
        if len(text) > MOST_STATE_BYTES:
            raise TraitError(f"'state' is over {MOST_STATE_BYTES} bytes.")
        state: dict[str, Any] = json.loads(text)
        return state


def _plain_paths(paths: Collection[Any]) -> tuple[str, ...]:
    if len(paths) > MOST_PATHS:
        raise TraitError(f"At most {MOST_PATHS} paths can be chosen.")
    return tuple(_plain_path(path) for path in paths)


def _plain_path(path: Any) -> str:
    """A path as the server spells it. Raises TraitError."""
    if not isinstance(path, str):
        raise TraitError("A path is a text.")
    try:
        return "/".join(steps(path))
    except BadRequest as error:
        raise TraitError(error.message) from None
