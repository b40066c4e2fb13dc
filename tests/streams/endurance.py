"""From a broker to parquet while everything on the way is killed: `make streams`, and a short form among the tests.

A real mosquitto, a real server, a real collector. The line numbers its samples, so that every number can be looked for
in the files, and what came twice is known.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import psutil
import pyarrow.parquet as pq

from jupyter_crispdm.streams.batch import numbers_of
from jupyter_crispdm.streams.recording.reading import Recording
from tests.brokers.mosquitto import Mosquitto
from tests.streams.line import TOPIC, Line
from tests.support import eventually_sync
from tests.ui.server import Workbench

_PATIENCE = 240.0


@dataclass(frozen=True)
class Plan:
    """How long it goes, how much comes, and how often what is killed."""

    seconds: float = 300.0
    rate: int = 5000
    together: int = 10
    collectors: int = 3
    brokers: int = 1
    servers: int = 1
    backup_seconds: float = 60.0

    @property
    def deaths(self) -> list[str]:
        """What is killed, in order, with a collector first and last."""
        others = ["broker"] * self.brokers + ["server"] * self.servers
        mixed = [name for pair in zip(["collector"] * self.collectors, others, strict=False) for name in pair]
        return mixed + ["collector"] * (self.collectors - len(others)) + others[self.collectors :]


@dataclass(frozen=True)
class Outcome:
    """What was published and what lies in the files."""

    published: int
    rows: int
    missing: int
    holes: int
    most_memory: int
    seconds: float
    published_again: int

    @property
    def doubles(self) -> int:
        """How many samples are there more than once."""
        return self.rows - (self.published - self.missing)

    def __str__(self) -> str:
        return (
            f"{self.published:,} published ({self.published / self.seconds:,.0f}/s, {self.published_again:,} messages "
            f"twice by the line), {self.rows:,} rows, {self.missing:,} missing, {self.holes:,} holes in seq, "
            f"{self.doubles:,} doubles, collector {self.most_memory / 2**20:.0f} MiB at most"
        )


class Endurance:
    """One run of a plan."""

    def __init__(self, folder: Path, plan: Plan, say: Callable[[str], object] = lambda _: None) -> None:
        self._plan, self._say = plan, say
        self._bench = Workbench(folder / "workbench")
        self._broker = Mosquitto(folder / "mosquitto")
        self._stream: dict[str, Any] = {}
        self._most_memory = self._seen = 0

    def run(self) -> Outcome:
        """Publish, kill, wait until all has come, and count."""
        with self._broker:
            try:
                self._bench.add_admin()
                self._bench.start()
                self._make_stream()
                began = time.monotonic()
                with Line(self._broker, self._plan.rate, self._plan.together) as line:
                    self._let_die(line)
                    self._wait_for(began + self._plan.seconds)
                    line.stop()
                    took = time.monotonic() - began
                    self._say(f"published {line.published:,} in {took:.0f} s; waiting for the last of them")
                    eventually_sync(lambda: self._has_come(line.published), _PATIENCE, 0.2)
                self._stop_stream()
                return self._counted(line, took)
            finally:
                self._bench.stop()

    @property
    def _directory(self) -> Path:
        return Path(self._stream["directory"])

    def _make_stream(self) -> None:
        source = {"kind": "mqtt", "host": "127.0.0.1", "port": self._broker.port, "topic": TOPIC}
        body = {"name": "Line", "id": "line", "source": source, "backup_seconds": self._plan.backup_seconds}
        with self._bench.api as api:
            answer = api.post("streams", json=body)
            answer.raise_for_status()
            self._stream = answer.json()
        eventually_sync(lambda: self._subscribed() and self._pid(), _PATIENCE)

    def _subscribed(self) -> bool:
        file = self._directory / "mqtt.json"
        return file.exists() and TOPIC in file.read_text()

    def _pid(self, unlike: int = 0) -> int:
        """The collector's process, once it says that it works."""
        with suppress(FileNotFoundError, ValueError):
            status = _json(self._directory / "status.json")
            if status["state"] == "running" and status["pid"] != unlike and psutil.pid_exists(status["pid"]):
                return int(status["pid"])
        return 0

    def _let_die(self, line: Line) -> None:
        deaths = self._plan.deaths
        began, pause = time.monotonic(), self._plan.seconds / (len(deaths) + 1)
        for number, name in enumerate(deaths, 1):
            self._wait_for(began + number * pause)
            self._say(f"{time.monotonic() - began:.0f} s: kill the {name}, {line.published:,} published")
            {"collector": self._kill_collector, "broker": line.kill_broker, "server": self._kill_server}[name]()

    def _wait_for(self, moment: float) -> None:
        while (rest := moment - time.monotonic()) > 0:
            self._weigh()
            time.sleep(min(rest, 0.5))

    def _weigh(self) -> None:
        with suppress(psutil.Error):
            if pid := self._pid():
                self._most_memory = max(self._most_memory, psutil.Process(pid).memory_info().rss)

    def _kill_collector(self) -> None:
        pid = eventually_sync(self._pid, _PATIENCE)
        os.kill(pid, signal.SIGKILL)
        eventually_sync(lambda: self._pid(unlike=pid), _PATIENCE)

    def _kill_server(self) -> None:
        pid = self._pid()
        self._bench.kill()
        self._bench.start()
        assert not pid or psutil.pid_exists(pid), "the collector goes on without the server"

    def _has_come(self, last: int) -> bool:
        """Whether the newest number is there, and nothing came since the last look."""
        self._weigh()
        recording = Recording(self._directory)
        seen, self._seen = self._seen, recording.last
        numbers = recording.window(20_000).columns.get("n", [])
        return seen == self._seen and len(numbers) > 0 and bool(np.max(numbers_of(numbers)) >= last)

    def _stop_stream(self) -> None:
        with self._bench.api as api:
            api.post("streams/line/stop").raise_for_status()
            eventually_sync(lambda: api.get("streams/line").json()["state"] == "stopped", _PATIENCE)
        eventually_sync(lambda: self._files()[-1].stem.endswith(f"{Recording(self._directory).last:020}"), _PATIENCE)

    def _files(self) -> list[Path]:
        return sorted(self._directory.glob("*.parquet"))

    def _counted(self, line: Line, took: float) -> Outcome:
        tables = [pq.read_table(path, columns=["seq", "n"]) for path in self._files()]
        seq = np.concatenate([table["seq"].to_numpy() for table in tables])
        numbers = np.concatenate([table["n"].to_numpy() for table in tables]).astype(np.int64)
        missing = np.setdiff1d(np.arange(1, line.published + 1), numbers)
        holes = len(np.setxor1d(seq, np.arange(1, len(seq) + 1))) + (len(seq) - len(np.unique(seq)))
        return Outcome(line.published, len(seq), len(missing), holes, self._most_memory, took, line.again)


def _json(path: Path) -> Any:
    return msgspec.json.decode(path.read_bytes())


def main() -> None:
    """Run the whole plan; leave with an error when anything is missing."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else Plan.seconds
    with tempfile.TemporaryDirectory(prefix="crispdm-streams-", ignore_cleanup_errors=True) as folder:
        outcome = Endurance(Path(folder), Plan(seconds=seconds), lambda text: print(text, flush=True)).run()
    print(outcome)
    if outcome.missing or outcome.holes:
        sys.exit("Samples are missing.")


if __name__ == "__main__":
    main()
