"""Nobody waits behind the flood of another."""

from __future__ import annotations

import asyncio

import pytest

from jupyter_crispdm.auth.types import Role
from jupyter_crispdm.base.errors import TooManyRequests
from jupyter_crispdm.files.folders import Person
from jupyter_crispdm.files.turns import Turns
from tests.support import eventually, soon

ANNA, BEN = Person("anna", Role.VIEWER), Person("ben", Role.VIEWER)


class Work:
    """Work that goes on until it may end."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self.at_work: list[str] = []
        self.done: list[str] = []
        self.end = asyncio.Event()

    async def run(self, person: Person) -> None:
        async with self._turns.of(person):
            self.at_work.append(person.name)
            await self.end.wait()
            self.at_work.remove(person.name)
            self.done.append(person.name)


@pytest.mark.proves("files.turns")
async def test_one_person_has_fewer_turns_than_there_are() -> None:
    work = Work(Turns("tests", together=3, each=2, waiting=10))
    tasks = [asyncio.ensure_future(work.run(ANNA)) for _ in range(6)]
    await eventually(lambda: work.at_work == ["anna", "anna"])
    tasks.append(asyncio.ensure_future(work.run(BEN)))
    await eventually(lambda: work.at_work == ["anna", "anna", "ben"])
    work.end.set()
    await soon(asyncio.gather(*tasks))
    assert work.done.count("anna") == 6


@pytest.mark.proves("files.turns")
async def test_who_has_too_much_going_on_is_told_and_others_are_not() -> None:
    work = Work(Turns("tests", together=1, each=1, waiting=2))
    tasks = [asyncio.ensure_future(work.run(ANNA)) for _ in range(3)]
    await eventually(lambda: bool(work.at_work))
    with pytest.raises(TooManyRequests) as refused:
        await work.run(ANNA)
    assert refused.value.details["retry_after"] > 0
    tasks.append(asyncio.ensure_future(work.run(BEN)))
    work.end.set()
    await soon(asyncio.gather(*tasks))
    await soon(work.run(ANNA))


async def test_who_gives_up_waiting_leaves_no_trace() -> None:
    work = Work(Turns("tests", together=1, each=1, waiting=1))
    first = asyncio.ensure_future(work.run(ANNA))
    await eventually(lambda: bool(work.at_work))
    waiting = asyncio.ensure_future(work.run(ANNA))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    work.end.set()
    await soon(first)
    await soon(work.run(ANNA))


async def test_work_that_fails_gives_its_turn_back() -> None:
    turns = Turns("tests", together=1, each=1, waiting=0)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            async with turns.of(ANNA):
                raise ZeroDivisionError
