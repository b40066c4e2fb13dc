"""The rules by which metrics are found in logs, as people set them."""

from __future__ import annotations

import hashlib
from fnmatch import fnmatchcase
from typing import Annotated

import msgspec

from jupyter_crispdm.base.wire import Body

from .templates import Template

MOST_RULES = 50
_MOST_IGNORED = 100


class Rule(Body, frozen=True):
    """A line that a template finds tells metrics: `loss {value} at {step}` with the `name` of its series."""

    template: Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
    name: Annotated[str, msgspec.Meta(max_length=100)] = ""


class RuleSet(Body, frozen=True):
    """All rules of a project, the first that finds something in a line wins.

    `ignore` are names of series that are left alone, where `*` stands for anything. `automatic`: what no rule finds is
    looked at by the readers for the libraries that are known.
    """

    rules: Annotated[list[Rule], msgspec.Meta(max_length=MOST_RULES)] = msgspec.field(default_factory=list)
    ignore: Annotated[
        list[Annotated[str, msgspec.Meta(min_length=1, max_length=100)]], msgspec.Meta(max_length=_MOST_IGNORED)
    ] = msgspec.field(default_factory=list)
    automatic: bool = True

    @property
    def digest(self) -> str:
        """What differs when the rules do."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()[:16]

    def templates(self) -> list[Template]:
        """The templates of the rules, read. Raises ValueError with the number of the one that means nothing."""
        found = []
        for number, rule in enumerate(self.rules):
            try:
                found.append(Template(rule.template, rule.name))
            except ValueError as error:
                raise RuleError(number, str(error)) from None
        return found

    def ignores(self, name: str) -> bool:
        """Whether a series of this name is left alone."""
        return bool(self.ignore) and any(fnmatchcase(name, pattern) for pattern in self.ignore)


class RuleError(ValueError):
    """A rule that means nothing: its number, and why."""

    def __init__(self, number: int, reason: str) -> None:
        super().__init__(reason)
        self.number, self.reason = number, reason
