"""The first rows of tables that are text: which sign separates, whether the first row says what the columns are."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

COLUMNS = 200
SEPARATORS = ",;\t|"
_TRIED = 20
_LONGEST = 500
_MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))


class Rows(NamedTuple):
    """What was read: the columns with their types, the rows, the separator, and whether there is more."""

    columns: list[tuple[str, str]]
    rows: list[list[Any]]
    separator: str
    encoding: str
    more: bool


def first_rows(head: bytes, most: int, *, is_whole: bool) -> Rows:
    """The first rows of a table. `head` is its beginning, `is_whole` says that nothing follows."""
    text, encoding = decoded(head)
    separator = separator_of(text)
    rows = list(islice(_read(text, separator), most + 2))
    if not is_whole and len(rows) < most + 2:
        rows = rows[:-1]  # cut in its middle
    has_names = bool(rows) and not any(_is_number(cell) for cell in rows[0]) and any(rows[0])
    names, body = (rows[0], rows[1:]) if has_names else ([], rows)
    more = not is_whole or len(body) > most
    width = min(max((len(row) for row in rows), default=0), COLUMNS)
    shown = [[_cell(row[at]) if at < len(row) else None for at in range(width)] for row in body[:most]]
    columns = [(_name(names, at), _type([row[at] for row in shown])) for at in range(width)]
    return Rows(columns, shown, separator, encoding, more)


def decoded(head: bytes) -> tuple[str, str]:
    """The text of a beginning of a file, and in which encoding; a letter that is cut at its end is left out."""
    encoding = next((name for mark, name in _MARKS if head.startswith(mark)), "utf-8")
    if encoding != "utf-8":
        return head.decode(encoding, "replace").rstrip("\ufffd"), encoding
    try:
        return head.decode(), encoding
    except UnicodeDecodeError as error:
        if len(head) - error.start < 4:
            return head[: error.start].decode(), encoding
    return head.decode("cp1252", "replace"), "cp1252"


def separator_of(text: str) -> str:
    """The sign that most evenly separates the first lines.

    Examples
    --------
    >>> separator_of("a;b\\n1,5;2\\n")
    ';'
    """

    def evenness(separator: str) -> tuple[float, int]:
        widths = [len(row) for row in islice(_read(text, separator), _TRIED)]
        usual = max(set(widths), key=lambda width: (widths.count(width), width), default=0)
        return (widths.count(usual) / len(widths) if usual > 1 else 0.0, usual)

    return max(SEPARATORS, key=evenness)


def _read(text: str, separator: str) -> Iterator[list[str]]:
    try:
        yield from (row for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) if row)
    except csv.Error:  # a field beyond the limit, a lone carriage return: what came before is shown
        return


def _name(names: list[str], at: int) -> str:
    name = names[at].strip() if at < len(names) else ""
    return name[:_LONGEST] or f"column {at + 1}"


def _type(cells: list[Any]) -> str:
    given = [cell for cell in cells if cell]
    return "number" if given and all(_is_number(cell) for cell in given) else "text"


def _cell(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text)) or text.strip().lower().lstrip("+-") in ("nan", "inf")
    except ValueError:
        return False
