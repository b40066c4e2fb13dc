"""A hundred million points over a thousand runs: any zoom of any of them, cold and warm, and the memory of who answers.

The runs are made in one process, the zooms are asked for in another. Cold: the kernel holds no page of the run's files.
"""

from __future__ import annotations

import multiprocessing
import random
import resource
import time
from collections.abc import Callable
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

from jupyter_crispdm.tracking import RunReader
from jupyter_crispdm.tracking.columns.keeping import keep

from .rows import forget_pages, share, write_run

RUNS, ROWS, NAMES = 1000, 100_000, 4
_ZOOMS, _OVERLAID = 150, 50
_POINTS = 2000


def many_runs(folder: Path) -> None:
    runs = [folder / "many" / f"run{number}" for number in range(RUNS)]
    for number, run in enumerate(runs):
        write_run(run, ROWS, NAMES, seed=number)
        keep(run)
    here, there = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_zooms, args=(runs, there))
    process.start()
    cold, warm, overlaid, megabytes = here.recv()
    process.join()
    print(f"{RUNS * ROWS:.0e} points over {RUNS} runs of {NAMES} curves")
    print(f"  zoom, cold          p50 {share(cold, 0.5):.1f} ms, longest {max(cold):.1f} ms (of 100)")
    print(f"  zoom, warm          p50 {share(warm, 0.5):.1f} ms, longest {max(warm):.1f} ms (of 16)")
    print(f"  {_OVERLAID} runs overlaid    {overlaid:8.1f} ms for all")
    print(f"  memory at most      {megabytes:8.0f} MB (of 300)")


def _zooms(runs: list[Path], pipe: Connection) -> None:
    chance = random.Random(1)
    cold, warm = [], []
    for _ in range(_ZOOMS):
        run, steps = chance.choice(runs), ROWS // NAMES
        begin = chance.uniform(0, steps)
        span = begin, begin + steps * chance.choice((1.0, 0.3, 0.03, 0.001))
        forget_pages(run)
        cold.append(_timed(partial(_zoom, run, *span)))
        warm.append(_timed(partial(_zoom, run, *span)))
    overlaid = _timed(partial(_overlay, runs[:_OVERLAID]))
    pipe.send((cold, warm, overlaid, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def _overlay(runs: list[Path]) -> None:
    for run in runs:
        _zoom(run, 0, ROWS, ["m0"])


def _zoom(run: Path, begin: float, end: float, names: list[str] | None = None) -> None:
    reader = RunReader(run)
    reader.zoom("step", begin, end, _POINTS, names)
    reader.close()


def _timed(action: Callable[[], object]) -> float:
    begin = time.perf_counter()
    action()
    return (time.perf_counter() - begin) * 1e3
