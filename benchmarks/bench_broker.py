"""Minutes of 5,000 samples a second from a real mosquitto, while the collector is killed three times and the broker
once.

Every number that the broker took must be in parquet at least once, and seq must have no gap. What came twice is counted
by the publisher's own number. The broker is ended and begun again over its data, as its own service would do it.

Run: python -m benchmarks.bench_broker [SECONDS] [SAMPLES A SECOND]
"""

from __future__ import annotations

import signal
import sys
import tempfile
import time
from pathlib import Path

from jupyter_crispdm.streams.recording.reading import Recording
from tests.brokers.mosquitto import Mosquitto
from tests.server.streams.brokered import Collecting, Kept, Numbers, broker, kept

_PATIENCE = 120.0


def main(seconds: int = 300, rate: int = 5000) -> int:
    """Publish, kill, count; the exit code is 1 where anything is missing."""
    total = seconds * rate
    with tempfile.TemporaryDirectory() as folder, broker(Path(folder) / "broker") as mosquitto:
        collecting = Collecting(Path(folder) / "line", mosquitto.port, backup_seconds=max(1.0, seconds / 10))
        collecting.start()
        while not collecting.is_subscribed:
            time.sleep(0.1)
        began = time.monotonic()
        with Numbers(mosquitto.port, total, rate).running() as numbers:
            _kill(collecting, mosquitto, seconds)
            while numbers.taken < total:
                time.sleep(0.5)
        taken = time.monotonic() - began
        _settle(Recording(collecting.directory))
        code = collecting.end(signal.SIGTERM)
        return _told(kept(collecting.directory), total, taken) or code


def _kill(collecting: Collecting, mosquitto: Mosquitto, seconds: float) -> None:
    """Four times, at even distances."""
    for number in range(4):
        time.sleep(seconds / 5)
        if number == 2:
            mosquitto.stop()
            mosquitto.start()
        else:
            collecting.end(signal.SIGKILL)
            collecting.start()


def _settle(recording: Recording) -> None:
    """Wait until nothing more comes."""
    last, since = -1, time.monotonic()
    while time.monotonic() - since < _PATIENCE and recording.last != last:
        last = recording.last
        time.sleep(5)


def _told(found: Kept, total: int, taken: float) -> int:
    missing = total - len(found.numbers)
    print(f"published             {total:,} in {taken:.0f} s: {total / taken:,.0f} a second")
    print(f"recorded              {found.rows:,} rows, {found.rows - len(found.numbers):,} of them twice")
    print(f"missing               {missing:,}; seq {'has a gap' if found.gap else 'has no gap'}")
    return int(missing > 0 or found.gap)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:3])))
