"""What a person sees of trainings in the real Lab: a server, programs that log, and Chromium, all on this machine.

- live: 4 series at 250 Hz. Frames a second, the age of the newest point when a frame shows it, and the page's heap.
- overlay: 50 runs of 10,000 steps laid over each other: the longest frame while they open, and while one zooms.
- log: a job that prints 100 MB a minute, its end followed. Frames a second, and the page's heap.

A frame is from one picture to the next, as the page is told of it. Everything runs at once, so a machine with few cores
shows what the whole chain costs there, not the page alone.

Run: python -m benchmarks.bench_page [seconds] [live|overlay|log…]   (needs the built extension and a Chromium)
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, expect, sync_playwright

from tests.support import eventually_sync
from tests.ui.conftest import FLAGS
from tests.ui.install_browser import find_browser
from tests.ui.jobspage import JobsPage
from tests.ui.server import Workbench
from tests.ui.visit import PATIENCE, LabPage, log_in

RUNS, STEPS = 50, 10_000
PRINTED_A_SECOND = 100e6 / 60
LEAST_FRAMES, MOST_LAG, MOST_FRAME, MOST_GROWTH = 50, 40, 100, 8e6

LIVE = """
import time, crispdm
begun = time.perf_counter()
for step in range(10**9):
    wait = begun + step / 250 - time.perf_counter()
    if wait > 0:
        time.sleep(wait)
    crispdm.log({f"signal{n}/value": (step * (n + 1)) % 997 / 997 for n in range(4)}, step=step)
"""
SHORT = f"""
import sys, math, crispdm
best = float(sys.argv[1])
for step in range({STEPS}):
    crispdm.log({{"val/loss": best + 2 / (1 + step / 500) + 0.02 * math.sin(step)}}, step=step)
"""
PRINTING = f"""
import time
line, begun, done = "x" * 120 + "\\n", time.perf_counter(), 0
while True:
    print(line * 100, end="", flush=True)
    done += 121 * 100
    time.sleep(max(0, begun + done / {PRINTED_A_SECOND} - time.perf_counter()))
