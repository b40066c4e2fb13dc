"""Who stays in memory, when models grow and when others come."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from jupyter_crispdm.serving.inference.workers.residence import Residence
from jupyter_crispdm.serving.inference.workers.usage import Usage
from jupyter_crispdm.serving.types import DeploymentState

from .test_repository import spec


class Pool:
    """A pool that is ready, and at rest unless a test says so."""

    def __init__(self) -> None:
        self.ready, self.idle_since, self.pids = True, cast("float | None", 0.0), [1]


class Place:
    """A deployment; what is done to it is noted."""

    def __init__(self, name: str, used: float, **more: Any) -> None:
        self.spec, self.pool, self.used = spec(name, **more), Pool(), used
        self.coming, self.is_resting, self.state = None, False, ""

    def rest(self, state: DeploymentState, reason: str) -> None:
        self.is_resting, self.state = True, state.value


def residence(most: int | None, *places: Place, **takes: int) -> Residence:
    made = Residence(lambda: cast(Any, places), most)
    usage = {f"{name}-1": Usage(0.0, size) for name, size in takes.items()}
    made._meter.measure = lambda pids: usage  # type: ignore[method-assign]
    made.usage = usage
    return made


async def test_those_that_grew_too_large_together_give_way_by_their_last_use() -> None:
    a, b, c = Place("a", 1.0), Place("b", 3.0), Place("c", 2.0)
    assert await residence(100, a, b, c, a=60, b=60, c=10).look()
    assert [place.is_resting for place in (a, b, c)] == [True, False, False]


async def test_the_last_one_stays_however_large_it_is() -> None:
    a = Place("a", 1.0)
    assert not await residence(100, a, a=500).look()
    assert not a.is_resting


async def test_without_a_bound_nobody_gives_way() -> None:
    a, b = Place("a", 1.0), Place("b", 2.0)
    made = residence(None, a, b, a=500, b=500)
    assert not await made.look()
    assert made.admit(cast(Any, Place("c", 3.0, memory_bytes=10**12))) == ""


@pytest.mark.parametrize("why", ["busy", "coming", "starting"])
def test_one_that_is_in_use_or_about_to_come_does_not_give_way(why: str) -> None:
    a = Place("a", 1.0)
    if why == "busy":
        a.pool.idle_since = None
    elif why == "coming":
        a.coming = cast(Any, Pool())
    else:
        a.pool.ready = False
    said = residence(100 << 20, a, a=60 << 20).admit(cast(Any, Place("b", 2.0, memory_bytes=50 << 20)))
    assert said.startswith("It needs about 50 MiB of memory, and the models in use leave 40 of 100 MiB")
    assert not a.is_resting


def test_a_new_one_is_expected_to_take_what_it_took_or_its_file(tmp_path: Path) -> None:
    file = tmp_path / "model.pt"
    file.write_bytes(bytes(50))
    made = residence(100, Place("a", 1.0), a=60)
    made._places = lambda: cast(Any, [])
    assert made._need(cast(Any, Place("b", 0.0, path=str(file), workers=2))) == 100
    made._last["b-1"] = 70
    assert made._need(cast(Any, Place("b", 0.0, path=str(file)))) == 70
    assert made._need(cast(Any, Place("b", 0.0, path=str(file), memory_bytes=9))) == 9
    assert made._need(cast(Any, Place("c", 0.0, path="/gone"))) == 0
