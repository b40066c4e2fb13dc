"""What commands print: tables for people, JSON for programs, one line for an error."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from jupyter_crispdm.base.parsing.durations import brief_duration


class UsageError(Exception):
    """What was asked for cannot be meant; the text says what would be right."""


WIDE = 1000
"""Columns when the output is no terminal: nothing is cut there."""
_BETWEEN = 3
"""Columns that rich leaves between two of a table."""


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], empty: str, spare: Sequence[str] = ()) -> None:
    """Print rows under their headings; `empty` says so when there are none.

    Where a terminal is too narrow, the columns in `spare` are left out one by one, then what is left is cut; the
    first column, by which one names a thing, is always whole.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    cells = [[printable(cell) for cell in row] for row in rows]
    if not cells:
        print(empty)
        return
    console = Console(width=None if sys.stdout.isatty() else WIDE, highlight=False, soft_wrap=False)
    kept = fitting(columns, cells, console.width, spare)
    grid = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    for at in kept:
        widest = max(len(columns[at]), *(len(row[at]) for row in cells))
        grid.add_column(columns[at], min_width=widest if at == 0 else min(widest, len(columns[at])), no_wrap=True)
    for row in cells:
        grid.add_row(*(Text(row[at], overflow="ellipsis", no_wrap=True) for at in kept))
    console.print(grid)


def fitting(columns: Sequence[str], rows: Sequence[Sequence[str]], width: int, spare: Sequence[str]) -> list[int]:
    """The columns that are shown where there is so much room."""
    widths = [max(map(len, column)) + _BETWEEN for column in zip(columns, *rows, strict=True)]
    kept = list(range(len(columns)))
    for name in spare:
        if sum(widths[at] for at in kept) - _BETWEEN <= width:
            break
        kept.remove(columns.index(name))
    return kept


def json(value: object) -> None:
    """Print an answer as the API gives it."""
    print(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def complain(message: str) -> None:
    """Print one line on stderr."""
    print(f"jupyter crispdm: {printable(message)}", file=sys.stderr)


def remark(message: str) -> None:
    """Print a line about a job on stderr, away from what it prints itself."""
    print(f"[crispdm] {printable(message)}", file=sys.stderr, flush=True)


def stream(text: str) -> None:
    """Print a piece of a log at once, as it is."""
    sys.stdout.write(text)
    sys.stdout.flush()


def printable(value: object) -> str:
    """A value as one line of text that cannot move the cursor or change the terminal."""
    text = "" if value is None else str(value)
    return "".join(letter if letter.isprintable() else " " for letter in text).strip()


def moment(time: datetime | None) -> str:
    """A time as the people here write it."""
    return "" if time is None else f"{time.astimezone():%Y-%m-%d %H:%M:%S}"


def duration(time: timedelta) -> str:
    """A length of time with two units at most, as one types it."""
    return brief_duration(time.total_seconds())


def size(count: int) -> str:
    """A number of bytes as people read it."""
    amount = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} TB"