"""
WATCH = """
() => {
  const seen = { begun: performance.now(), frames: [], lags: [], newest: NaN };
  window.seen = seen;
  document.addEventListener('crispdm:drawn', ({ detail }) => { seen.newest = detail; });
  let last = performance.now();
  const frame = now => {
    seen.frames.push(now - last);
    last = now;
    if (!Number.isNaN(seen.newest)) {
      seen.lags.push(performance.timeOrigin + performance.now() - 1000 * seen.newest);
      seen.newest = NaN;
    }
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}
"""
FORGET = "() => { window.seen.frames.length = window.seen.lags.length = 0; window.seen.begun = performance.now(); }"
TELL = "() => ({ ...window.seen, seconds: (performance.now() - window.seen.begun) / 1000 })"


class Watched:
    """A page of the real Lab whose frames and heap are counted."""

    def __init__(self, browser: Browser, workbench: Workbench, workspace: str) -> None:
        context = browser.new_context(base_url=workbench.url, viewport={"width": 1440, "height": 900})
        self.page: Page = context.new_page()
        self.page.set_default_timeout(PATIENCE)
        log_in(self.page, "analyst")
        self.page.wait_for_url(lambda url: "/login" not in url)
        self.page.goto(f"/lab/workspaces/{workspace}")
        self.lab = LabPage(self.page)
        self.lab.show_panel()
        self._session: CDPSession = context.new_cdp_session(self.page)
        self._session.send("Performance.enable")
        self.page.evaluate(WATCH)

    def heap(self) -> float:
        """Bytes that the page's programs hold, once what they do not need is gone."""
        self._session.send("HeapProfiler.collectGarbage")
        metrics = self._session.send("Performance.getMetrics")["metrics"]
        return float(next(metric["value"] for metric in metrics if metric["name"] == "JSHeapUsedSize"))

    def forget(self) -> None:
        """Count from now on."""
        self.page.evaluate(FORGET)

    def seen(self) -> dict[str, Any]:
        """Milliseconds of each frame, and the age of the newest point in those that drew one."""
        return dict(self.page.evaluate(TELL))


def submit(workbench: Workbench, name: str, *command: str) -> str:
    """Submit a job; its id."""
    with workbench.api as api:
        return str(api.post("jobs", json={"name": name, "command": command}).raise_for_status().json()["id"])


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of all lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def verdict(what: str, is_kept: bool) -> None:
    """One line of the report."""
    print(f"  {'ok  ' if is_kept else 'OVER'} {what}", flush=True)


def steady(watched: Watched, seconds: float) -> dict[str, Any]:
    """What was seen in a while, and by how much the heap grew in its second half."""
    watched.page.wait_for_timeout(2_000)
    watched.forget()
    watched.page.wait_for_timeout(500 * seconds)
    half = watched.seen()
    before = watched.heap()
    watched.forget()
    watched.page.wait_for_timeout(500 * seconds)
    rest = watched.seen()
    growth = watched.heap() - before
    joined = {key: [*half[key], *rest[key]] for key in ("frames", "lags")}
    rate = len(joined["frames"]) / (half["seconds"] + rest["seconds"])
    return {**joined, "rate": rate, "growth": growth, "heap": before}


def live(watched: Watched, workbench: Workbench, seconds: float) -> None:
    """4 series at 250 Hz."""
    submit(workbench, "live", "python", "live.py")
    watched.lab.row("live").click()
    watched.lab.tab("Curves")
    expect(watched.lab.job.get_by_role("figure")).to_have_count(4)
    told = steady(watched, seconds)
    lag = percentile(told["lags"], 0.95)
    verdict(f"{told['rate']:.1f} frames a second (at least {LEAST_FRAMES})", told["rate"] >= LEAST_FRAMES)
    median = statistics.median(told["lags"])
    verdict(
        f"{lag:.1f} ms old at the 95th percentile, {median:.1f} at the median (at most {MOST_LAG})", lag <= MOST_LAG
    )
    growth = told["growth"]
    verdict(f"{told['heap'] / 1e6:.0f} MB of heap, {growth / 1e6:+.1f} MB in half the time", growth <= MOST_GROWTH)


def overlay(watched: Watched, workbench: Workbench, _: float) -> None:
    """50 runs of 10,000 steps."""
    for number in range(RUNS):
        submit(workbench, f"run {number}", "python", "short.py", str(0.1 + number / 100))
    eventually_sync(lambda: not workbench.running_jobs(), 300)
    table = JobsPage(watched.lab).open()
    table.grid.get_by_role("checkbox", name="Mark all").check()
    watched.forget()
    table.body.get_by_role("button", name="Compare jobs").click()
    compared = watched.page.locator(".crispdm-ComparePage:visible")
    expect(compared.get_by_role("columnheader")).to_have_count(RUNS)
    watched.page.wait_for_timeout(3_000)
    worst = max(watched.seen()["frames"])
    verdict(f"{worst:.0f} ms is the longest frame while {RUNS} runs open (at most {MOST_FRAME})", worst <= MOST_FRAME)
    over = compared.get_by_role("figure").first.locator(".u-over")
    box = over.bounding_box()
    assert box
    watched.forget()
    for part in (0.5, 0.4, 0.3):
        watched.page.mouse.move(box["x"] + part * box["width"], box["y"] + 40)
        watched.page.mouse.down()
        watched.page.mouse.move(box["x"] + (part + 0.3) * box["width"], box["y"] + 60, steps=5)
        watched.page.mouse.up()
        watched.page.wait_for_timeout(2_000)
    worst = max(watched.seen()["frames"])
    verdict(f"{worst:.0f} ms is the longest frame while one zooms (at most {MOST_FRAME})", worst <= MOST_FRAME)


def log(watched: Watched, workbench: Workbench, seconds: float) -> None:
    """A job that prints 100 MB a minute."""
    submit(workbench, "printing", "python", "printing.py")
    watched.lab.row("printing").click()
    watched.lab.tab("Log")
    expect(watched.lab.lines.first).to_be_visible()
    told = steady(watched, seconds)
    verdict(f"{told['rate']:.1f} frames a second (at least {LEAST_FRAMES})", told["rate"] >= LEAST_FRAMES)
    growth = told["growth"]
    verdict(f"{told['heap'] / 1e6:.0f} MB of heap, {growth / 1e6:+.1f} MB in half the time", growth <= MOST_GROWTH)


CASES: dict[str, Callable[[Watched, Workbench, float], None]] = {"live": live, "overlay": overlay, "log": log}


def main(seconds: float = 60, *names: str) -> None:
    """Measure the cases that are named, or all, each in a page of its own."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        workbench = Workbench(Path(folder) / "workbench")
        for name, text in (("live", LIVE), ("short", SHORT), ("printing", PRINTING)):
            (workbench.root / f"{name}.py").write_text(text)
        workbench.add_admin()
        browser = playwright.chromium.launch(executable_path=find_browser(), args=list(FLAGS))
        try:
            workbench.start()
            workbench.add_users()
            expect.set_options(timeout=PATIENCE)
            for name in names or CASES:
                print(f"{name}: {(CASES[name].__doc__ or '').strip()}", flush=True)
                watched = Watched(browser, workbench, name)
                CASES[name](watched, workbench, seconds)
                watched.page.close()
                workbench.stop_jobs()
                workbench.clear()
        finally:
            browser.close()
            workbench.stop()


if __name__ == "__main__":
    main(float(sys.argv[1]) if sys.argv[1:] else 60, *sys.argv[2:])
