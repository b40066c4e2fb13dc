"""What growing curves cost the page: milliseconds a frame of its main thread, 50 curves of 10,000 points.

Everything that the main thread does is counted (decoding, the model, drawing, the page's own layout and painting), as
Chromium's trace tells it, in processor time: what else the machine does counts for nothing. Without a graphics card the
painting of the canvases counts too. The curves stand once in a chart each, and once twelve in a chart.

Run: python -m benchmarks.bench_curves [seconds]   (needs node_modules and a Chromium)
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from tests.ui.install_browser import find_browser

ROOT = Path(__file__).parent.parent
CURVES, POINTS, RATE = 50, 10_000, 60
CATEGORIES = ["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline", "blink.user_timing"]
CASES = {
    "a chart each": [f"metric{number:02}" for number in range(CURVES)],
    "twelve in a chart": [f"iou/{number}" for number in range(CURVES)],
}


def bundle(folder: Path, source: str = "curves_page.tsx") -> Path:
    """A page beside this file with everything it needs in one folder."""
    subprocess.run(
        [
            ROOT / "node_modules/.bin/esbuild",
            ROOT / "benchmarks" / source,
            "--bundle",
            "--minify",
            "--jsx=transform",
            '--define:process.env.NODE_ENV="production"',
            "--define:process.env={}",
            "--loader:.svg=text",
            "--log-level=error",
            f"--outfile={folder / 'page.js'}",
        ],
        check=True,
        cwd=ROOT,
    )
    styles = [*sorted((ROOT / "labextension/style").glob("*.css")), ROOT / "node_modules/uplot/dist/uPlot.min.css"]
    style = "\n".join(path.read_text() for path in styles if path.name != "index.css")
    page = folder / "page.html"
    page.write_text(
        f"<!doctype html><style>{style}</style><div id=host style='height: 860px'></div><script src=page.js></script>"
    )
    return page


def trace(browser: Browser, page: Path, names: Sequence[str], seconds: float) -> tuple[list[dict[str, Any]], int]:
    """What Chromium noted while the curves grew, and how many frames there were."""
    tab = browser.new_page(viewport={"width": 1440, "height": 900})
    tab.goto(page.as_uri())
    browser.start_tracing(page=tab, categories=CATEGORIES)
    order = {"names": list(names), "points": POINTS, "messages": round(seconds * RATE), "perSecond": RATE}
    frames = tab.evaluate("order => run(order)", order)
    events = json.loads(browser.stop_tracing())["traceEvents"]
    tab.close()
    return events, frames


def busy(events: list[dict[str, Any]]) -> list[float]:
    """Milliseconds of processor time of the main thread in each sixtieth of a second of the growth."""
    marks = {event["name"]: event for event in events if event.get("cat") == "blink.user_timing"}
    begin, end = marks["growth begins"], marks["growth ends"]
    slot = 1e6 / RATE
    slots = [0.0] * (int((end["ts"] - begin["ts"]) / slot) + 1)
    for event in events:
        is_task = event["name"] == "RunTask" and event.get("ph") == "X"
        if is_task and (event["pid"], event["tid"]) == (begin["pid"], begin["tid"]):
            at = int((event["ts"] - begin["ts"]) / slot)
            if 0 <= at < len(slots):
                slots[at] += event.get("tdur", event.get("dur", 0)) / 1000
    return slots


def report(name: str, slots: list[float], frames: int) -> None:
    """Print one case."""
    ordered = sorted(slots)
    p99 = ordered[int(len(ordered) * 0.99)]
    print(
        f"{name:20} median {statistics.median(slots):6.2f} ms   mean {statistics.mean(slots):6.2f} ms   "
        f"p99 {p99:6.2f} ms   worst {ordered[-1]:6.2f} ms   {frames / len(slots) * RATE:5.1f} frames/s"
    )


def main(seconds: float = 10) -> None:
    """Measure every case once."""
    print(f"{CURVES} curves of {POINTS:,} points, {RATE} messages a second, {seconds:g} s; main thread in 1/{RATE} s:")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page = bundle(Path(folder))
        browser = playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox"])
        for name, names in CASES.items():
            events, frames = trace(browser, page, names, seconds)
            report(name, busy(events), frames)
        browser.close()


if __name__ == "__main__":
    main(*map(float, sys.argv[1:2]))
