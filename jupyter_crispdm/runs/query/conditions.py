"""The language of conditions: `metrics.val/loss < 0.3 and (params.lr = 0.1 or tags = best) and not state = failed`.

    condition = term { "or" term }          term = factor { "and" factor }
    factor = "not" factor | "(" condition ")" | test
    test = field [ operator value | ["not"] "in" "(" value { "," value } ")" ]

Operators: `= != < <= > >=`, `~` (holds the text, whatever its case) and `!~`. A field alone asks whether it is there,
and neither false, 0 nor empty. A field that a run does not have passes no comparison. Names with blanks or brackets
stand in quotes: `metrics."val loss".min`. Nothing is evaluated but this: a text of bounded length becomes a function.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable
from datetime import datetime, timezone
from functools import reduce
from typing import Any, NamedTuple, NoReturn

from jupyter_crispdm.base.errors import BadRequest

from ..types import Run
from .fields import Getter, Value, getter, is_number, is_time

Condition = Callable[[Run], bool]
Literal = float | str | bool | datetime

MOST_LETTERS = 4000
_MOST_TESTS = 200
_DEEPEST = 40
_TOKEN = re.compile(
    r"""\s*(?:
    (?P<operator><=|>=|!=|<>|==|!~|[=<>~(),])
    |(?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    |(?P<word>[^\s<>=!~(),'"]+(?:"(?:[^"\\]|\\.)*"[^\s<>=!~(),'"]*)?)
    )""",
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(.)")
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_SAME = {"==": "=", "<>": "!="}
_SIGNS = frozenset([*_COMPARE, "~", "!~"])
_FLAGS = {"true": True, "false": False}


class Token(NamedTuple):
    """A piece of a condition: an operator, a text in quotes, or a word; where it stands; empty at the end."""

    kind: str
    text: str
    at: int


def condition(text: str) -> Condition:
    """The function that a condition stands for; everything passes an empty one. Raises BadRequest with the place."""
    if len(text) > MOST_LETTERS:
        raise BadRequest(f"'filter' must not be longer than {MOST_LETTERS} letters.", field="filter")
    if not text.strip():
        return lambda run: True
    return _Parser(_tokens(text)).whole()


class _Parser:
    """Goes through the tokens once, from left to right."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._next = 0
        self._tests = 0

    def whole(self) -> Condition:
        found = self._any(0)
        if self._peek.kind:
            self._refuse("'and', 'or' or the end")
        return found

    def _any(self, depth: int) -> Condition:
        found = [self._all(depth)]
        while self._takes_word("or"):
            found.append(self._all(depth))
        return reduce(_either, found)

    def _all(self, depth: int) -> Condition:
        found = [self._factor(depth)]
        while self._takes_word("and"):
            found.append(self._factor(depth))
        return reduce(_both, found)

    def _factor(self, depth: int) -> Condition:
        if depth > _DEEPEST:
            self._refuse("fewer brackets")
        if self._takes_word("not"):
            inner = self._factor(depth + 1)
            return lambda run: not inner(run)
        if self._takes("("):
            inner = self._any(depth + 1)
            if not self._takes(")"):
                self._refuse("')'")
            return inner
        return self._test()

    def _test(self) -> Condition:
        self._tests += 1
        if self._tests > _MOST_TESTS:
            raise BadRequest(f"'filter' may hold {_MOST_TESTS} tests at most.", field="filter")
        if self._peek.kind != "word":
            self._refuse("a field")
        path = self._take().text
        read = getter(path, "filter")
        sign = self._peek.text if self._peek.kind == "operator" else ""
        sign = _SAME.get(sign, sign)
        if sign in _SIGNS:
            self._take()
            return _comparison(read, sign, self._value(path, sign))
        negated = self._is_word("not") and self._word_after("in")
        if negated:
            self._take()
        if self._takes_word("in"):
            return self._one_of(path, read, negated)
        return lambda run: bool(read(run)) and not _is_nan(read(run))

    def _one_of(self, path: str, read: Getter, negated: bool) -> Condition:
        if not self._takes("("):
            self._refuse("'('")
        tests = [_comparison(read, "=", self._value(path, "="))]
        while self._takes(","):
            tests.append(_comparison(read, "=", self._value(path, "=")))
        if not self._takes(")"):
            self._refuse("',' or ')'")
        if negated:
            return lambda run: read(run) is not None and not any(test(run) for test in tests)
        return lambda run: any(test(run) for test in tests)

    def _value(self, path: str, sign: str) -> Literal:
        token = self._peek
        if token.kind not in ("word", "text"):
            self._refuse("a value")
        self._take()
        text = _unquoted(token.text) if token.kind == "text" else token.text
        if is_time(path):
            return _moment(text, token.at)
        if is_number(path):
            number = _number(text)
            if number is None or sign in ("~", "!~"):
                self._refuse(f"a number to compare '{path[:60]}' with", token)
            return number
        if token.kind == "text" or sign in ("~", "!~"):
            return text
        number = _number(text)
        return _FLAGS.get(text.lower(), text) if number is None else number

    @property
    def _peek(self) -> Token:
        return self._tokens[self._next]

    def _take(self) -> Token:
        token = self._tokens[self._next]
        self._next += 1
        return token

    def _takes(self, sign: str) -> bool:
        found = self._peek.kind == "operator" and self._peek.text == sign
        self._next += found
        return found

    def _is_word(self, word: str) -> bool:
        return self._peek.kind == "word" and self._peek.text.lower() == word

    def _word_after(self, word: str) -> bool:
        after = self._tokens[min(self._next + 1, len(self._tokens) - 1)]
        return after.kind == "word" and after.text.lower() == word

    def _takes_word(self, word: str) -> bool:
        found = self._is_word(word)
        self._next += found
        return found

    def _refuse(self, wanted: str, at: Token | None = None) -> NoReturn:
        token = at or self._peek
        found = f"'{token.text[:40]}'" if token.kind else "the end"
        message = f"'filter': at letter {token.at + 1} there should be {wanted}, not {found}."
        raise BadRequest(message, field="filter", at=token.at)


def _either(one: Condition, other: Condition) -> Condition:
    return lambda run: one(run) or other(run)


def _both(one: Condition, other: Condition) -> Condition:
    return lambda run: one(run) and other(run)


def _tokens(text: str) -> list[Token]:
    found, at = [], 0
    while at < len(text.rstrip()):
        match = _TOKEN.match(text, at)
        if match is None:
            place = at + len(text[at:]) - len(text[at:].lstrip())
            message = f"'filter': letter {place + 1}, '{text[place]}', begins nothing."
            raise BadRequest(message, field="filter", at=place)
        kind = match.lastgroup or ""
        found.append(Token(kind, match[kind], match.start(kind)))
        at = match.end()
    return [*found, Token("", "", len(text))]


def _comparison(read: Getter, sign: str, wanted: Literal) -> Condition:
    if sign in ("~", "!~"):
        text, negated = str(wanted).lower(), sign == "!~"
        return lambda run: (value := read(run)) is not None and (text in _as_text(value)) is not negated
    compare, kind = _COMPARE[sign], wanted.__class__

    def test(run: Run) -> bool:
        value = read(run)
        if value.__class__ is kind:
            return compare(value, wanted)
        if value is None:
            return False
        if isinstance(value, list):
            return _among(value, sign, wanted, compare)
        return _across(value, sign, wanted)

    return test


def _among(values: list[str], sign: str, wanted: Literal, compare: Callable[[Any, Any], bool]) -> bool:
    if sign in ("=", "!="):
        return (_written(wanted) in values) is (sign == "=")
    return any(compare(one, _written(wanted)) for one in values)


def _across(value: Value, sign: str, wanted: Literal) -> bool:
    """Values of two kinds: equal where they are written alike, as `007` of a text and 7 are not."""
    if isinstance(value, bool) or isinstance(wanted, bool) or isinstance(value, str):
        number = _number(value) if isinstance(value, str) else None
        if number is not None and isinstance(wanted, float):
            return _COMPARE[sign](number, wanted)
        same = _as_text(value) == _written(wanted).lower()
        return same if sign == "=" else not same if sign == "!=" else False
    return sign == "!="


def _written(value: Literal) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def _as_text(value: Value) -> str:
    if isinstance(value, list):
        return "\n".join(value).lower()
    if isinstance(value, float):
        return f"{value:g}"
    return str(value).lower()


def _unquoted(text: str) -> str:
    return _ESCAPE.sub(r"\1", text[1:-1])


def _number(text: str) -> float | None:
    try:
        return float(text) if "_" not in text else None
    except ValueError:
        return None


def _moment(text: str, at: int) -> datetime:
    try:
        found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        message = f"'filter': '{text[:40]}' is no time; write it as 2026-11-01 or 2026-11-01T09:30."
        raise BadRequest(message, field="filter", at=at) from None
    return found if found.tzinfo else found.replace(tzinfo=timezone.utc)


def _is_nan(value: Value) -> bool:
    return isinstance(value, float) and math.isnan(value)
