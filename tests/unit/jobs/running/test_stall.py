from __future__ import annotations

import pytest
from traitlets import TraitError

from jupyter_crispdm.app import CrispdmApp
from jupyter_crispdm.base.clock import utc
from jupyter_crispdm.jobs.running.stall import StallWatch
from tests.support import FakeClock


def watch(clock: FakeClock, after: float | None = 600.0) -> StallWatch[str]:
    return StallWatch(after, clock)


def test_a_job_stands_still_since_its_last_sign_of_life() -> None:
    clock = FakeClock()
    stalls = watch(clock)
    assert stalls.since("a", (1, 1), busy=False) is None
    clock.advance(100)
    moved = clock.now()
    assert stalls.since("a", (1, 2), busy=False) is None
    clock.advance(599)
    assert stalls.since("a", (1, 2), busy=False) is None
    clock.advance(1)
    assert stalls.since("a", (1, 2), busy=False) == utc(moved)
    clock.advance(1000)
    assert stalls.since("a", (1, 2), busy=False) == utc(moved)


@pytest.mark.parametrize(("written", "busy"), [((2,), False), ((0,), False), ((1,), True)])
def test_any_sign_of_life_ends_it(written: tuple[int, ...], busy: bool) -> None:
    clock = FakeClock()
    stalls = watch(clock)
    stalls.since("a", (1,), busy=False)
    clock.advance(700)
    assert stalls.since("a", (1,), busy=False) is not None
    clock.advance(10)
    assert stalls.since("a", written, busy) is None


@pytest.mark.proves("settings.stalled")
def test_none_means_never() -> None:
    clock = FakeClock()
    stalls = watch(clock, None)
    assert not stalls.active
    stalls.since("a", (1,), busy=False)
    clock.advance(1e7)
    assert stalls.since("a", (1,), busy=False) is None


def test_what_an_earlier_server_found_holds_until_it_moves() -> None:
    clock = FakeClock()
    stalls = watch(clock)
    known = utc(clock.now() - 5000)
    assert stalls.since("a", (1,), busy=False, known=known) == known
    clock.advance(10)
    assert stalls.since("a", (2,), busy=False, known=known) is None


@pytest.mark.proves("machine.clock-jumps")
def test_a_wall_clock_that_jumps_changes_nothing() -> None:
    clock = FakeClock()
    stalls = watch(clock)
    stalls.since("a", (1,), busy=False)
    clock._now += 1e6
    assert stalls.since("a", (1,), busy=False) is None
    clock._now -= 2e6
    assert stalls.since("b", (1,), busy=False, known=utc(clock.now() + 50)) is None


def test_forgotten_jobs_begin_anew() -> None:
    clock = FakeClock()
    stalls = watch(clock)
    stalls.since("a", (1,), busy=False)
    stalls.since("b", (1,), busy=False)
    clock.advance(700)
    stalls.keep_only({"b"})
    assert stalls.since("a", (1,), busy=False) is None
    assert stalls.since("b", (1,), busy=False) is not None


def test_looks_are_rare_but_fine_enough() -> None:
    assert (watch(FakeClock()).look_seconds, watch(FakeClock()).measurement_seconds) == (10.0, 30.0)
    quick = watch(FakeClock(), 1.0)
    assert quick.look_seconds < quick.measurement_seconds < 2


@pytest.mark.proves("settings.stalled")
@pytest.mark.parametrize(("words", "value"), [([], 600.0), (["60"], 60.0), (["None"], None)])
def test_the_setting(words: list[str], value: float | None) -> None:
    app = CrispdmApp()
    app.parse_command_line([f"--CrispdmApp.stalled_after={word}" for word in words])
    assert app.stalled_after == value


def test_no_time_at_all_makes_no_sense() -> None:
    with pytest.raises(TraitError):
        CrispdmApp(stalled_after=0.0)
