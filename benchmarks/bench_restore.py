"""What putting work back adds to the making of a dashboard, in one process, against the same dashboard without.

A page of 50 widgets is made in turns: without keeping, with nothing kept, and with all 50 values kept. The server is a
process of its own and is asked as from a kernel. The aim is that restoring adds at most 100 ms. All 50 values
must be there every time.

Run: python -m benchmarks.bench_restore [ROUNDS]
"""

from __future__ import annotations

import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from typing import Any

from ipywidgets import FloatSlider, IntSlider, Text, VBox, Widget

from benchmarks.bench_snapshots import TOKEN, serve
from jupyter_crispdm.client import connect
from jupyter_crispdm.widgets import Dashboard

AIM_SECONDS = 0.1
FIELDS = 50
KINDS: Mapping[str, Mapping[str, Any]] = {
    "without keeping": {"autosave": False},
    "nothing is kept": {"name": "nothing"},
    "all is kept": {"name": "all"},
}


def main(rounds: int = 30) -> int:
    """Measure; the exit code is 1 where the aim was missed."""
    print(f"load of the machine   {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        here, there = context.Pipe()
        server = context.Process(target=serve, args=(there, folder), daemon=True)
        server.start()
        try:
            os.environ.update(CRISPDM_URL=f"http://127.0.0.1:{here.recv()}/", CRISPDM_TOKEN=TOKEN)
            return _told(_measured(rounds))
        finally:
            server.kill()
            server.join()


def page() -> Widget:
    """Fifty widgets, as a page of settings has them."""
    kinds = (IntSlider, FloatSlider, Text)
    return VBox([kinds[number % 3](description=f"Field {number}") for number in range(FIELDS)])


def _values() -> dict[str, Any]:
    values = {number: (number + 1, (number + 1) / 2, f"text {number}")[number % 3] for number in range(FIELDS)}
    return {f"settings/Field {number}": value for number, value in values.items()}


def _measured(rounds: int) -> dict[str, list[float]]:
    with connect() as client:
        client.snapshots.put("all", _values())
    seconds: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for number in range(rounds + 1):
        for kind, options in KINDS.items():
            began = time.perf_counter()
            made = Dashboard({"Settings": page}, extras=(), **options)
            took = time.perf_counter() - began
            _require(made, kind)
            if number:  # the first of each kind imports and connects
                seconds[kind].append(took)
            Widget.close_all()
    return seconds


def _require(made: Dashboard, kind: str) -> None:
    widgets = made.children_by_page["settings"].children
    there = sum(widget.value == value for widget, value in zip(widgets, _values().values(), strict=True))
    if kind == "all is kept" and there != FIELDS:
        raise SystemExit(f"Only {there} of {FIELDS} values came back: {made.snapshot}")


def _told(seconds: Mapping[str, list[float]]) -> int:
    base = statistics.median(seconds["without keeping"])
    for kind, taken in seconds.items():
        middle, worst = statistics.median(taken), max(taken)
        print(f"{kind:<22}{middle * 1000:8.1f} ms, at most {worst * 1000:.1f} ms; {middle / base:.2f} times the first")
    added = statistics.median(seconds["all is kept"]) - base
    print(f"restoring adds        {added * 1000:8.1f} ms; the aim is at most {AIM_SECONDS * 1000:.0f} ms")
    return int(added > AIM_SECONDS)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
