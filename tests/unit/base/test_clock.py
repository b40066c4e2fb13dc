"""Time in which a process looks."""

from __future__ import annotations

from jupyter_crispdm.base.clock import AttentiveClock
from tests.support import FakeClock


def test_time_passes_between_two_looks_as_it_does() -> None:
    clock = FakeClock()
    attentive = AttentiveClock(clock, 2)
    begun = attentive.monotonic()
    for _ in range(10):
        clock.advance(1.5)
        attentive.look()
    clock.advance(0.5)
    assert attentive.monotonic() - begun == 15.5
    assert attentive.now() == clock.now()


def test_no_more_passes_while_the_process_stands_still() -> None:
    clock = FakeClock()
    attentive = AttentiveClock(clock, 2)
    clock.advance(1)
    attentive.look()
    clock.advance(1000)
    assert attentive.monotonic() == 3
    attentive.look()
    clock.advance(1)
    assert attentive.monotonic() == 4
