"""The functions that messages may go through, by the names that the operator gave them."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping
from importlib import import_module
from typing import Any

from jupyter_crispdm.base.errors import BadRequest, SetupError

Transform = Callable[[Any], Awaitable[Any]]


class Transforms:
    """Functions by name. Raises SetupError for a name that stands for none."""

    def __init__(self, named: Mapping[str, Any]) -> None:
        self._known = {name: _awaitable(_found(name, given)) for name, given in named.items()}

    def get(self, name: str) -> Transform:
        """The function of a name. Raises BadRequest."""
        if name not in self._known:
            known = ", ".join(sorted(self._known)) or "none"
            raise BadRequest(f"'transform' is no function of this server; there are: {known}.", field="transform")
        return self._known[name]


def _found(name: str, given: Any) -> Callable[[Any], Any]:
    function = given
    if isinstance(given, str):
        module, _, attribute = given.partition(":")
        try:
            function = getattr(import_module(module), attribute)
        except (ImportError, AttributeError, ValueError) as error:
            raise SetupError(f"proxy_transforms: {name!r} is {given!r}, which cannot be imported: {error}.") from error
    if not callable(function):
        raise SetupError(f"proxy_transforms: {name!r} is {given!r}, which is no function.")
    return function  # type: ignore[no-any-return]


def _awaitable(function: Callable[[Any], Any]) -> Transform:
    """A plain function runs in a thread: others are answered meanwhile."""
    if inspect.iscoroutinefunction(function):
        return function

    async def beside(message: Any) -> Any:
        return await asyncio.to_thread(function, message)

    beside.__name__ = getattr(function, "__name__", "transform")
    return beside
