"""A thousand jobs, made without running them: copies of one that ran."""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import Locator, Page

from tests.support import eventually_sync

from .server import Workbench

MANY = 1_000


def make_many(workbench: Workbench, count: int = MANY) -> None:
    """Copies of one job, put beside it while no server looks."""
    with workbench.api as api:
        command = {"command": ["echo", "hello"], "name": "copy 0000", "tags": ["copied"]}
        original = api.post("jobs", json=command).raise_for_status().json()["id"]
        eventually_sync(lambda: not workbench.running_jobs())
    workbench.kill()
    for number in range(1, count):
        _copy(workbench.data / "jobs" / original, number)
    workbench.start()


def _copy(job: Path, number: int) -> None:
    """The same job under another id and name."""
    made = job.with_name(f"{job.name[:-5]}x{number:04}")  # no random id ends like that
    shutil.copytree(job, made, ignore=shutil.ignore_patterns("control"))
    spec = (job / "spec.json").read_text()
    spec = spec.replace(job.name, made.name).replace("copy 0000", f"copy {number:04}")
    (made / "spec.json").write_text(spec)


class MainThread:
    """How long a page has computed. Unlike the time between frames, it does not depend on who else computes."""

    def __init__(self, page: Page) -> None:
        self._session = page.context.new_cdp_session(page)
        self._session.send("Performance.enable", {"timeDomain": "threadTicks"})
        self._begin = self._seconds()

    def seconds(self) -> float:
        """Seconds of the processor since this was made."""
        return self._seconds() - self._begin

    def _seconds(self) -> float:
        metrics = self._session.send("Performance.getMetrics")["metrics"]
        return float(next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration"))


def scroll(scroller: Locator) -> float:
    """Scroll through a list in sixty steps; the milliseconds that the page computes for a step."""
    thread = MainThread(scroller.page)
    scroller.evaluate(_SCROLL, _STEPS)
    return 1000 * thread.seconds() / _STEPS


SLOW_STEP = 60
"""Milliseconds of the processor; a step that drew a thousand rows would take many times as much."""
_STEPS = 60
_SCROLL = """
async (scroller, steps) => {
  for (let step = 0; step <= steps; step++) {
    scroller.scrollTop = scroller.scrollHeight * step / steps;
    await new Promise(requestAnimationFrame);
  }
}
"""
