"""A person's own rules: `loss {value} at {step}`. Texts with gaps, found by looking for the texts.

They are no regular expressions: whoever writes one writes a program, and some of them take for ever on one line. A
template is looked for from left to right, and little is tried twice: the time is that of the line's length.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from .numbers import value_of, whole

#: What stands in braces and is no series: where the training is, the name of the series, or anything.
PLACES = ("step", "epoch")
NAME, VALUE, ANYTHING = "name", "value", "*"
MOST_GAPS = 20
_GAP = re.compile(r"\{([^{}]*)\}")
_GAP_NAME = re.compile(r"[^\W\d][\w./@ -]{0,99}\Z")
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[-+]?(?:nan|inf)(?!\w)", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d][\w./@'-]{0,99}")
_MOST_STARTS = 20


class Gap(NamedTuple):
    """What fills a gap: its meaning, and where it stands in the line."""

    meaning: str
    begin: int
    end: int


class Match(NamedTuple):
    """What a template finds in a line: values by name, where the training is, and where all of it stands."""

    values: dict[str, float]
    step: int | None
    epoch: float | None
    gaps: list[Gap]


class Template:
    """A template that was read. Raises ValueError, with what would be right, for one that means nothing."""

    def __init__(self, text: str, name: str = "") -> None:
        parts = _GAP.split(" ".join(text.split()))
        self._texts = parts[::2]
        self._gaps = [gap.strip() for gap in parts[1::2]]
        self._name = name
        self._check(text)

    def match(self, line: str) -> Match | None:
        """What the template finds in a line whose spaces are single ones."""
        start = 0
        for _ in range(_MOST_STARTS):
            begin = line.find(self._texts[0], start)
            if begin < 0:
                return None
            found = self._from(line, begin + len(self._texts[0]))
            if found is not None:
                return found
            start = begin + 1
        return None

    def _check(self, text: str) -> None:
        if "{" in "".join(self._texts) or "}" in "".join(self._texts):
            raise ValueError("a brace is left open")
        if not self._gaps:
            raise ValueError("there is no gap in it, as in 'loss {value}'")
        if len(self._gaps) > MOST_GAPS:
            raise ValueError(f"it has more than {MOST_GAPS} gaps")
        if not any(piece.strip() for piece in self._texts):
            raise ValueError("there is no text in it by which to find it")
        for gap in self._gaps:
            if gap != ANYTHING and not _GAP_NAME.match(gap):
                raise ValueError(
                    f"'{{{gap}}}' is no name; write {{value}}, {{step}}, {{epoch}}, {{name}}, {{*}} or a series"
                )
        if not self._series:
            raise ValueError("no gap is a number, as {value} is")
        if VALUE in self._gaps and not self._name and NAME not in self._gaps:
            raise ValueError("{value} needs a name for its series")
        if any(not middle for middle in self._texts[1:-1]):
            raise ValueError("two gaps need a text between them")

    @property
    def _series(self) -> list[str]:
        return [gap for gap in self._gaps if gap not in (*PLACES, NAME, ANYTHING)]

    def _from(self, line: str, place: int) -> Match | None:
        """Fill the gaps from a place on; each ends where the next text begins."""
        gaps: list[Gap] = []
        for gap, after in zip(self._gaps, self._texts[1:], strict=True):
            end = self._gap_end(line, gap, place, after)
            if end is None:
                return None
            gaps.append(Gap(gap, place, end))
            place = end + len(after)
        return self._read(line, gaps)

    def _gap_end(self, line: str, gap: str, place: int, after: str) -> int | None:
        if gap == ANYTHING:
            end = line.find(after, place) if after else len(line)
            return None if end < 0 else end
        found = (_WORD if gap == NAME else _NUMBER).match(line, place)
        if found is None or not line.startswith(after, found.end()):
            return None
        is_cut = gap != NAME and line[found.end() : found.end() + 1].isalnum() and not after
        return None if is_cut else found.end()

    def _read(self, line: str, gaps: list[Gap]) -> Match | None:
        texts = {gap.meaning: line[gap.begin : gap.end] for gap in gaps}
        name = self._name or texts.get(NAME, "")
        values = {
            (name if gap.meaning == VALUE else gap.meaning): value_of(line[gap.begin : gap.end])
            for gap in gaps
            if gap.meaning not in (*PLACES, NAME, ANYTHING)
        }
        step = whole(texts["step"]) if "step" in texts else None
        epoch = value_of(texts["epoch"]) if "epoch" in texts else None
        return Match(values, step, epoch, gaps)
