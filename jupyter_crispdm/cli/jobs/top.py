"""`jupyter crispdm top [ID]`: runs in the terminal, as they go on. It needs no server, and changes nothing."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.live import Live

from ..output import UsageError
from .live.keys import single_keys, wait_for_key
from .live.points import Curves, read_curves
from .live.runs import RUNS, Run, find, log_tail, look
from .live.screen import View, frame

_MOST_RUNS = 200
_LOG_LINES = 10
_SMALLEST, _LARGEST = 0.1, 3600.0
_PROJECT = ".crispdm"
_OFF_A_TERMINAL = (100, 40)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("id", nargs="?", help="the job, or the folder of a run, to begin with")
    parser.add_argument("--data-dir", metavar="D", help="the server's data directory (default: the one of here)")
    parser.add_argument(
        "--interval", type=interval, default=1.0, metavar="S", help="seconds between two looks (default: 1)"
    )
    parser.add_argument("--once", action="store_true", help="print one frame and end, as it does off a terminal")


def interval(text: str) -> float:
    """Seconds between two looks."""
    seconds = float(text)
    if not _SMALLEST <= seconds <= _LARGEST:
        raise argparse.ArgumentTypeError(f"give {_SMALLEST:g} to {_LARGEST:g} seconds")
    return seconds


def run(arguments: argparse.Namespace) -> int:
    """Draw until somebody quits."""
    here = Path.cwd()
    watch = Watch(jobs_directory(arguments.data_dir, here), here, arguments.id)
    if arguments.once or not (sys.stdout.isatty() and sys.stdin.isatty()):
        return _once(watch)
    return _live(watch, arguments.interval)


class Watch:
    """Which run is chosen, and what is known of it."""

    def __init__(self, jobs: Path, here: Path, wanted: str | None) -> None:
        self._jobs, self._here = jobs, here
        self._chosen: str | None = None
        self._only = None if wanted is None else self._find(wanted)
        self._says = Says()
        self.runs: Sequence[Run] = []
        self.paused = False

    def look(self) -> None:
        """See which runs there are by now."""
        if self._only is not None:
            run = look(self._only)
            self.runs = [] if run is None else [run]
        else:
            self.runs = find(self._jobs, self._here, _MOST_RUNS)

    def move(self, by: int) -> None:
        """Choose another run."""
        if self.runs:
            at = min(len(self.runs) - 1, max(0, self.chosen + by))
            self._chosen = str(self.runs[at].directory)

    @property
    def chosen(self) -> int:
        """The place of the chosen run among all; it stays the same run when others come."""
        at = (place for place, run in enumerate(self.runs) if str(run.directory) == self._chosen)
        return next(at, 0)

    def view(self, thinking: bool) -> View:
        """What to show; `thinking` also about what its curves say, which needs numpy and so comes after a frame."""
        if not self.runs:
            return View([], now=time.time())
        run = self.runs[self.chosen]
        curves = read_curves(run.directory)
        verdict = self._says.of(run, curves) if thinking else None
        log = log_tail(run, _LOG_LINES)
        return View(self.runs, self.chosen, curves, log, verdict, time.time(), self.paused)

    def _find(self, wanted: str) -> Path:
        for path in (self._jobs / wanted, self._here / RUNS / wanted, self._here / wanted):
            if path.is_dir() and (path / "metrics").is_dir():
                return path
        raise UsageError(f"There is no job or run '{wanted}' in {self._jobs}, nor below {self._here}.")


class Says:
    """What the curves of a run say, asked again when they have grown."""

    def __init__(self) -> None:
        self._of: tuple[Path, int] | None = None
        self._said: tuple[str, str] | None = None

    def of(self, run: Run, curves: Curves) -> tuple[str, str] | None:
        """The verdict and its reason; None where there are no curves."""
        key = run.directory, sum(map(len, curves.values()))
        if key != self._of and curves:
            from .live.verdict import verdict

            self._said = verdict(curves)
        self._of = key
        return self._said if curves else None


def jobs_directory(given: str | None, here: Path) -> Path:
    """Where the directories of jobs are: as given, of the project here, as the settings say, or where they usually are.

    The settings are read only where one of their files names a data directory: reading them takes seconds.
    """
    if given is not None:
        return Path(given).expanduser() / "jobs"
    if (here / _PROJECT / "jobs").is_dir():
        return here / _PROJECT / "jobs"
    from jupyter_core.paths import jupyter_config_path, jupyter_data_dir

    if any(map(_names_a_data_directory, jupyter_config_path())):
        from ..settings import data_directory, settings

        return data_directory(settings()) / "jobs"
    return Path(jupyter_data_dir()) / "crispdm" / "jobs"


def _names_a_data_directory(folder: str) -> bool:
    try:
        with os.scandir(folder) as entries:
            files = [one.path for one in entries if one.name.endswith((".py", ".json")) and one.is_file()]
        return any(b"data_dir" in Path(file).read_bytes() for file in files)
    except OSError:
        return False


def _once(watch: Watch) -> int:
    watch.look()
    console = Console(width=None if sys.stdout.isatty() else _OFF_A_TERMINAL[0], highlight=False)
    height = console.size.height if sys.stdout.isatty() else _OFF_A_TERMINAL[1]
    console.print(frame(watch.view(thinking=True), console.size.width, height))
    return 0


def _live(watch: Watch, seconds: float) -> int:
    console = Console(highlight=False)
    watch.look()
    with single_keys() as keys, Live(console=console, screen=True, auto_refresh=False) as live:
        thinking = False
        while True:
            live.update(frame(watch.view(thinking), console.size.width, console.size.height), refresh=True)
            key = wait_for_key(keys, seconds if thinking else 0.0)
            thinking = True
            if key == "quit":
                return 0
            if key == "pause":
                watch.paused = not watch.paused
            elif key:
                watch.move(1 if key == "down" else -1)
            elif not watch.paused:
                watch.look()

