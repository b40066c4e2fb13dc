"""What holds for the code in a `with` block: the locks that it has, and whether its writes are to be seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType

_held: ContextVar[Mapping[str, str]] = ContextVar("crispdm_locks", default=MappingProxyType({}))
_is_quiet: ContextVar[bool] = ContextVar("crispdm_quiet", default=False)


def lock_of(key: str) -> str | None:
    """The id of the lock of a key that this code holds."""
    return _held.get().get(key)


def notifies() -> bool:
    """Whether writes of this code are to be seen by others at once."""
    return not _is_quiet.get()


@contextmanager
def holding(key: str, lock: str) -> Iterator[None]:
    """Code that holds a lock."""
    token = _held.set({**_held.get(), key: lock})
    try:
        yield
    finally:
        _held.reset(token)


@contextmanager
def quiet() -> Iterator[None]:
    """Code whose writes nobody is told of."""
    token = _is_quiet.set(True)
    try:
        yield
    finally:
        _is_quiet.reset(token)


def apart(call: Callable[[], None]) -> None:
    """Call something that belongs to no such block, wherever it was asked for."""
    tokens = _held.set({}), _is_quiet.set(False)
    try:
        call()
    finally:
        _held.reset(tokens[0])
        _is_quiet.reset(tokens[1])
