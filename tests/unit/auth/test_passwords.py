"""Hashing and the limit on tries."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Literal

import pytest
from argon2 import Parameters, PasswordHasher, extract_parameters

from jupyter_crispdm.auth.passwords import Passwords, Throttle
from jupyter_crispdm.base.errors import BadRequest, TooManyRequests, Unavailable
from tests.support import FakeClock

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


async def test_an_unknown_user_costs_as_much_as_a_wrong_password() -> None:
    hasher = CountingHasher()
    passwords = Passwords(hasher)
    stored = await passwords.hash("correct horse")
    assert not await passwords.matches(stored, "wrong")
    assert not await passwords.matches(None, "wrong")
    passwords.close()
    known, unknown = hasher.costs
    assert known == unknown


async def test_hashing_leaves_the_event_loop_free_and_a_flood_is_turned_away(
    passwords: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = threading.Event()
    monkeypatch.setattr(passwords, "_verify", lambda *_: release.wait(10))
    waiting = [asyncio.ensure_future(passwords.matches("x", "y")) for _ in range(32)]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable):
        await passwords.matches("x", "y")
    release.set()
    assert all(await asyncio.gather(*waiting))


def test_weaker_hashes_are_known(passwords: Passwords) -> None:
    assert Passwords().outdated(CHEAP.hash("x"))


def test_five_tries_in_five_minutes() -> None:
    clock = FakeClock()
    throttle = Throttle(clock)
    for _ in range(5):
        throttle.count("anna")
        clock.advance(10)
    with pytest.raises(TooManyRequests) as refused:
        throttle.count("anna")
    assert refused.value.details["retry_after"] == 250
    throttle.count("bert")
    clock.advance(250)
    throttle.count("anna")


def test_a_success_wipes_the_slate() -> None:
    throttle = Throttle(FakeClock())
    for _ in range(4):
        throttle.count("anna")
    throttle.forget("anna")
    for _ in range(5):
        throttle.count("anna")


def test_the_memory_of_names_is_bounded() -> None:
    throttle = Throttle(FakeClock())
    for number in range(20_000):
        throttle.count(f"user{number}")
    assert len(throttle._times) == 10_000
