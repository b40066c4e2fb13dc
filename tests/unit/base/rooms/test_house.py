"""Rooms are made and started upwards, and closed downwards, also where one of them fails."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from traitlets import HasTraits, Int

from jupyter_crispdm.base.clock import SystemClock
from jupyter_crispdm.base.errors import SetupError
from jupyter_crispdm.base.live.hub import Hub
from jupyter_crispdm.base.readiness import Readiness
from jupyter_crispdm.base.rooms.context import Context
from jupyter_crispdm.base.rooms.house import House, RoomFailed
from jupyter_crispdm.base.rooms.room import Room


class CellarSettings(HasTraits):
    depth = Int(3)


class Cellar(Room):
    """Notes what happens to it; `failing` is the step that fails."""

    settings = CellarSettings
    told: list[str] = []
    failing = ""

    def __init__(self, context: Context) -> None:
        self.step("made")

    def step(self, what: str) -> None:
        self.told.append(f"{type(self).__name__} {what}")
        if what == type(self).failing:
            raise OSError("it is flooded")

    def handlers(self) -> list[tuple[Any, ...]]:
        return [(type(self).__name__,)]

    async def prepare(self) -> None:
        self.step("prepared")

    async def start(self) -> None:
        self.step("started")

    async def tidy(self) -> None:
        self.step("tidied")

    async def close(self) -> None:
        self.step("closed")


class Attic(Cellar):
    settings = None  # type: ignore[assignment]
    told = []


class Asking(Attic):
    def __init__(self, context: Context) -> None:
        self.below = context.room(Cellar)
        self.depth = context.settings(CellarSettings).depth


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    told: list[str] = []
    for kind in (Cellar, Attic):
        monkeypatch.setattr(kind, "told", told)
    return told


def context(*kinds: type[Room]) -> Context:
    nobody: Any = None
    return Context(
        server=nobody, app=CellarSettings(depth=5), kinds=kinds, database=nobody, hub=Hub(), clock=SystemClock(),
        watcher=nobody, readiness=Readiness(), data_dir=Path(), root_dir=Path(),
    )  # fmt: skip


def made(*kinds: type[Room]) -> House:
    house = House(kinds)
    house.make(context(*kinds))
    return house


async def test_upwards_step_by_step_and_downwards_at_the_end(told: list[str]) -> None:
    house = made(Cellar, Attic)
    await house.start()
    await house.close()
    steps = ["made", "prepared", "started", "tidied"]
    upwards = [f"{room} {step}" for step in steps for room in ("Cellar", "Attic")]
    assert told == [*upwards, "Attic closed", "Cellar closed"]


@pytest.mark.parametrize("step", ["prepared", "started", "tidied"])
async def test_when_one_does_not_start_all_are_closed_and_it_is_named(
    step: str, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Cellar, "failing", step)
    monkeypatch.setattr(Attic, "failing", "")
    house = made(Cellar, Attic)
    with pytest.raises(RoomFailed, match=r"The room 'rooms' did not start: it is flooded") as failure:
        await house.start()
    assert isinstance(failure.value.__cause__, OSError)
    assert told[-2:] == ["Attic closed", "Cellar closed"]
    told.clear()
    await house.close()
    assert told == [], "nothing is closed twice"


async def test_one_that_does_not_close_keeps_no_other_open(
    told: list[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    house = made(Cellar, Attic)
    monkeypatch.setattr(Attic, "failing", "closed")
    await house.close()
    assert told[-1] == "Cellar closed"
    assert "did not close as it should" in caplog.text


def test_one_that_cannot_be_made_is_named_and_those_below_are_kept_to_be_closed(
    told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Attic, "failing", "made")
    house = House((Cellar, Attic))
    with pytest.raises(RoomFailed, match="could not be made: it is flooded"):
        house.make(context(Cellar, Attic))
    assert house.handlers() == [("Cellar",)]


def test_what_the_settings_forbid_is_told_as_the_room_says_it() -> None:
    class Strict(Room):
        def __init__(self, context: Context) -> None:
            raise SetupError("Set 'depth' to 4.")

    with pytest.raises(SetupError, match="Set 'depth' to 4"):
        made(Strict)


def test_rooms_below_and_settings_are_asked_for_by_type() -> None:
    kinds = (Cellar, Asking)
    house, given = House(kinds), context(*kinds)
    house.make(given)
    assert given.room(Asking).below is given.room(Cellar)
    assert given.room(Asking).depth == 5


def test_a_room_above_cannot_be_asked() -> None:
    with pytest.raises(RoomFailed, match="does not stand below; only rooms below may be asked"):
        made(Asking, Cellar)


def test_settings_that_no_room_has_are_an_error() -> None:
    class Strange(HasTraits):
        pass

    with pytest.raises(LookupError, match="Strange is the mixin of no room"):
        context().settings(Strange)


def test_the_lowest_room_is_asked_last() -> None:
    assert made(Cellar, Attic).handlers() == [("Attic",), ("Cellar",)]
