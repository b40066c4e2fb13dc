"""JSON paths, the part of RFC 9535 that names one place: names, positions, and `[*]` once, for all of an array.

Filters, slices and descents are left out on purpose: what a message holds decides nothing about how long reading it
takes. `@topic` is the topic of the message, `@topic[2]` its third part, `@received` when it came.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from jupyter_crispdm.base.errors import BadRequest

Step: TypeAlias = "str | int"
_STEP = re.compile(
    r"""\.(?P<name>[^\s.\[\]'"*@$]+)
      | \[(?P<index>-?[0-9]{1,9})\]
      | \['(?P<single>(?:[^'\\]|\\.)*)'\]
      | \["(?P<double>(?:[^"\\]|\\.)*)"\]
      | (?P<every>\[\*\])""",
    re.VERBOSE,
)
_ABOUT = re.compile(r"@(topic|received)(?:\[(-?[0-9]{1,4})\])?")
_LONGEST = 500
_DEEPEST = 20


@dataclass(frozen=True)
class Path:
    """Where a value stands. With `within`, `steps` lead to an array, and `within` to the value in each of its items.

    `about` is set for what is not in the message itself: its topic, or when it came; `part` is a part of the topic.
    """

    text: str
    steps: tuple[Step, ...] = ()
    within: tuple[Step, ...] | None = None
    about: str = ""
    part: int | None = None


def parse_path(text: str, field: str = "fields") -> Path:
    """The path that a text means. Raises BadRequest."""
    if about := _ABOUT.fullmatch(text):
        if about[1] == "received" and about[2]:
            raise _error(text, field)
        return Path(text, about=about[1], part=int(about[2]) if about[2] else None)
    if not text.startswith("$") or len(text) > _LONGEST:
        raise _error(text, field)
    steps = _steps(text, field)
    if steps.count(None) > 1 or len(steps) > _DEEPEST:
        raise _error(text, field)
    at = steps.index(None) if None in steps else len(steps)
    before, after = [one for one in steps[:at] if one is not None], [one for one in steps[at + 1 :] if one is not None]
    return Path(text, tuple(before), tuple(after) if at < len(steps) else None)


def find(value: object, steps: Sequence[Step]) -> object:
    """What stands there; None where nothing does."""
    for step in steps:
        if isinstance(step, str):
            value = value.get(step) if isinstance(value, dict) else None
        elif isinstance(value, list) and -len(value) <= step < len(value):
            value = value[step]
        else:
            return None
    return value


def _steps(text: str, field: str) -> list[Step | None]:
    """The steps of a path; None stands for `[*]`."""
    steps: list[Step | None] = []
    at = 1
    while at < len(text):
        found = _STEP.match(text, at)
        if found is None:
            raise _error(text, field)
        steps.append(_step(found))
        at = found.end()
    return steps


def _step(found: re.Match[str]) -> Step | None:
    if found["every"]:
        return None
    if found["index"] is not None:
        return int(found["index"])
    quoted = found["single"] if found["single"] is not None else found["double"]
    return found["name"] if quoted is None else re.sub(r"\\(.)", r"\1", quoted)


def _error(text: str, field: str) -> BadRequest:
    return BadRequest(
        f"'{text[:100]}' is no path such as $.name, $.list[0].name, $['a name'] or $.samples[*].name, "
        "nor @topic, @topic[1] or @received.",
        field=field,
    )
