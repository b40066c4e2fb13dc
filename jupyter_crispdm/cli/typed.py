"""What people type on a command line: parameters, sizes, durations."""

from __future__ import annotations

import argparse
import json
import math
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from jupyter_crispdm.base.parsing.durations import read_duration
from jupyter_crispdm.tracking.diagnosis.types import AlertRule, AlertThen, AlertWhen, PatienceUnit

_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}
_BINARY_UNITS = {"k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}
_RULES = frozenset(when.value for when in AlertWhen)
_RULE = "'loss above 5', 'val/loss stuck 10 stop' or 'nan stop'"
_RIGHT = "a duration such as 90s, 30m, 1h30m or 2d"


def parameter(text: str) -> tuple[str, Any]:
    """`k=v`, where v is a value if that is written so, else text; `k:=v`, where v is JSON whatever it looks like."""
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise argparse.ArgumentTypeError(f"'{text}' is not K=V")
    if name[-1] != ":" or name == ":":
        return name, value_of(value)
    try:
        return name[:-1], _json(value)
    except (ValueError, RecursionError):
        raise argparse.ArgumentTypeError(f"what follows '{name}=' is not JSON") from None


def value_of(text: str) -> Any:
    """The number, truth value, null, list or table that a text is the writing of, else the text itself.

    A text that would be written otherwise afterwards stays a text, as it came: `831877e8` is the name of a commit,
    `007` that of an agent, `1.10` a version.

    >>> [value_of(text) for text in ("3", "0.5", "1e-3", "true", "831877e8", "007", "1.10", "NaN")]
    [3, 0.5, 0.001, True, '831877e8', '007', '1.10', 'NaN']
    """
    try:
        value = _json(text)
    except (ValueError, RecursionError):
        return text
    return value if isinstance(value, list | dict) or text in _writings(value) else text


def size(text: str) -> int:
    """A number of bytes: 4GB, 1.5 g, 512MiB, 1000000."""
    found = re.fullmatch(r"(\d{1,20}(?:\.\d{0,9})?)\s*([kmgt]?)(i?)b?", text.strip().lower())
    if not found or (found[3] and not found[2]):
        raise argparse.ArgumentTypeError(f"'{text}' is not a size such as 4GB or 512MiB")
    unit = _BINARY_UNITS[found[2]] if found[3] else _UNITS[found[2]]
    return round(float(found[1]) * unit)


def count(text: str) -> int:
    """A whole number."""
    if not re.fullmatch(r"-?\d{1,18}", text.strip()):
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number")
    return int(text)


def some(text: str) -> int:
    """A whole number, at least 1."""
    number = count(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number from 1 on")
    return number


def port(text: str) -> int:
    """The number of a port; 0 is any free one."""
    number = count(text)
    if not 0 <= number < 2**16:
        raise argparse.ArgumentTypeError(f"'{text}' is not a port: 0 to 65535")
    return number


def rate(text: str) -> float:
    """So many times a second; more than never."""
    try:
        times = float(text)
    except ValueError:
        times = 0.0
    if not 0 < times < math.inf:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number of times a second such as 50 or 0.5")
    return times


def origin(text: str) -> str:
    """Where pages of a site come from, as browsers write it: scheme, host, and port where it is an unusual one."""
    if not re.fullmatch(r"https?://(\[[0-9a-f:]+\]|[a-z0-9.-]+)(:\d{1,5})?", text):
        raise argparse.ArgumentTypeError(f"'{text}' is not an origin such as https://app.example.org")
    return text


def days(text: str) -> float:
    """A number of days: 30, 0.5, 30d."""
    seconds = read_duration(text if re.search("[a-z]", text.lower()) else f"{text}d")
    if seconds is None:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number of days such as 30")
    return seconds / 86_400


def duration(text: str) -> float:
    """A length of time: 90s, 30m, 1h30m, 2d; a number alone means seconds."""
    seconds = read_duration(text)
    if seconds is None:
        raise argparse.ArgumentTypeError(f"'{text}' is not {_RIGHT}")
    return seconds


def grace(text: str) -> tuple[float, float]:
    """One or two durations; the second is as the first where it is left out."""
    first, comma, second = text.partition(",")
    times = read_duration(first), read_duration(second if comma else first)
    if times[0] is None or times[1] is None:
        raise argparse.ArgumentTypeError(f"'{text}' is not {_RIGHT}, nor two of them with a comma between")
    return times[0], times[1]


def alert(text: str) -> AlertRule:
    """A rule for curves in words: `loss above 5`, `val/loss stuck 10 stop`, `loss stuck 500 steps`, `nan stop`."""
    words = text.split()
    then = AlertThen.stop if words[-1:] == ["stop"] else AlertThen.notice
    words = words[: len(words) - (then is AlertThen.stop)]
    found = next((at for at in (0, 1) if words[at : at + 1] and words[at] in _RULES), None)
    if found is not None:
        metric, when, rest = " ".join(words[:found]), AlertWhen(words[found]), words[found + 1 :]
        rule = _rule(when, metric, rest, then)
        if rule is not None:
            return rule
    raise argparse.ArgumentTypeError(f"'{text}' is not a rule such as {_RULE}")


def _rule(when: AlertWhen, metric: str, rest: list[str], then: AlertThen) -> AlertRule | None:
    if when is AlertWhen.nan:
        return None if rest else AlertRule(when=when, metric=metric, then=then)
    if not metric or not rest or rest[1:] not in ([], ["steps"] if when is AlertWhen.stuck else []):
        return None
    if when is AlertWhen.stuck:
        unit = PatienceUnit.steps if rest[1:] else PatienceUnit.values
        patience = int(rest[0]) if re.fullmatch(r"[1-9]\d{0,8}", rest[0]) else None
        rule = AlertRule(when=when, metric=metric, patience=patience, unit=unit, then=then)
        return None if patience is None else rule
    value = value_of(rest[0])
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return AlertRule(when=when, metric=metric, value=float(value), then=then) if is_number else None


def _json(text: str) -> Any:
    """JSON as others read it too: without numbers that are none, or that are larger than a float."""
    value = json.loads(text, parse_constant=_refuse)
    json.dumps(value, allow_nan=False)
    return value


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _writings(value: Any) -> Iterator[str]:
    """The ways to write a value: as JSON, a fraction with all its digits, a small one with its power of ten."""
    yield json.dumps(value)
    yield json.dumps(value, ensure_ascii=False)
    if isinstance(value, float) and value and not math.isinf(value):
        digits = Decimal(repr(value))
        yield f"{digits:f}"
        mantissa, _, power = f"{digits.normalize():e}".partition("e")
        if power.startswith("-"):
            yield f"{mantissa}e-{power[1:].lstrip('0')}"
