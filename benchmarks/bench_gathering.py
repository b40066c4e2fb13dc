"""What taking over the log of a job costs the server, in processor time, with the rows and the state that it writes.

A log of 1,000 lines a second is looked at twice a second, as the server does, for as long as it takes to write 20,000
lines. Beside it: what a look costs when nothing is new, and reading an event file of TensorBoard.

Run: python -m benchmarks.bench_gathering
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from jupyter_crispdm.tracking.gathering.formats.tensorboard import TensorBoardEvents
from jupyter_crispdm.tracking.gathering.gatherer import Gatherer, LogRules
from jupyter_crispdm.tracking.parsers import LogParser, RuleSet

LINES_A_LOOK, LOOKS = 500, 40
MOST_PERCENT = 1.0
RECORDED = Path(__file__).parent.parent / "tests/unit/tracking/gathering/recorded"
KINDS: dict[str, Callable[[int], str]] = {
    "metrics": lambda n: f"epoch {n // 100} step {n}: loss {1 / (n + 1):.4f}, acc 0.{n % 1000:03}\n",
    "key=value": lambda n: f"step={n} loss={1 / (n + 1):.5f} val_loss={2 / (n + 1):.5f}\n",
    "text": lambda n: f"2026-11-29 12:00:00 INFO worker {n % 8} did something of no interest to anybody\n",
}


def of_a_core(line: Callable[[int], str]) -> float:
    """Percent of a core for 1,000 lines a second."""
    with tempfile.TemporaryDirectory() as folder:
        run, work = Path(folder) / "jobs" / "one", Path(folder) / "work"
        run.mkdir(parents=True)
        work.mkdir()
        one = Gatherer(run, folder=work, started=time.time(), rules=LogRules(partial(LogParser, RuleSet())))
        used = 0.0
        for look in range(LOOKS):
            first = look * LINES_A_LOOK
            with open(run / "output.log", "a") as log:
                log.write("".join(line(number) for number in range(first, first + LINES_A_LOOK)))
            began = time.process_time()
            while one.gather():
                pass
            used += time.process_time() - began
        one.close()
    return 100 * used / (LINES_A_LOOK * LOOKS / 1000)


def of_a_quiet_look() -> float:
    """Microseconds when nothing is new."""
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "jobs" / "one"
        run.mkdir(parents=True)
        (run / "output.log").write_text("epoch 1: loss 0.5\n")
        one = Gatherer(run, rules=LogRules(partial(LogParser, RuleSet())))
        while one.gather():
            pass
        began = time.process_time()
        for _ in range(1000):
            one.gather()
        used = time.process_time() - began
        one.close()
    return used * 1e3


def of_an_event() -> float:
    """Microseconds an event of TensorBoard."""
    data = (RECORDED / "lightning.tfevents").read_bytes() * 200
    began = time.process_time()
    found, _ = TensorBoardEvents().take(data, 0.0)
    return (time.process_time() - began) / len(found) * 1e6


def main() -> int:
    """Measure, print, and say whether the bound is kept."""
    worst = 0.0
    for name, line in KINDS.items():
        percent = of_a_core(line)
        worst = max(worst, percent)
        print(f"{name:<12} {percent:5.2f} % of a core at 1,000 lines a second (at most {MOST_PERCENT})")
    print(f"{'quiet':<12} {of_a_quiet_look():5.1f} µs a look")
    print(f"{'TensorBoard':<12} {of_an_event():5.1f} µs an event")
    return 0 if worst <= MOST_PERCENT else 1


if __name__ == "__main__":
    sys.exit(main())
