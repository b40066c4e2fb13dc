"""A run, the folder its program works in, and logs that a small reader reads."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jupyter_crispdm.tracking.gathering.finding import Claims
from jupyter_crispdm.tracking.gathering.gatherer import Gatherer, LogRules
from jupyter_crispdm.tracking.points import Point
from jupyter_crispdm.tracking.sources import RECORD

Rows = list[tuple[str, int, float]]


class WordReader:
    """Takes lines `name value`; a number of lines is what it remembers."""

    def __init__(self, before: str = "") -> None:
        self._rest = b""
        self._before = before
        self.lines = 0

    def feed(self, data: bytes, time: float) -> Iterator[Point]:
        """The points of the whole lines."""
        *whole, self._rest = (self._rest + data).split(b"\n")
        return iter([point for line in whole for point in self._line(line)])

    def finish(self, time: float) -> Iterator[Point]:
        """The point of the last one."""
        line, self._rest = self._rest, b""
        return iter(self._line(line))

    def state(self) -> bytes:
        """The rest, and how many lines there were."""
        return json.dumps([self._rest.decode(), self.lines]).encode()

    def restore(self, state: bytes) -> None:
        """Go on. Raises ValueError."""
        rest, self.lines = json.loads(state)
        self._rest = rest.encode()

    def _line(self, line: bytes) -> list[Point]:
        self.lines += bool(line)
        parts = line.split()
        return [Point(self._before + parts[0].decode(), None, float(parts[1]))] if len(parts) == 2 else []


class World:
    """One run and what its program does."""

    def __init__(self, root: Path) -> None:
        self.run = root / "jobs" / "one"
        self.folder = root / "workdir"
        self.claims = Claims()
        self.opened: set[str] = set()
        self.run.mkdir(parents=True)
        self.folder.mkdir()

    def gatherer(self, **options: Any) -> Gatherer:
        """Another gatherer, as after a restart of the server."""
        options = {"folder": self.folder, "started": 0.0, "rules": LogRules(WordReader), **options}
        return Gatherer(self.run, claims=self.claims, opened=lambda: self.opened, **options)

    def print(self, text: str) -> None:
        """Write to the log."""
        with open(self.run / "output.log", "a") as file:
            file.write(text)

    def write(self, name: str, content: str | bytes, *, anew: bool = False) -> Path:
        """Write to a file in the folder that the program works in."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "wb" if anew else "ab") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        return path

    def rows(self, kind: str = "") -> Rows:
        """All that was gathered, of one kind or of all: name, step, value."""
        found: Rows = []
        for path in sorted((self.run / "gathered").glob(f"{kind}*.bin"), key=lambda file: file.stem):
            names = [json.loads(line) for line in path.with_suffix(".names").read_text().splitlines()]
            records = np.fromfile(path, RECORD)
            found += [(names[row["name"]], int(row["step"]), float(row["value"])) for row in records]
        return found


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A run that has said nothing yet."""
    return World(tmp_path)


@pytest.fixture
def all_of() -> Callable[..., None]:
    """Gather until nothing is left."""

    def gather(gatherer: Gatherer, *, over: bool = False) -> None:
        while gatherer.gather(over=over):
            pass

    return gather
