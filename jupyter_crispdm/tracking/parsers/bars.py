"""Progress bars: what of them is drawing, and what is said beside it."""

from __future__ import annotations

import re
from typing import NamedTuple

_DRAWING = re.compile(r"[━╸╺╾╼─█▉▊▋▌▍▎▏░▒▓]{2,}|\[[=>.]{5,}\]|[━╸╺]")
_THIN = re.compile(r": \d{1,3}% [━─╸╺]{4,40} (\d{1,12})/(\d{1,12})(?!\d)")
_COUNT = re.compile(r"(\d{1,12})/(\d{1,12})\Z")
_OPEN_COUNT = re.compile(r"(?:^|[\s:|])(\d{1,12})it \[")
_SPAN = re.compile(r" \[\d{1,12}-\d{1,12}\](?=:)")  # of steps that a mean is of, as numpyro says
_PAIR = re.compile(r"[^\s=:,]{1,64}\s?[=:]\s?[-+\d.ni]")


class Bar(NamedTuple):
    """A bar: what stands before it, how far it is, what is `said` in it, and what was printed behind it.

    `total` None: nobody knows.
    """

    label: str
    done: int
    total: int | None
    said: str
    rest: str

    @property
    def line(self) -> str:
        """The same as a plain line."""
        count = f"step {self.done}" if self.total is None else f"step {self.done}/{self.total}"
        return f"{self.label}: {count} {self.said}" if self.label else f"{count} {self.said}"


def tqdm_bar(text: str) -> Bar | None:
    """What a bar as tqdm draws them says; None for anything else, and for one that counts in bytes."""
    drawn = text.find("%|")
    if drawn < 0:
        return _open_bar(text)
    end = text.find("|", drawn + 2)
    inside = text.find("[", end)
    if end < 0 or inside < 0:
        return None
    label = text[:drawn].rstrip("0123456789 ").rstrip(":").strip()
    close = _close(text, inside)
    between, said, rest = text[end + 1 : inside].strip(), text[inside + 1 : close], text[close + 1 :].strip()
    count = _COUNT.match(between)
    return Bar(label, int(count[1]), int(count[2]), _pairs(said), rest) if count else None


def thin_bar(text: str) -> Bar | None:
    """A bar as Ultralytics draws it: `label: 50% ━━━━── 1/2 2.1it/s`; None for anything else."""
    match = _THIN.search(text)
    if match is None:
        return None
    return Bar(text[: match.start()], int(match[1]), int(match[2]), "", "")


def _open_bar(text: str) -> Bar | None:
    match = _OPEN_COUNT.search(text) if "it [" in text else None
    if match is None or "]" not in text:
        return None
    label = text[: match.start()].rstrip(": ").strip()
    close = _close(text, match.end() - 1)
    return Bar(label, int(match[1]), None, _pairs(text[match.end() : close]), text[close + 1 :].strip())


def _close(text: str, start: int) -> int:
    """Where the bracket at `start` closes; the last one, if others are left open in between."""
    first = text.find("]", start)
    if text.find("[", start + 1, first) < 0 <= first:
        return first
    depth = 0
    for place in range(start, len(text)):
        depth += (text[place] == "[") - (text[place] == "]")
        if not depth:
            return place
    return max(text.rfind("]"), start)


def undrawn(text: str) -> str:
    """A line without the bar that is drawn in it."""
    return " ".join(_DRAWING.sub(" ", text).split())


def _pairs(said: str) -> str:
    """What follows the times and the rate: `loss=0.5, acc=0.7`."""
    pieces = [_SPAN.sub("", piece).strip(" ,") for piece in said.split(", ")[1:]]
    return ", ".join(piece for piece in pieces if _PAIR.search(piece))
