"""Who stays in memory: those that nobody asks rest, and all together take no more than they may."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from jupyter_crispdm.serving.types import DeploymentState

from .place import Place
from .usage import Meter, Resident, Usage, make_room

_RESTS = "It rests: nobody asked it for {:g} s. The next request wakes it."
_GAVE_WAY = "It gave way to another model in memory. The next request wakes it."
_FULL = "It needs about {} MiB of memory, and the models in use leave {} of {} MiB. Try again, or undeploy one."
_MIB = 1 << 20


class Residence:
    """The memory that all models have together; `most` in bytes, None for as much as there is."""

    def __init__(self, places: Callable[[], Iterable[Place]], most: int | None) -> None:
        self._places, self._most = places, most
        self._meter = Meter()
        self._last: dict[str, int] = {}
        self.usage: dict[str, Usage] = {}

    async def look(self) -> bool:
        """Measure, and put to rest what is too much; whether any was."""
        pids = {place.spec.id: place.pool.pids for place in self._places()}
        self.usage = await asyncio.to_thread(self._meter.measure, pids)
        self._last.update({id: usage.memory_bytes for id, usage in self.usage.items()})
        return self._rest_unasked() | self._rest_beyond()

    def admit(self, place: Place) -> str:
        """Make room for a deployment that is about to start; in words why there is none, else "".

        Others that nobody uses just now are put to rest for it.
        """
        if self._most is None:
            return ""
        others = [self._resident(other) for other in self._places() if other is not place and not other.is_resting]
        need = self._need(place)
        resting = make_room(others, need, self._most)
        if resting is None:
            left = self._most - sum(one.memory_bytes for one in others if not one.is_free)
            return _FULL.format(-(-need // _MIB), max(0, left) // _MIB, self._most // _MIB)
        self._rest(resting)
        return ""

    def _rest_unasked(self) -> bool:
        now, found = asyncio.get_running_loop().time(), False
        for place in self._places():
            seconds = place.spec.idle_seconds
            if seconds is not None and _is_free(place) and now - _used(place) >= seconds:
                place.rest(DeploymentState.idle, _RESTS.format(seconds))
                found = True
        return found

    def _rest_beyond(self) -> bool:
        """Those that grew beyond what all may take: who was used longest ago rests, the last one stays."""
        if self._most is None:
            return False
        residents = [self._resident(place) for place in self._places() if not place.is_resting]
        newest = max((one.used for one in residents), default=0.0)
        resting = make_room([one for one in residents if one.used < newest], self._taken(residents, newest), self._most)
        self._rest(resting or [])
        return bool(resting)

    def _taken(self, residents: Iterable[Resident], newest: float) -> int:
        return sum(one.memory_bytes for one in residents if one.used >= newest)

    def _rest(self, ids: list[str]) -> None:
        for place in self._places():
            if place.spec.id in ids:
                place.rest(DeploymentState.idle, _GAVE_WAY)

    def _resident(self, place: Place) -> Resident:
        return Resident(place.spec.id, self._need(place), _used(place), _is_free(place))

    def _need(self, place: Place) -> int:
        """What it takes, or took last, or is expected to take; of a new one at least its file."""
        spec = place.spec
        measured = self.usage.get(spec.id)
        if measured is not None and measured.memory_bytes:
            return measured.memory_bytes
        if spec.memory_bytes is not None:
            return spec.memory_bytes
        with suppress(OSError):
            return self._last.get(spec.id) or spec.workers * Path(spec.path).stat().st_size
        return 0


def _is_free(place: Place) -> bool:
    """Whether nobody uses it just now, and it is not about to come."""
    return place.pool.ready and place.coming is None and place.pool.idle_since is not None


def _used(place: Place) -> float:
    return max(place.used, place.pool.idle_since or 0.0)
