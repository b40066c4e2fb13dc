"""A thousand jobs, made without running them: copies of one that ran."""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import Locator

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
    made = job.with_name(f"{job.name[:-4]}{number:04}")
    shutil.copytree(job, made, ignore=shutil.ignore_patterns("control"))
    spec = (job / "spec.json").read_text()
    spec = spec.replace(job.name, made.name).replace("copy 0000", f"copy {number:04}")
    (made / "spec.json").write_text(spec)


def scroll(scroller: Locator) -> float:
    """Scroll through a list in sixty steps; the milliseconds that nine of ten frames keep to."""
    return float(scroller.evaluate(_SCROLL))


_SCROLL = """
async scroller => {
  const frames = [];
  let last = performance.now();
  for (let step = 0; step <= 60; step++) {
    scroller.scrollTop = scroller.scrollHeight * step / 60;
    await new Promise(requestAnimationFrame);
    frames.push(performance.now() - last);
    last = performance.now();
  }
  return frames.sort((a, b) => a - b)[Math.floor(frames.length * 0.9)];
}
"""
