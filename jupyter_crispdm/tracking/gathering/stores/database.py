"""Tables of an SQLite database and their rows, from any row on: as few pages as that takes."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from .pages import Pages
from .records import Damaged, Value, number, row

_INNER, _LEAF = 5, 13
_DEEPEST = 20
_MOST_TABLES = 1000
_MOST_PAGES = 10_000
_HEAD_BYTES = 100
_NAME = re.compile(r"\s*[\"'`\[]?(\w+)")


class Table(NamedTuple):
    """Where a table begins, and the names of its columns, in the order in which rows have them."""

    root: int
    columns: list[str]


class Database:
    """What the pages hold. Every method raises Damaged and OSError."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    def tables(self, *names: str) -> dict[str, Table]:
        """Those of some tables that there are, by their names."""
        found: dict[str, Table] = {}
        for _, values in islice(self.rows(1, 0), _MOST_TABLES):
            match values:
                case ["table", str(name), _, int(root), str(text), *_] if name in names:
                    found[name] = Table(root, columns_of(text))
        return found

    def rows(self, root: int, after: int) -> Iterator[tuple[int, list[Value]]]:
        """The rows of a table whose numbers are greater, in their order."""
        last = -(1 << 63)
        for data, places in self._leaves(root, after):
            for place in places:
                size, at = number(data, place)
                key, at = number(data, at)
                if key <= last:  # the pages lead round in a circle, or to another table
                    raise Damaged("its rows are not in order")
                last = key
                if key > after:
                    yield key, row(data[at : at + self._local(size)])

    def last(self, root: int) -> int:
        """The number of the last row of a table; 0 where it has none."""
        for _ in range(_DEEPEST):
            data, head = self._page(root)
            kind, count = data[head], struct.unpack_from(">H", data, head + 3)[0]
            if kind == _INNER:
                root = struct.unpack_from(">I", data, head + 8)[0]
                continue
            if not count:
                return 0
            _, at = number(data, _places(data, head, kind)[-1])
            return number(data, at)[0]
        raise Damaged("it is too deep")

    def _leaves(self, root: int, after: int) -> Iterator[tuple[bytes, tuple[int, ...]]]:
        """The pages that hold rows, in their order; those before `after` are left out."""
        waiting, met = [root], 0
        while waiting:
            data, head = self._page(waiting.pop())
            places = _places(data, head, data[head])
            if data[head] == _LEAF:
                yield data, places
                continue
            wanted = [place for place in places if number(data, place + 4)[0] > after]
            inner = [struct.unpack_from(">I", data, place)[0] for place in wanted]
            waiting += [struct.unpack_from(">I", data, head + 8)[0], *reversed(inner)]
            met += 1
            if met > _MOST_PAGES:
                raise Damaged("it has too many pages")

    def _page(self, root: int) -> tuple[bytes, int]:
        return self._pages.page(root), _HEAD_BYTES if root == 1 else 0

    def _local(self, size: int) -> int:
        """How much of a row stands in its page, where it is too long for one."""
        usable = self._pages.header.usable
        if size <= usable - 35:
            return size
        least = (usable - 12) * 32 // 255 - 23
        kept = least + (size - least) % (usable - 4)
        return kept if kept <= usable - 35 else least


def _places(data: bytes, head: int, kind: int) -> tuple[int, ...]:
    """Where the cells of a page begin."""
    if kind not in (_INNER, _LEAF):
        raise Damaged("it is no page of a table")
    count = struct.unpack_from(">H", data, head + 3)[0]
    first = head + (12 if kind == _INNER else 8)
    if first + 2 * count > len(data):
        raise Damaged("it has too many cells")
    places: tuple[int, ...] = struct.unpack_from(f">{count}H", data, first)
    return places


def columns_of(text: str) -> list[str]:
    """The names of the columns in the text that made a table; what is said of the table itself is none."""
    begin = text.find("(")
    parts, depth, start = [], 0, begin + 1
    for place in range(begin, len(text)):
        sign = text[place]
        depth += (sign == "(") - (sign == ")")
        if (sign == "," and depth == 1) or (sign == ")" and depth == 0):
            parts.append(text[start:place])
            start = place + 1
            if depth == 0:
                break
    names = [match[1] for part in parts if (match := _NAME.match(part))]
    return [name for name in names if name.upper() not in ("CONSTRAINT", "PRIMARY", "FOREIGN", "UNIQUE", "CHECK")]
