"""What the table of runs costs with 10,000 runs: a page of it, all of it, sorted and filtered by a metric, told live.

The index is the server's own, filled as its database fills it; each run has 8 metrics, 12 parameters and 4 figures of
its processes. Times are the best and the median of several, from the question to the bytes of the answer, and the
processor's, which a busy machine does not change much: it is held against the aim, 50 ms for a page and for all of it.

Run: python -m benchmarks.bench_runs [RUNS]
"""

from __future__ import annotations

import asyncio
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import msgspec
import psutil

from jupyter_crispdm.base.clock import utc
from jupyter_crispdm.base.database import Database
from jupyter_crispdm.base.wire import encode
from jupyter_crispdm.runs.fieldlist import field_list
from jupyter_crispdm.runs.index.memory import RunIndex
from jupyter_crispdm.runs.records import Account, Entry
from jupyter_crispdm.runs.store import RunStore
from jupyter_crispdm.runs.types import Digests, Figures, Run, RunKind, RunQuery, RunState

AIM_MS = 50.0
_TRIES = 15
_METRICS = ("loss", "val/loss", "accuracy", "val/accuracy", "f1", "lr", "grad_norm", "epoch")
_SYSTEM = ("cpu_percent", "memory_bytes", "read_bytes_per_second", "write_bytes_per_second")
_FILTER = "metrics.val/loss < 0.3 and params.lr > 0.01 and (tags = sweep or name ~ 'run 7')"


def entry(number: int, chance: random.Random) -> Entry:
    """A run such as a sweep makes."""
    began = 1_760_000_000.0 + 60.0 * number
    run = Run(
        id=f"20261129-120000-{number:08x}", kind=RunKind.job, name=f"run {number}", state=RunState.succeeded,
        owner="ada", created=utc(began), started=utc(began), ended=utc(began + 600), environment="server",
        parameters={"lr": chance.random(), "optimizer": "adam", "batch": 64, **_more(chance)},
        tags=["sweep"] if number % 2 else [], inputs=Digests("0123456789abcdef", "a" * 40, False, "e" * 16, "d" * 16),
    )  # fmt: skip
    metrics, system = ({name: _figures(chance) for name in names} for names in (_METRICS, _SYSTEM))
    return Entry(run=run, metrics=Account("e", 8000, metrics, began, began + 600), system=Account("s", 100, system),
                 settled=True)  # fmt: skip


def _more(chance: random.Random) -> dict[str, float]:
    return {f"p{number}": chance.random() for number in range(9)}


def _figures(chance: random.Random) -> Figures:
    low, high = sorted((chance.random(), chance.random()))
    return Figures(low, 999, low, high, 1000, 0, "low", low, 800)


class Times(NamedTuple):
    """The best and the median of several times, and the median of the processor's, in milliseconds."""

    best: float
    median: float
    processor: float

    def line(self, name: str) -> str:
        """A line of the table."""
        return f"{name:36} {self.best:10.3f} {self.median:10.3f} {self.processor:10.3f}"


async def timed(work: Callable[[], Awaitable[object]]) -> Times:
    """Do something several times."""
    times, processor = [], []
    for _ in range(_TRIES):
        began, used = time.perf_counter(), time.process_time()
        await work()
        times.append(1000 * (time.perf_counter() - began))
        processor.append(1000 * (time.process_time() - used))
    return Times(min(times), statistics.median(times), statistics.median(processor))


async def measured(runs: int, folder: Path) -> None:
    """Fill the index and ask it."""
    chance = random.Random(1)
    entries = [entry(number, chance) for number in range(runs)]
    database = Database.in_directory(folder)
    await database.start()
    store = RunStore(database)
    began = time.perf_counter()
    await store.put_entries(entries)
    print(f"{runs:,} runs written to the database     {time.perf_counter() - began:8.2f} s")
    before = psutil.Process().memory_info().rss
    index = RunIndex()
    began = time.perf_counter()
    index.fill(await store.entries(), await store.marks())
    print(f"read from it, as a server starts        {time.perf_counter() - began:8.2f} s")

    async def ask(query: RunQuery) -> bytes:
        return encode(await index.find(query))

    began = time.perf_counter()
    size = len(await ask(RunQuery(limit=runs)))
    took = 1000 * (time.perf_counter() - began)
    print(f"all rows for the first time             {took:8.1f} ms, {size / 1e6:.1f} MB")
    print(f"memory of the index                     {(psutil.Process().memory_info().rss - before) / 1e6:8.0f} MB\n")
    print(f"{'ms':36} {'best':>10} {'median':>10} {'processor':>10}")
    questions = {
        "a page of 100, the newest": RunQuery(),
        "a page of 100, by a metric's best": RunQuery(sort="metrics.val/loss.best"),
        "a page of 100, filtered": RunQuery(filter=_FILTER, sort="-metrics.accuracy"),
        "all rows": RunQuery(limit=runs),
        "all rows, filtered and sorted": RunQuery(filter=_FILTER, sort="metrics.loss.min,-created", limit=runs),
    }
    slow = []
    for name, query in questions.items():
        times = await timed(partial(ask, query))
        slow += [name] if times.processor > AIM_MS else []
        print(times.line(name))
    print((await timed(lambda: asyncio.to_thread(field_list, index.all()))).line("what it can be filtered by"))
    changed = entries[runs // 2]
    steps = iter(range(1, 10_000_000))

    async def change() -> bytes:
        name, step = "loss", next(steps)
        figures = {**changed.metrics.figures, name: msgspec.structs.replace(changed.metrics.figures[name], step=step)}
        index.put(Entry(run=changed.run, metrics=Account("e", step, figures), system=changed.system))
        return encode(index.get(changed.run.id))

    print((await timed(change)).line("a row that changed, as it is told"))
    await database.close()
    print(f"\naim: {AIM_MS:.0f} ms: " + (f"missed by {', '.join(slow)}" if slow else "kept by all"))


def main() -> None:
    """Print the table."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measured(runs, Path(folder)))


if __name__ == "__main__":
    main()
