"""What a job on a cluster uses, written down for a server that cannot look at this machine: usage.json."""

from __future__ import annotations

import json
import os
import time

from .processes.identity import descendants, processes
from .processes.usage import share, ticks

NAME = "usage.json"
_SECONDS = 3.0
_MOST_OF_OUR_TIME = 0.03
_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


class UsageReport:
    """CPU since the last report, and memory, of all that this process has started."""

    def __init__(self, directory: str) -> None:
        self._path = os.path.join(directory, NAME)
        self._last = (time.monotonic(), 0)

    def write(self) -> float:
        """Measure and write; answers after how many seconds to do so again."""
        began = time.perf_counter()
        pids = descendants([os.getpid()], processes())
        now, computed = time.monotonic(), _own_waited() + sum(sum(ticks(pid)) for pid in pids)
        before, self._last = self._last, (now, computed)
        seconds = max(0, computed - before[1]) / _TICKS_PER_SECOND  # less when an ended one took its own along
        percent = round(100 * seconds / max(now - before[0], 0.01), 1)
        self._replace({"cpu_percent": percent, "memory_bytes": sum(map(share, pids))})
        return max(_SECONDS, (time.perf_counter() - began) / _MOST_OF_OUR_TIME)

    def _replace(self, content: dict[str, float]) -> None:
        """Not made durable: the next one comes soon, and nobody misses the last."""
        temporary = os.path.join(os.path.dirname(self._path), f".{NAME}.new")
        try:
            with open(temporary, "w") as file:
                json.dump(content, file)
            os.replace(temporary, self._path)
        except OSError:  # a full disk must not end the supervision
            return


def _own_waited() -> int:
    """The ticks of children that have ended and been collected."""
    return ticks(os.getpid())[1]
