"""What the demo says while it works."""

from __future__ import annotations

import shutil
import sys
import time
from threading import Event, Thread
from types import TracebackType

from ..output import printable

SILENCE_SECONDS = 8.0
_MOVING_SECONDS = 1.0
_WIDTH = 120


class Step:
    """One thing that takes a while: said when it begins, while it lasts, and when it is done.

    On a terminal one line moves; elsewhere a line is written every `silence` seconds.
    """

    def __init__(self, title: str, silence: float = SILENCE_SECONDS) -> None:
        self._title = title
        self._terminal = sys.stdout.isatty()
        self._every = _MOVING_SECONDS if self._terminal else silence
        self._began = time.monotonic()
        self._at = ""
        self._ended = Event()
        self._teller = Thread(target=self._tell_on, daemon=True)

    def __enter__(self) -> Step:
        print(f"{self._title} …", flush=True)
        self._teller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._teller.join()
        if self._terminal:
            sys.stdout.write("\r\033[K")
        if error is None:
            print(f"  done in {self._seconds():.0f} s", flush=True)

    def tell(self, what: str) -> None:
        """Say what it is at; that is shown with the next sign of life."""
        self._at = printable(what)

    def _seconds(self) -> float:
        return time.monotonic() - self._began

    def _tell_on(self) -> None:
        while not self._ended.wait(self._every):
            line = f"  {self._seconds():.0f} s: {self._at or 'working'}"
            if self._terminal:
                sys.stdout.write(f"\r\033[K{line[: shutil.get_terminal_size().columns - 1]}")
            else:
                sys.stdout.write(f"{line[:_WIDTH]}\n")
            sys.stdout.flush()
