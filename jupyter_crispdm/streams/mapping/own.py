"""A function of the user's own that makes samples of a message."""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jupyter_crispdm.base.errors import BadRequest

from .reading import Unusable

Own = Callable[[Any, str], Any]
_NAMED = re.compile(r"(?P<module>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*|[^\0:]{1,1000}\.py):(?P<function>[A-Za-z_]\w*)")


def check_name(text: str, field: str = "python") -> None:
    """Raise BadRequest for what is no name of a function."""
    if not _NAMED.fullmatch(text) or ".." in text.split(":")[0].split("/") or text.startswith("/"):
        raise BadRequest(f"'{text[:100]}' is no package.module:function, nor path/to/file.py:function.", field=field)


class OwnFunction:
    """`package.module:function`, or `path/file.py:function` below a root. It is imported with the first message.

    The function is handed the payload (bytes, or a dict from files) and the topic. It answers a dict, a list of dicts,
    or None for a message that makes no sample.
    """

    def __init__(self, text: str, root: Path) -> None:
        check_name(text)
        self._module, _, self._function = text.rpartition(":")
        self._root = root
        self._loaded: Own | None = None

    def __call__(self, payload: bytes | Mapping[str, Any], topic: str) -> Any:
        """The samples of a message. Raises Unusable."""
        try:
            made = self._load()(payload, topic)
        except Exception as error:
            raise Unusable(f"{self._function}: {type(error).__name__}") from error
        if made is None:
            raise Unusable(f"{self._function}: left out")
        return made

    def _load(self) -> Own:
        if self._loaded is None:
            module = self._from_file() if self._module.endswith(".py") else importlib.import_module(self._module)
            self._loaded = getattr(module, self._function)
        return self._loaded

    def _from_file(self) -> Any:
        path = (self._root / self._module).resolve()
        if not path.is_relative_to(self._root.resolve()):
            raise ImportError(self._module)
        spec = importlib.util.spec_from_file_location(f"stream_mapping_{path.stem}", path)
        if spec is None or spec.loader is None:
            raise ImportError(self._module)
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
        return module
