"""What commands print: tables for people, JSON for programs, one line for an error."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

WIDE = 1000
"""Columns when the output is no terminal: nothing is cut there."""


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], empty: str) -> None:
    """Print rows under their headings, cut to the terminal's width; `empty` says so when there are none."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    grid = Table(*columns, box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    for row in rows:
        grid.add_row(*(Text(printable(cell), overflow="ellipsis", no_wrap=True) for cell in row))
    if not grid.row_count:
        print(empty)
        return
    Console(width=None if sys.stdout.isatty() else WIDE, highlight=False, soft_wrap=False).print(grid)


def json(value: object) -> None:
    """Print an answer as the API gives it."""
    print(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def complain(message: str) -> None:
    """Print one line on stderr."""
    print(f"jupyter crispdm: {printable(message)}", file=sys.stderr)


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
    """A length of time with two units at most."""
    seconds = max(0, int(time.total_seconds()))
    days, hours, minutes = seconds // 86_400, seconds // 3600 % 24, seconds // 60 % 60
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {seconds % 60} s" if minutes else f"{seconds} s"


def size(count: int) -> str:
    """A number of bytes as people read it."""
    amount = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} TB"
