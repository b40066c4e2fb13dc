"""How soon a dashboard is there, with a kernel that was ready and without, beside plain Voila's best.

The same notebook (numpy, ipywidgets, a bqplot figure) is opened in Chromium, turn by turn, at four servers: ours with
`warm_kernels` 1 and 0, and `voila` with its own pre-heating, which runs a notebook before anybody asks for it, and
without. What is printed is the time from the request until its slider can be seen. The aim: with a kernel that was
ready, at most one second more than pre-heated Voila, which cannot know its visitor.

Run: python -m benchmarks.bench_warm [ROUNDS]
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.ports import free_port
from tests.support import eventually_sync
from tests.ui.conftest import FLAGS
from tests.ui.install_browser import find_browser
from tests.ui.server import Workbench
from tests.ui.visit import log_in

AIM = 1.0
BOARD = "dashboards/bench.ipynb"
SLIDER = ".widget-slider"
CELLS = [
    "import numpy as np\nimport bqplot.pyplot as plt\nfrom ipywidgets import IntSlider, VBox",
    "figure = plt.figure()\nplt.plot(np.arange(50), np.sin(np.arange(50) / 5))\nVBox([IntSlider(value=3), figure])",
]


class Ours(Workbench):
    """Our server, which keeps so many kernels ready."""

    def __init__(self, path: Path, warm: int) -> None:
        super().__init__(path)
        self._warm = warm

    def _options(self) -> Iterator[str]:
        yield from super()._options()
        yield f"--CrispdmKernelManager.warm_kernels={self._warm}"

    @property
    def pid(self) -> int:
        """The server's process."""
        assert self._process is not None
        return self._process.pid


def main(rounds: int = 5) -> int:
    """Open the page at each server in turn; the exit code is 1 where the aim was missed."""
    print(f"load {os.getloadavg()[0]:.1f}, {rounds} rounds, medians of seconds until the slider is seen")
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        chromium = stack.enter_context(sync_playwright()).chromium
        browser = chromium.launch(executable_path=find_browser(), args=list(FLAGS))
        places = {name: stack.enter_context(place(Path(folder), browser)) for name, place in PLACES.items()}
        taken: dict[str, list[float]] = {name: [] for name in places}
        for number in range(rounds + 1):
            for name, (context, address, settle) in places.items():
                settle(number)
                seconds = opened(context, address)
                if number:  # the first fills the browser's caches
                    taken[name].append(seconds)
    medians = {name: statistics.median(times) for name, times in taken.items()}
    for name, median in medians.items():
        print(f"{name:28} {median:5.2f} s   ({', '.join(f'{one:.2f}' for one in sorted(taken[name]))})")
    more = medians["ours, kernel ready"] - medians["voila, pre-heated"]
    ratio = medians["ours, kernel ready"] / medians["ours, cold kernel"]
    print(f"ready against cold: {ratio:.2f} ×; beyond Voila's best: {more:+.2f} s, the aim is {AIM:g} s at most")
    return 1 if more > AIM else 0


Place = tuple[BrowserContext, str, Callable[[int], None]]


def opened(context: BrowserContext, address: str) -> float:
    """Seconds until the page is there; its kernel is left, as people leave theirs."""
    page = context.new_page()
    began = time.perf_counter()
    page.goto(address, wait_until="commit", timeout=120_000)
    page.wait_for_selector(SLIDER, timeout=120_000)
    seconds = time.perf_counter() - began
    page.close()
    return seconds


@contextmanager
def ours(folder: Path, browser: Browser, warm: int) -> Iterator[Place]:
    """Our server, with a viewer who is logged in."""
    server = Ours(folder / f"ours-{warm}", warm)
    write(server.root)
    server.add_admin()
    server.start()
    try:
        server.add_users()
        context = browser.new_context(base_url=server.url)
        log_in(context.new_page(), "viewer")
        context.pages[0].wait_for_url("**/crispdm/")
        yield context, f"/voila/render/{BOARD}", lambda visits: settled(server.pid, visits + warm)
    finally:
        server.stop()


@contextmanager
def voila(folder: Path, browser: Browser, preheat: bool) -> Iterator[Place]:
    """Voila as it comes, without a login."""
    root, port = folder / f"voila-{preheat}", free_port()
    root.mkdir()
    write(root)
    log = root / "log"
    options = [f"--port={port}", "--no-browser", f"--preheat_kernel={preheat}", "--pool_size=1"]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "voila", BOARD, *options],
            cwd=root, stdout=out, stderr=out, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    try:
        eventually_sync(lambda: answers(f"http://127.0.0.1:{port}/voila/static/voila.js"), 90, step=0.2)
        context = browser.new_context(base_url=f"http://127.0.0.1:{port}")
        context.route(lambda url: "127.0.0.1" not in url, lambda route: route.abort())  # its fonts and MathJax
        yield context, "/", lambda visits: settled(process.pid, visits + preheat)
    finally:
        process.terminate()
        process.wait(20)


def answers(address: str) -> bool:
    """Whether somebody listens there."""
    try:
        return httpx.get(address, trust_env=False, timeout=2).status_code < 500
    except httpx.HTTPError:
        return False


def settled(pid: int, kernels: int) -> None:
    """Wait until a server has so many kernels, of visits and those that wait, and none of them works."""
    eventually_sync(lambda: len(kernels_of(pid)) >= kernels and are_idle(kernels_of(pid)), 120, step=0.2)


def kernels_of(pid: int) -> list[psutil.Process]:
    """The kernels that a server runs."""
    children = psutil.Process(pid).children()
    return [child for child in children if any("ipykernel" in word for word in child.cmdline())]


def are_idle(kernels: list[psutil.Process]) -> bool:
    """Whether none of them works, which also says that none is being started."""
    before = [sum(one.cpu_times()[:2]) for one in kernels]
    time.sleep(1.0)
    return all(sum(one.cpu_times()[:2]) - then < 0.05 for one, then in zip(kernels, before, strict=True))


def write(root: Path) -> None:
    """Put the notebook there."""
    cells: list[dict[str, Any]] = [
        {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None}
        for source in CELLS
    ]
    spec = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    (root / BOARD).parent.mkdir(exist_ok=True)
    (root / BOARD).write_text(json.dumps({"cells": cells, "metadata": spec, "nbformat": 4, "nbformat_minor": 4}))


PLACES: dict[str, Callable[[Path, Browser], Any]] = {
    "voila, pre-heated": lambda folder, browser: voila(folder, browser, True),
    "ours, kernel ready": lambda folder, browser: ours(folder, browser, 1),
    "ours, cold kernel": lambda folder, browser: ours(folder, browser, 0),
    "voila, cold kernel": lambda folder, browser: voila(folder, browser, False),
}


if __name__ == "__main__":
    raise SystemExit(main(*map(int, sys.argv[1:2])))
