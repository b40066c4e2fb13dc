"""What the demo says while it works."""

from __future__ import annotations

import shutil
import sys
import time
from types import TracebackType

from ..output import printable


class Step:
    """One thing that takes a while: said when it begins and when it is done."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._terminal = sys.stdout.isatty()
        self._began = time.monotonic()

    def __enter__(self) -> Step:
        print(f"{self._title} …", flush=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.tell("")
        if error is None:
            print(f"  done in {time.monotonic() - self._began:.0f} s", flush=True)

    def tell(self, what: str) -> None:
        """Show what it is at, in one line that the next one replaces."""
        if self._terminal:
            width = shutil.get_terminal_size().columns - 3
            sys.stdout.write(f"\r\033[K  {printable(what)[:width]}" if what else "\r\033[K")
            sys.stdout.flush()
