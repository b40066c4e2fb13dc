"""What a pickle would import, told as far as it can be read; nothing of it is executed, and nothing is a promise."""

from __future__ import annotations

import io
from typing import IO, Any

from .instructions import argument, instructions

_MOST_STEPS = 500_000
_MOST_NAMES = 1_000
_LONGEST = 200
_TEXTS = {"UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8", "STRING", "BINSTRING", "SHORT_BINSTRING"}
_KEEPS = {"MEMOIZE", "PUT", "BINPUT", "LONG_BINPUT"}
_BRINGS = {"GET", "BINGET", "LONG_BINGET"}
_FAULTS = (ValueError, IndexError, KeyError, EOFError, MemoryError, OverflowError, RecursionError)


def names(data: bytes | IO[bytes]) -> list[str]:
    """The imports of a pickle, each once as `module.name`, up to where it cannot be followed any more."""
    found: dict[str, None] = {}
    reader = _Reader()
    try:
        stream = io.BytesIO(data) if isinstance(data, bytes) else data
        for step, opcode in enumerate(instructions(stream)):
            name = reader.follow(opcode.name, argument(opcode, stream))
            if name is not None:
                found[name[:_LONGEST].encode("utf-8", "replace").decode()] = None
            if step > _MOST_STEPS or len(found) > _MOST_NAMES:
                break
    except _FAULTS:
        pass
    return sorted(found)


class _Reader:
    """As much of a pickle's stack as its imports need: the texts."""

    def __init__(self) -> None:
        self._last: list[str] = []
        self._memory: dict[int, str] = {}
        self._kept = 0
        self._newest: str | None = None

    def follow(self, name: str, argument: Any) -> str | None:
        """Go one step; an import is answered by its name."""
        if name in ("GLOBAL", "INST"):
            self._newest = None
            return str(argument).replace(" ", ".", 1)
        if name == "STACK_GLOBAL":
            self._newest = None
            return ".".join(["?", "?", *self._last][-2:])
        if name in _TEXTS:
            self._push(str(argument))
        elif name in _KEEPS:
            self._keep(self._kept if name == "MEMOIZE" else int(argument))
        elif name in _BRINGS and int(argument) in self._memory:
            self._push(self._memory[int(argument)])
        else:
            self._newest = None
        return None

    def _push(self, text: str) -> None:
        self._newest = text[:_LONGEST]
        self._last = [*self._last[-1:], self._newest]

    def _keep(self, at: int) -> None:
        self._kept += 1
        if self._newest is not None:
            self._memory[at] = self._newest
