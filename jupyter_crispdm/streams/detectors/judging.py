"""All detectors of a stream, one after the other: a later one sees what an earlier one wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ..batch import TIME, Column, Numbers
from ..types import Detector as DetectorSpec
from .making import make, names
from .port import Detector


class Judged(NamedTuple):
    """The columns with the scores among them, and what each detector found, by its name."""

    columns: dict[str, Column]
    found: dict[str, Numbers]


class Judges:
    """The detectors; those of a new specification that were there before go on with what they know."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._all: list[tuple[DetectorSpec, str, Detector]] = []

    @property
    def trouble(self) -> str:
        """Why one of them cannot judge just now; empty while all can."""
        return next((detector.trouble for _, _, detector in self._all if detector.trouble), "")

    async def use(self, specs: Sequence[DetectorSpec]) -> list[Detector]:
        """From now on these detectors; those of them that are new."""
        before, self._all = self._all, []
        fresh = []
        for name, spec in zip(names(list(specs)), specs, strict=True):
            kept = next((one for one in before if one[0] == spec), None)
            if kept is not None:
                before.remove(kept)
            detector = kept[2] if kept else make(spec, self._environ)
            self._all.append((spec, name, detector))
            if kept is None:
                fresh.append(detector)
        for _, _, detector in before:
            await detector.close()
        return fresh

    async def judge(self, columns: Mapping[str, Column]) -> Judged:
        """Look at some rows, and write scores into the columns that the specification names."""
        judged = Judged(dict(columns), {})
        for spec, name, detector in self._all:
            verdict = await detector.judge(judged.columns)
            judged.found[name] = verdict.found
            if spec.writes and spec.writes != TIME:
                judged.columns[spec.writes] = verdict.score
        return judged

    async def close(self) -> None:
        """Let go of everything."""
        await self.use([])
