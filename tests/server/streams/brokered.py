"""A line that publishes numbers to a real broker, and a collector that is killed meanwhile. The test does it for some
seconds, the benchmark for as long as one likes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import paho.mqtt.client as paho
import pyarrow.parquet
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from jupyter_crispdm.streams.sources.mqtt.session import read_session
from tests.brokers.mosquitto import Mosquitto
from tests.support import ends

ROOT = Path(__file__).parents[3]
_WINDOW = 1000


class Numbers:
    """Publishes 1, 2, 3 … with QoS 1, at most so many that the broker has not taken yet; connects again by itself.

    A number counts as published when the broker has said that it has it.
    """

    def __init__(self, port: int, total: int, rate: float | None = None) -> None:
        self.total, self._rate = total, rate
        self.taken = 0
        self._room = threading.Semaphore(_WINDOW)
        self._client = paho.Client(
            CallbackAPIVersion.VERSION2, "the-line", protocol=MQTTProtocolVersion.MQTTv311, clean_session=False
        )
        self._client.max_inflight_messages_set(_WINDOW)
        self._client.reconnect_delay_set(1, 1)
        self._client.on_publish = self._took
        self._client.connect("127.0.0.1", port)
        self._thread = threading.Thread(target=self._publish, daemon=True)

    @contextmanager
    def running(self) -> Iterator[Numbers]:
        """Publish as long as the block lasts, or until all are."""
        self._client.loop_start()
        self._thread.start()
        try:
            yield self
        finally:
            self.total = 0
            self._room.release(_WINDOW)
            ends(self._thread)
            self._client.disconnect()
            self._client.loop_stop()

    def _publish(self) -> None:
        began = time.monotonic()
        number = 0
        while number < self.total:
            number += 1
            self._room.acquire()
            self._client.publish("line/1", json.dumps({"value": number, "n": number}), qos=1)
            ahead = number / self._rate - (time.monotonic() - began) if self._rate else 0.0
            if ahead > 0.01:
                time.sleep(ahead)

    def _took(self, *_: Any) -> None:
        self.taken += 1
        self._room.release()


class Collecting:
    """A collector's process, one after the other."""

    def __init__(self, directory: Path, port: int, backup_seconds: float) -> None:
        self.directory = directory
        directory.mkdir(exist_ok=True)
        source = {"kind": "mqtt", "host": "127.0.0.1", "port": port, "topic": "line/+"}
        spec = {"id": "line", "name": "Line", "source": source, "backup_seconds": backup_seconds, "alert": None}
        (directory / "stream.json").write_text(json.dumps(spec))
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Begin, or begin anew."""
        command = [sys.executable, "-m", "jupyter_crispdm.streams.collector", str(self.directory)]
        with open(self.directory / "output.log", "ab") as out:
            environ = {**os.environ, "PYTHONPATH": str(ROOT)}
            self._process = subprocess.Popen(command, stderr=out, env=environ, cwd=self.directory)

    def end(self, number: signal.Signals) -> int:
        """Send it a signal, and wait until it has gone; its exit code."""
        assert self._process is not None
        self._process.send_signal(number)
        return self._process.wait(120)

    @property
    def is_subscribed(self) -> bool:
        """Whether the broker keeps messages for it from now on."""
        return (self.directory / "mqtt.json").exists() and bool(read_session(self.directory).topic)

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.poll() is None


@contextmanager
def broker(folder: Path) -> Iterator[Mosquitto]:
    """One that gives a client many messages before it waits for an answer."""
    with Mosquitto(folder, inflight=_WINDOW) as running:
        yield running


class Kept(NamedTuple):
    """What the parquet files hold: rows, whether seq has a gap, and the publisher's numbers."""

    rows: int
    gap: bool
    numbers: set[int]


def kept(directory: Path) -> Kept:
    """Read the parquet files, and nothing else."""
    files = [str(file) for file in sorted(directory.glob("*.parquet"))]
    table = pyarrow.parquet.read_table(files, columns=["seq", "n"])
    seq = table["seq"].to_pylist()
    return Kept(len(seq), seq != list(range(1, len(seq) + 1)), {int(number) for number in table["n"].to_pylist()})
