"""Signs of life come after quiet times, and only then."""

from __future__ import annotations

from jupyter_crispdm.base.live.heartbeat import Heartbeat

from .test_outlet import Wire


def test_it_beats_whenever_it_was_quiet_for_so_long() -> None:
    wire, beats = Wire(), list[float]()
    heartbeat = Heartbeat(lambda: beats.append(wire.now), lambda: wire.now, wire._later)
    heartbeat.start(2)
    for _ in range(12):
        wire.wait(0.5)
    assert beats == [2, 4, 6]
    for _ in range(20):
        heartbeat.spoke()
        wire.wait(0.5)
    assert beats == [2, 4, 6], "what is said is a sign of life too"
    wire.wait(1.5)
    assert beats[3:] == [17.5]


def test_it_can_be_asked_for_anew_and_stopped() -> None:
    wire, beats = Wire(), list[float]()
    heartbeat = Heartbeat(lambda: beats.append(wire.now), lambda: wire.now, wire._later)
    heartbeat.start(100)
    heartbeat.start(1)
    wire.wait(1)
    assert beats == [1]
    heartbeat.stop()
    wire.wait(1000)
    assert beats == [1]
