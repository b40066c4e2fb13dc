"""Tracebacks of Python at the end of a log."""

from __future__ import annotations

import re
from typing import NamedTuple

_HEAD = "Traceback (most recent call last)"
_RAISED = re.compile(r"[A-Za-z_][\w.]{0,150}(?:\(\w+\))?(?::(?:\s.*)?)?$")
_GROUP_HEAD = "  + Exception Group Traceback (most recent call last)"
_IN_GROUP = re.compile(r"  \| \S")
_OUTERMOST = re.compile(r'\s+File ".*", line \d+, in (?:<module>|_run_module_as_main)$')
_REST_LINES, _UNCAUGHT_REST_LINES = 40, 10
_LOGGED = re.compile(
    r"\[?\d{4}-\d\d-\d\d|\[?(?:DEBUG|INFO|WARN|WARNING|ERROR|CRITICAL)\b|[EWIF]\d{4} "
    r"|(?i:\[?(?:epoch|step|iteration|trial|fold)\b)"
)
_KNOWN_REST = re.compile(r"CUDA kernel errors |For debugging |Compile with |For further information |\^")
_IGNORED = "Exception ignored in"
_RUNNERS = ("ChildFailedError",)  # it tells of a program whose own traceback stands before


class Trace(NamedTuple):
    """One traceback: where in the log it begins and where it says what was raised.

    It `counts` unless the program ended for another reason; `of_runner` is what a runner says that tells no reason.
    """

    begin: int
    raised_at: int
    raised: str
    counts: bool = True
    of_runner: str | None = None


def ending_at(lines: list[str], at: int, code: int | None) -> Trace | None:
    """The traceback whose last line is `at`, or None.

    A message of several lines looks like whatever a program prints next. It is taken for one where its lines are
    indented or announced, or where it is likely that nobody caught the exception: the traceback begins at the
    outermost frame, and the program ended with Python's code for it.
    """
    group = _group(lines, at)
    if group is not None:
        return group
    begin = next((place for place in range(at, -1, -1) if lines[place].startswith(_HEAD)), None)
    place = None if begin is None else next((n for n in range(begin + 1, at + 1) if lines[n][0] != " "), None)
    if begin is None or place is None or not _RAISED.match(lines[place]):
        return None
    uncaught = code == 1 and _OUTERMOST.match(lines[begin + 1]) is not None
    if not _belongs(lines[place + 1 : at + 1], lines[place].endswith(":"), uncaught):
        return None
    raised = lines[place].rstrip(": ")
    if begin > 0 and lines[begin - 1].startswith(_IGNORED):
        return Trace(begin - 1, place, raised, counts=False)
    if raised.endswith(_RUNNERS):
        return Trace(begin, place, raised, counts=False, of_runner=raised)
    return Trace(begin, place, raised)


def _group(lines: list[str], at: int) -> Trace | None:
    """A group of exceptions, which stands with those in it behind bars."""
    begin = next((place for place in range(at, -1, -1) if lines[place].startswith(_GROUP_HEAD)), None)
    if begin is None or not all(line.startswith("  ") for line in lines[begin : at + 1]):
        return None
    place = next((n for n in range(begin + 1, at + 1) if _IN_GROUP.match(lines[n])), None)
    return None if place is None else Trace(begin, place, lines[place][4:])


def _belongs(rest: list[str], announced: bool, uncaught: bool) -> bool:
    """Whether the lines behind an exception are the rest of its message."""
    if not rest or (announced and len(rest) <= _REST_LINES):
        return True
    if len(rest) > _REST_LINES or any(_LOGGED.match(line) for line in rest):
        return False
    following = [*rest[1:], ""]
    indented = all(
        line[0].isspace() or _KNOWN_REST.match(line) or after[:1].isspace() for line, after in zip(rest, following)
    )
    return indented or (uncaught and len(rest) <= _UNCAUGHT_REST_LINES)
