"""A line, a real broker and a collector that is killed: every number that was published is kept."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from jupyter_crispdm.streams.recording.reading import Recording
from tests.server.streams.brokered import Collecting, Numbers, broker, kept
from tests.support import eventually_sync

NUMBERS = 6000


@pytest.mark.proves("collector.broker")
def test_every_number_that_was_published_is_kept_whoever_is_killed(tmp_path: Path) -> None:
    with broker(tmp_path / "broker") as mosquitto:
        collecting = Collecting(tmp_path / "line", mosquitto.port, backup_seconds=1)
        collecting.start()
        eventually_sync(lambda: collecting.is_subscribed)
        recording = Recording(tmp_path / "line")
        try:
            with Numbers(mosquitto.port, NUMBERS).running() as numbers:
                for share in (0.2, 0.4, 0.6):
                    eventually_sync(lambda: recording.last >= share * NUMBERS)  # noqa: B023
                    assert collecting.end(signal.SIGKILL) == -signal.SIGKILL
                    collecting.start()
                mosquitto.stop()
                mosquitto.start()
                eventually_sync(lambda: numbers.taken == NUMBERS)
            wanted = set(range(1, NUMBERS + 1))
            eventually_sync(lambda: wanted <= set(recording.window(10 * NUMBERS).columns["n"]), step=0.5)
            assert collecting.end(signal.SIGTERM) == 0
        finally:
            if collecting.alive:
                collecting.end(signal.SIGKILL)
    found = kept(tmp_path / "line")
    assert not found.gap
    assert found.numbers == wanted
