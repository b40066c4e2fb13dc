"""Which lines of a log tell of an error: tracebacks, what programs say when they fail, and lines of the level ERROR.

A figure is none: "error: 0.12" and "val_error=0.2" are what a training prints about itself.
"""

from __future__ import annotations

import re

from . import reasons

#: Every line that tells of an error holds one of these.
WORDS = (
    b"rror", b"RROR", b"xception", b"Traceback", b"panic", b"atal", b"FATAL", b"CRITICAL", b"egmentation fault",
    b"Killed", b"core dumped", b"Interrupt", b"command not found", b"Timeout", b": not found", b"Bus error",
)
TRACEBACK = "Traceback (most recent call last)"
_LONGEST = 2000
_LEVEL = re.compile(r"(?:^|.{0,120}?[\s\[|:(<])(?:ERROR|CRITICAL|FATAL)(?=[\]|:\s>)\]-])[\]|:\s>)-]*(?P<said>.{0,200})")
_FIGURE = re.compile(r"[-+]?(?:\d|\.\d|nan\b|inf\b)|[=(]", re.IGNORECASE)
_ENDED = re.compile(r"(?:.{0,200}\s)?(?:Segmentation fault|Bus error|Aborted|Killed)(?: \(core dumped\))?$")


def kind_of(line: str) -> str | None:
    """What a line tells of: ``traceback`` or ``error``; None where it tells of neither."""
    line = reasons.without_rank(line[:_LONGEST]).rstrip()
    if TRACEBACK in line and len(line) < 200:
        return "traceback"
    said = _LEVEL.match(line)
    if said is not None and re.search(r"[^\W\d_]", said["said"]) and not _FIGURE.match(said["said"]):
        return "error"
    if reasons.names_error(line) or _ENDED.match(line):
        return "error"
    return None
