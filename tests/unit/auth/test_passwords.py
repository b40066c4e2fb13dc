"""Hashing and the limit on tries."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from functools import partial
from typing import Literal

import pytest
from argon2 import Parameters, PasswordHasher, extract_parameters

from jupyter_crispdm.auth.passwords import Passwords, Priority
from jupyter_crispdm.base.errors import BadRequest, Unavailable
from tests.support import FakeClock, eventually

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def passwords() -> Iterator[Passwords]:
    made = Passwords(CHEAP)
    yield made
    made.close()


async def test_a_hash_matches_its_password_only(passwords: Passwords) -> None:
    stored = await passwords.hash("correct horse")
    assert "correct" not in stored
    assert await passwords.matches(stored, "correct horse")
    assert not await passwords.matches(stored, "correct horsf")
    assert not await passwords.matches(None, "the password of nobody")
    assert not await passwords.matches("rubbish", "correct horse")
    assert not await passwords.matches(stored, "x" * 5000)


@pytest.mark.parametrize("bad", ["", "short", "x" * 1025, "tab\tinside", "null\0byte"])
async def test_unusable_passwords_are_refused(passwords: Passwords, bad: str) -> None:
    with pytest.raises(BadRequest, match="password"):
        await passwords.hash(bad)


class CountingHasher(PasswordHasher):
    """Notes the cost of every hash that it checks."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.costs: list[Parameters] = []

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
        self.costs.append(extract_parameters(str(hash)))
        return super().verify(hash, password)


@pytest.mark.proves("door.unknown-user")
async def test_an_unknown_user_costs_as_much_as_a_wrong_password() -> None:
    hasher = CountingHasher()
    passwords = Passwords(hasher)
    stored = await passwords.hash("correct horse")
    assert not await passwords.matches(stored, "wrong")
    assert not await passwords.matches(None, "wrong")
    passwords.close()
    known, unknown = hasher.costs
    assert known == unknown


class Gate(PasswordHasher):
    """Checks as many as it is opened for, and notes in which order it was asked."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.opened = threading.Semaphore(0)
        self.asked: list[str] = []

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
        self.asked.append(str(password))
        assert self.opened.acquire(timeout=60)
        return super().verify(hash, password)


def is_asked(gate: Gate, times: int) -> bool:
    return len(gate.asked) >= times


@pytest.mark.proves("door.hashing")
async def test_hashing_leaves_the_event_loop_free_and_strangers_wait_for_users() -> None:
    gate = Gate()
    passwords = Passwords(gate)
    stored = await passwords.hash("correct horse")
    flood = [asyncio.ensure_future(passwords.matches(None, f"x{n}", Priority.STRANGER)) for n in range(34)]
    await asyncio.sleep(0)
    assert passwords.is_full(Priority.STRANGER)
    await eventually(partial(is_asked, gate, 2))  # both threads are taken
    with pytest.raises(Unavailable):
        await passwords.matches(None, "y", Priority.STRANGER)
    user = asyncio.ensure_future(passwords.matches(stored, "correct horse", Priority.USER))
    proven = asyncio.ensure_future(passwords.matches(stored, "correct horse", Priority.PROVEN))
    gone = asyncio.ensure_future(passwords.matches(stored, "gone", Priority.PROVEN))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.sleep(0)
    for known in (3, 4):  # one after another, as threads begin in whichever order
        gate.opened.release()
        await eventually(partial(is_asked, gate, known))
        assert gate.asked[-1] == "correct horse"
    gate.opened.release(100)
    assert all(await asyncio.gather(user, proven))
    assert not any(await asyncio.gather(*flood))
    assert "gone" not in gate.asked
    assert await passwords.matches(stored, "correct horse"), "all threads are free again"
    passwords.close()


@pytest.mark.proves("door.unknown-user")
async def test_a_check_that_is_pretended_takes_as_long_as_a_real_one() -> None:
    clock = FakeClock()
    slept: list[float] = []

    class Slow(CountingHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
            clock.advance(0.4)
            return super().verify(hash, password)

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    passwords = Passwords(Slow(), clock=clock, sleep=sleep)
    stored = await passwords.hash("correct horse")
    for _ in range(40):
        await passwords.matches(stored, "wrong")
    assert not await passwords.pretend()
    assert slept == [pytest.approx(0.4, rel=0.01)]
    passwords.close()


def test_weaker_hashes_are_known(passwords: Passwords) -> None:
    assert Passwords().outdated(CHEAP.hash("x"))
