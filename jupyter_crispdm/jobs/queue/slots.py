"""What running jobs hold of the machine, and what is free: places, CPUs, memory, GPUs.

Slots are promises, not walls: a job that says it needs two CPUs may start four threads. GPUs are shown to a job by
``CUDA_VISIBLE_DEVICES``, and its memory is limited where the system allows.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

PLACES, CPUS, MEMORY, GPUS = "places", "cpus", "memory", "gpus"


@dataclass(frozen=True)
class Capacity:
    """How much there is for jobs at the same time. None: it is not counted here (a cluster does, say).

    `devices` are the GPUs as CUDA names them. With `strict_gpus` a job that asks for none sees none.
    """

    places: int
    cpus: int | None = None
    memory: int | None = None
    devices: tuple[str, ...] | None = None
    strict_gpus: bool = False


@dataclass(frozen=True)
class Need:
    """How much one job asks for; of memory only if it says so. A service takes no place."""

    cpus: int = 1
    gpus: int = 0
    memory: int = 0
    places: int = 1

    @property
    def uses(self) -> frozenset[str]:
        """The resources it takes anything of."""
        return frozenset(name for name in (CPUS, GPUS, MEMORY) if getattr(self, name))

    @property
    def is_nothing(self) -> bool:
        """Whether it may start however much others hold."""
        return not self.places and not self.uses


NOTHING = Need(cpus=0, places=0)
"""What a service asks for."""


@dataclass(frozen=True)
class Excess:
    """Something of which a job asks for more than there is."""

    field: str
    most: int


@dataclass(frozen=True)
class _Holding:
    owner: str
    need: Need
    devices: tuple[str, ...]


class Slots:
    """Who holds what.

    Examples
    --------
    >>> slots = Slots(Capacity(places=2, cpus=4, devices=("0", "1")))
    >>> slots.take("a", "ada", Need(cpus=3, gpus=1))
    ('0',)
    >>> slots.lacking(Need(cpus=2, gpus=2))
    ['cpus', 'gpus']
    """

    def __init__(self, capacity: Capacity) -> None:
        self.capacity = capacity
        self._most = {
            PLACES: capacity.places,
            CPUS: capacity.cpus,
            MEMORY: capacity.memory,
            GPUS: None if capacity.devices is None else len(capacity.devices),
        }
        self._holdings: dict[str, _Holding] = {}
        self._owners: Counter[str] = Counter()
        self._used: Counter[str] = Counter()

    def __contains__(self, id: str) -> bool:
        return id in self._holdings

    def running(self, owner: str) -> int:
        """How many jobs of an owner hold slots."""
        return self._owners[owner]

    def excess(self, need: Need) -> Excess | None:
        """The first resource of which there is never enough, or None."""
        for name in (CPUS, GPUS, MEMORY):
            most = self._most[name]
            if most is not None and getattr(need, name) > most:
                return Excess(name, most)
        return None

    def lacking(self, need: Need) -> list[str]:
        """The resources of which too little is free now."""
        lacks = [PLACES] if self.free(PLACES) < need.places else []
        return lacks + [name for name in (CPUS, GPUS, MEMORY) if 0 < getattr(need, name) > self.free(name)]

    def free(self, name: str) -> float:
        """How much of a resource is free; less than nothing after a setting was lowered."""
        most = self._most[name]
        return float("inf") if most is None else most - self._used[name]

    def take(self, id: str, owner: str, need: Need) -> tuple[str, ...]:
        """Hold what a job needs; answers its GPUs. It must not lack anything."""
        taken = {device for holding in self._holdings.values() for device in holding.devices}
        free = [device for device in self.capacity.devices or () if device not in taken]
        devices = tuple(free[: need.gpus])
        self.hold(id, owner, need, devices)
        return devices

    def hold(self, id: str, owner: str, need: Need, devices: tuple[str, ...]) -> None:
        """Note what a job holds that runs already."""
        self.release(id)
        self._holdings[id] = _Holding(owner, need, devices)
        self._count(self._holdings[id], 1)

    def release(self, id: str) -> None:
        """Give back what a job held, if it did."""
        holding = self._holdings.pop(id, None)
        if holding is not None:
            self._count(holding, -1)

    def _count(self, holding: _Holding, sign: int) -> None:
        self._owners[holding.owner] += sign * holding.need.places
        if not self._owners[holding.owner]:
            del self._owners[holding.owner]
        need = holding.need
        amounts = {PLACES: need.places, CPUS: need.cpus, MEMORY: need.memory, GPUS: len(holding.devices)}
        for name, amount in amounts.items():
            self._used[name] += sign * amount
