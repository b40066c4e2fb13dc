"""Which part of a file a request asks for, by RFC 9110, section 14. It knows no file and no server."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from ..errors import CrispdmError

_ASKED = re.compile(r"\s*bytes\s*=\s*([0-9]{0,19})\s*-\s*([0-9]{0,19})\s*", re.ASCII | re.IGNORECASE)


class OutsideFile(CrispdmError):
    """The range holds no byte of the file."""

    status = 416


def part(method: str, headers: Mapping[str, str], size: int, tag: str) -> tuple[int, int] | None:
    """The first byte and the one after the last; None for the whole file. Raises OutsideFile.

    Several ranges at once are answered with the whole, as is a range of a file that is another one by now (`If-Range`).
    """
    asked = _ASKED.fullmatch(headers.get("Range", ""))
    if method not in ("GET", "HEAD") or asked is None or not any(asked.groups()):
        return None
    if headers.get("If-Range", tag) != tag:
        return None
    first, last = asked.groups()
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last) + 1, size) if first and last else size
    if start >= end:
        raise OutsideFile("The range lies outside the file.", size=size)
    return start, end


def tag_of(stat: os.stat_result) -> str:
    """What names the state of a file: it is another one when the file is written anew, or grows."""
    return f'"{stat.st_ino:x}-{stat.st_mtime_ns:x}-{stat.st_size:x}"'
