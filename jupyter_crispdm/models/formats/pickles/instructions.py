"""The instructions of a pickle and what belongs to each.

`pickletools` knows them, but its reader takes a line of any length into memory, and warns on standard error, once for
the whole process, of escapes that Python's own literals would not have: both at the wish of whoever wrote the file.
"""

from __future__ import annotations

import pickletools
import re
from collections.abc import Iterator
from typing import IO, Any

_LONGEST_LINE = 1 << 16
_OPCODES = {opcode.code: opcode for opcode in pickletools.opcodes}
_ESCAPES = {
    b"a": b"\a", b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v", b"\\": b"\\",
    b"'": b"'", b'"': b'"',
}  # fmt: skip
_ESCAPE = re.compile(rb"\\(?:x([0-9a-fA-F]{2})|([0-3]?[0-7]{1,2})|(.))", re.DOTALL)


def instructions(stream: IO[bytes]) -> Iterator[pickletools.OpcodeInfo]:
    """The instructions up to STOP; whoever takes one reads its `argument`. Raises ValueError for an unknown one."""
    name = ""
    while name != "STOP":
        opcode = _OPCODES.get(stream.read(1).decode("latin-1"))
        if opcode is None:
            raise ValueError("the pickle is cut short, or holds an unknown instruction")
        name = opcode.name
        yield opcode


def argument(opcode: pickletools.OpcodeInfo, stream: IO[bytes]) -> Any:
    """What belongs to an instruction; a name is "module name". Raises ValueError where it is cut short or too long."""
    if opcode.name in ("GLOBAL", "INST"):
        return f"{_text(_line(stream))} {_text(_line(stream))}"
    if opcode.name == "PERSID":
        return _text(_line(stream))
    if opcode.name == "STRING":
        return _text(_ESCAPE.sub(_unescaped, _unquoted(_line(stream))))
    return opcode.arg.reader(stream) if opcode.arg else None


def _line(stream: IO[bytes]) -> bytes:
    line = stream.readline(_LONGEST_LINE)
    if not line.endswith(b"\n"):
        raise ValueError("a line without an end")
    return line[:-1]


def _text(line: bytes) -> str:
    return line.decode("ascii", "backslashreplace")


def _unquoted(line: bytes) -> bytes:
    if len(line) < 2 or line[:1] not in (b"'", b'"') or line[:1] != line[-1:]:
        raise ValueError("a text without its quotes")
    return line[1:-1]


def _unescaped(found: re.Match[bytes]) -> bytes:
    """One escape of a text; what is none stands for itself."""
    hexadecimal, octal, other = found.groups()
    if hexadecimal:
        return bytes([int(hexadecimal, 16)])
    return bytes([int(octal, 8)]) if octal else _ESCAPES.get(other, found[0])
