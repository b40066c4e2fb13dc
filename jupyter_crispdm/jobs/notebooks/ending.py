"""How the cells of a notebook end its run by themselves: `sys.exit(…)`, `exit()`, `quit()`; and how a kernel dies."""

from __future__ import annotations

import re
import signal
from collections.abc import Mapping
from typing import Any

_WHOLE = re.compile(r"-?\d{1,18}")


class NotebookEnded(Exception):
    """A cell ended the run: with an exit code, and perhaps a text that says why."""

    def __init__(self, code: int, text: str = "") -> None:
        super().__init__(text)
        self.code = code
        self.text = text


def ending(reply: Mapping[str, Any] | None) -> NotebookEnded | None:
    """What a kernel's answer to a cell says of the end of the run; None when it goes on."""
    content = (reply or {}).get("content", {})
    if content.get("ename") == "SystemExit":
        return system_exit(str(content.get("evalue", "")))
    for payload in content.get("payload") or ():
        if isinstance(payload, Mapping) and payload.get("source") == "ask_exit":
            return _asked(payload.get("keepkernel"))
    return None


def system_exit(text: str) -> NotebookEnded:
    """What Python makes of an exception SystemExit that is written so."""
    if text in ("", "None", "False"):
        return NotebookEnded(0)
    if text == "True":
        return NotebookEnded(1)
    return NotebookEnded(int(text) & 0xFF) if _WHOLE.fullmatch(text) else NotebookEnded(1, text)


def death(status: int | None) -> str:
    """Why a kernel is no longer there, from what its process left behind; None where that is not known."""
    if status is None:
        return "the kernel died"
    if status >= 0:
        return f"the kernel died with exit code {status}"
    try:
        return f"the kernel was ended by {signal.Signals(-status).name}"
    except ValueError:
        return f"the kernel was ended by signal {-status}"


def _asked(keep: Any) -> NotebookEnded:
    """IPython's `exit` takes its argument for whether the kernel is kept; who writes `exit(3)` means a code."""
    return NotebookEnded(0) if keep is None or isinstance(keep, bool) else system_exit(str(keep))
