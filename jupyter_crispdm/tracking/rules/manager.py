"""Keeps the rules of this server, and tries others."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import msgspec

from jupyter_crispdm.base.errors import BadRequest, Conflict
from jupyter_crispdm.base.files.atomic import write_atomic
from jupyter_crispdm.base.files.regular import read_regular

from ..parsers import LogParser, RuleError, RuleSet
from .trying import tried
from .types import MetricRules, MetricRulesChange, RulesTried, RuleTrial

_MOST_BYTES = 256 << 10


class _Kept(msgspec.Struct):
    revision: int
    rules: RuleSet


class RulesManager:
    """The rules are one file of the data directory; whoever reads logs asks for those that are `current`."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / "metric-rules.json"
        self._kept, self._trouble = _Kept(0, RuleSet()), ""
        self._changing = threading.Lock()

    def load(self) -> None:
        """Read the rules; where they cannot be read, there are none, and `trouble` says why."""
        try:
            kept = msgspec.json.decode(read_regular(self._path, _MOST_BYTES), type=_Kept)
            _check(kept.rules)
            self._kept = kept
        except FileNotFoundError:
            return
        except (OSError, msgspec.DecodeError, UnicodeDecodeError, BadRequest) as error:
            self._trouble = f"The rules in '{self._path.name}' cannot be read, so there are none: {error}"

    def current(self) -> RuleSet:
        """The rules by which logs are read now. May be called by any thread."""
        return self._kept.rules

    def show(self) -> MetricRules:
        """The rules as they are kept."""
        kept = self._kept
        return MetricRules(kept.revision, kept.rules.rules, kept.rules.ignore, kept.rules.automatic, self._trouble)

    async def change(self, change: MetricRulesChange) -> MetricRules:
        """Set other rules. Raises BadRequest for one that means nothing, Conflict when somebody was faster."""
        rules = _whole(change)
        _check(rules)
        await asyncio.to_thread(self._write, rules, change.base)
        return self.show()

    async def try_out(self, trial: RuleTrial) -> RulesTried:
        """What rules find in a text. Raises BadRequest for a rule that means nothing."""
        _check(trial.rules)
        return await asyncio.to_thread(tried, trial.rules, trial.text)

    def _write(self, rules: RuleSet, base: int | None) -> None:
        with self._changing:
            revision = self._kept.revision
            if base is not None and base != revision:
                raise Conflict("Somebody else changed the rules in the meantime.", revision=revision)
            kept = _Kept(revision + 1, rules)
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_atomic(self._path, msgspec.json.encode(kept), 0o600)
            self._kept, self._trouble = kept, ""


def _whole(change: MetricRulesChange) -> RuleSet:
    fields = {"rules": change.rules, "ignore": change.ignore, "automatic": change.automatic}
    try:
        return msgspec.convert(msgspec.to_builtins(fields), RuleSet)
    except msgspec.ValidationError as error:
        raise BadRequest(f"The rules cannot be taken: {error}", field=_field(str(error))) from None


def _check(rules: RuleSet) -> None:
    try:
        LogParser(rules)
    except RuleError as error:
        place = f"rules[{error.number}].template"
        raise BadRequest(f"Rule {error.number + 1} means nothing: {error.reason}.", field=place) from None


def _field(message: str) -> str:
    return message.rpartition("`$.")[2].rstrip("`") if "`$." in message else "rules"
