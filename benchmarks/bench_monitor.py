"""How long a frame of the live monitor takes at 100 samples a second, and what the page's main thread does in it.

The page is the product's own monitor with a window of 1,000 samples, which are all drawn, and with a server in a
worker. A frame is from one picture to the next, as the page is told of it: 16.7 ms where nothing is late. Processor
time of the main thread is taken from Chromium's trace, as `bench_curves` does.

Run: python -m benchmarks.bench_monitor [seconds]   (needs node_modules and a Chromium)
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from benchmarks.bench_curves import CATEGORIES, bundle, busy
from tests.ui.install_browser import find_browser

RATE, WINDOW = 100, 1000
MOST_MEDIAN, MOST_P99 = 17.0, 50.0


def measure(browser: Browser, page: Path, seconds: float) -> tuple[list[float], list[float]]:
    """Milliseconds of each frame, and of processor time in each sixtieth of a second."""
    tab = browser.new_page(viewport={"width": 1440, "height": 900})
    tab.goto(page.as_uri())
    browser.start_tracing(page=tab, categories=CATEGORIES)
    samples = round(seconds * RATE)
    told: dict[str, Any] = tab.evaluate(
        "order => run(order)", {"window": WINDOW, "samples": samples, "perSecond": RATE}
    )
    events = json.loads(browser.stop_tracing())["traceEvents"]
    tab.close()
    if told["last"] != WINDOW + samples:
        raise SystemExit(f"the page has sample {told['last']}, not {WINDOW + samples}")
    return told["frames"], busy(events)


def p99(values: list[float]) -> float:
    """What 99 of 100 do not exceed."""
    return sorted(values)[int(len(values) * 0.99)]


def main(seconds: float = 20) -> int:
    """Measure once; 1 when frames take longer than promised."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page = bundle(Path(folder), "monitor_page.tsx")
        browser = playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox"])
        frames, work = measure(browser, page, seconds)
        browser.close()
    median = statistics.median(frames)
    print(f"{RATE} samples a second, a window of {WINDOW:,}, {seconds:g} s, {len(frames)} frames")
    print(f"a frame        median {median:6.2f} ms   p99 {p99(frames):6.2f} ms   worst {max(frames):6.2f} ms")
    print(f"main thread    median {statistics.median(work):6.2f} ms   p99 {p99(work):6.2f} ms in 1/60 s")
    return int(median > MOST_MEDIAN or p99(frames) > MOST_P99)


if __name__ == "__main__":
    raise SystemExit(main(*map(float, sys.argv[1:2])))
