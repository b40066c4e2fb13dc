"""Tries of passwords, counted by name and address."""

from __future__ import annotations

import pytest

from jupyter_crispdm.auth.tries import Door, Refusals, Window, network_of
from jupyter_crispdm.base.errors import TooManyRequests
from tests.support import FakeClock


@pytest.mark.proves("door.wrong-passwords")
def test_five_tries_in_five_minutes() -> None:
    clock = FakeClock()
    window = Window(clock)
    for _ in range(5):
        window.count("anna")
        clock.advance(10)
    with pytest.raises(TooManyRequests) as refused:
        window.count("anna")
    assert refused.value.details["retry_after"] == 250
    window.count("bert")
    clock.advance(250)
    window.count("anna")
    with pytest.raises(TooManyRequests):
        window.count("anna")


@pytest.mark.proves("floods.logins")
def test_invented_names_do_not_wash_a_locked_one_out_of_memory() -> None:
    window = Window(FakeClock())
    for _ in range(5):
        window.count("anna")
    for number in range(30_000):
        window.count(f"user{number}")
    assert len(window) == 10_001
    with pytest.raises(TooManyRequests):
        window.count("anna")


@pytest.mark.proves("limits.strangers")
def test_memory_is_bounded_when_all_are_locked() -> None:
    clock = FakeClock()
    window = Window(clock, tries=1, most=100)
    for number in range(100):
        window.count(number)
    with pytest.raises(TooManyRequests):
        window.count("one more")
    assert len(window) == 100
    clock.advance(300)
    for number in range(100, 130):
        window.count(number)
    assert len(window) <= 200


@pytest.mark.proves("floods.logins")
def test_names_that_nobody_has_do_not_push_users_out() -> None:
    door = Door(FakeClock())
    for _ in range(4):
        door.count("anna", "10.0.0.1", is_user=True)
    for number in range(20_000):
        door.count(f"x{number}", "10.0.0.1", is_user=False)
    door.count("anna", "10.0.0.1", is_user=True)
    with pytest.raises(TooManyRequests):
        door.count("anna", "10.0.0.1", is_user=True)


def test_guesses_from_elsewhere_do_not_keep_a_user_out_who_is_known_at_his_address() -> None:
    door = Door(FakeClock())
    door.count("anna", "10.0.0.1", is_user=True)
    door.succeeded("anna", "10.0.0.1")
    for _ in range(5):
        door.count("anna", "10.6.6.6", is_user=True)
    with pytest.raises(TooManyRequests):
        door.count("anna", "10.6.6.6", is_user=True)
    for _ in range(5):
        door.count("anna", "10.0.0.1", is_user=True)
    with pytest.raises(TooManyRequests):
        door.count("anna", "10.0.0.1", is_user=True)
    door.forget("anna")
    door.count("anna", "10.0.0.1", is_user=True)
    assert not door.is_proven("anna", "10.0.0.1")


def test_a_success_wipes_the_slate() -> None:
    door = Door(FakeClock())
    for _ in range(3):
        for _ in range(4):
            door.count("anna", "a", is_user=True)
        door.succeeded("anna", "a")


def test_an_address_that_failed_often_is_known_for_five_minutes() -> None:
    clock = FakeClock()
    door = Door(clock)
    for _ in range(100):
        assert not door.is_flooding("10.0.0.2")
        door.failed("10.0.0.1")
    assert door.is_flooding("10.0.0.1")
    clock.advance(300)
    assert not door.is_flooding("10.0.0.1")


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("10.0.0.1", "10.0.0.1"), ("::ffff:10.0.0.1", "10.0.0.1"), ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("", ""), ("/tmp/socket" * 20, ("/tmp/socket" * 20)[:64]),
    ],
)  # fmt: skip
def test_one_client_is_one_address(address: str, network: str) -> None:
    assert network_of(address) == network


@pytest.mark.proves("limits.strangers")
def test_refusals_are_noted_once_a_minute_and_say_how_many_were_left_out() -> None:
    clock = FakeClock()
    refusals = Refusals(clock)
    assert [refusals.due("anna") for _ in range(5)] == [0, None, None, None, None]
    clock.advance(60)
    assert [refusals.due("anna"), refusals.due("anna")] == [4, None]


def test_a_flood_of_names_makes_so_many_notes_in_all() -> None:
    clock = FakeClock()
    refusals = Refusals(clock)
    assert sum(refusals.due(f"x{n}") is not None for n in range(20_000)) == 60
    assert len(refusals._noted) == 10_000
    clock.advance(60)
    assert sum(refusals.due(f"y{n}") is not None for n in range(20_000)) == 60
