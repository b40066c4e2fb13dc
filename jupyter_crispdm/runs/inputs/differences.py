"""Which inputs of two runs differ, and whether that explains different results. Knows no files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..made.types import Changed, Code, DataInput, EnvironmentLock, Inputs
from ..types import Explanation, Result, Run

_MOST_DETAILS = 100
_LONGEST = 200
_FILE_IN_DIFF = re.compile(r"^diff --git a/(.+?) b/", re.MULTILINE)


def changed(then: Run, now: Run, inputs_then: Inputs, inputs_now: Inputs) -> list[Changed]:
    """How the inputs of one run stand to those of an earlier one."""
    return [
        code_changed(inputs_then.code, inputs_now.code),
        environment_changed(inputs_then.environment, inputs_now.environment),
        data_changed(inputs_then.data, inputs_now.data),
        parameters_changed(then.parameters, now.parameters),
    ]


def code_changed(then: Code | None, now: Code | None) -> Changed:
    """How the code stands to what it was."""
    if then is None or now is None:
        return Changed("code", "unknown", "The code of one of them was not noted.")
    if then.digest == now.digest:
        return Changed("code", "same")
    files = sorted(_other_files(then, now))
    reason = "The code is another."
    if then.commit != now.commit:
        reason = f"The code is another: commit {_commit(now)}, not {_commit(then)}."
    elif files:
        reason = f"The code is another: {_some(files)}."
    return Changed("code", "changed", reason, files[:_MOST_DETAILS])


def environment_changed(then: EnvironmentLock | None, now: EnvironmentLock | None) -> Changed:
    """How the environment stands to what it was."""
    if then is None or now is None:
        return Changed("environment", "unknown", "The packages of one of them were not noted.")
    if then.digest == now.digest:
        return Changed("environment", "same")
    details = _packages(then, now)
    other = f"another environment, {now.name}, not {then.name}" if then.id != now.id else "packages of it are others"
    reason = f"It ran in {other}" if then.id != now.id else f"The environment changed: {other}"
    return Changed("environment", "changed", f"{reason}{_list(details)}.", details[:_MOST_DETAILS])


def data_changed(then: Sequence[DataInput], now: Sequence[DataInput]) -> Changed:
    """How the data stand to what they were."""
    before, after = ({one.name: one for one in some} for some in (then, now))
    if not before and not after:
        return Changed("data", "unknown", "Neither names a file or folder that could be looked at.")
    details = [name for name in {**before, **after} if _digest(before.get(name)) != _digest(after.get(name))]
    if details:
        return Changed("data", "changed", f"The data are others: {_some(details)}.", details[:_MOST_DETAILS])
    partial = next((one.partial for one in after.values() if one.partial), "")
    return Changed("data", "same", f"As far as they were read: {partial}." if partial else "")


def parameters_changed(then: Mapping[str, Any], now: Mapping[str, Any]) -> Changed:
    """How the parameters stand to what they were."""
    names = [name for name in {**then, **now} if then.get(name, _NONE) != now.get(name, _NONE)]
    if not names:
        return Changed("parameters", "same")
    details = [f"{name}: {_shown(then, name)} → {_shown(now, name)}" for name in names]
    return Changed("parameters", "changed", f"Other parameters: {_some(names)}.", details[:_MOST_DETAILS])


def explained(then: Run, now: Run, inputs: Iterable[Changed]) -> Explanation:
    """A run beside the one that it repeats."""
    results = _results(then, now)
    given = list(inputs)
    return Explanation(then.id, results, given, _summary(results, given))


def _results(then: Run, now: Run) -> list[Result]:
    names = [name for name in then.metrics if name in now.metrics]
    pairs = [(name, then.metrics[name].last, now.metrics[name].last) for name in names]
    return [Result(name, before, after, before == after) for name, before, after in pairs]


def _summary(results: Sequence[Result], inputs: Sequence[Changed]) -> str:
    other = [one.metric for one in results if not one.same]
    changes = [one for one in inputs if one.state == "changed"]
    unknown = [one.input for one in inputs if one.state == "unknown"]
    if not results:
        return "Both have no metric in common yet."
    told = f"Other results: {_some(other)}." if other else "The same results."
    if changes:
        return f"{told} Changed: {', '.join(one.input for one in changes)}."
    if unknown:
        return f"{told} Nothing that is known changed; not known of both: {', '.join(unknown)}."
    if other:
        return f"{told} No input changed: the program itself gives other results each time, as without a fixed seed."
    return f"{told} No input changed."


class _None:
    """A parameter that a run does not have."""


_NONE = _None()


def _shown(values: Mapping[str, Any], name: str) -> str:
    return repr(values[name])[:_LONGEST] if name in values else "none"


def _digest(data: DataInput | None) -> str | None:
    return None if data is None else data.digest


def _commit(code: Code) -> str:
    return code.commit[:10] or "none"


def _other_files(then: Code, now: Code) -> set[str]:
    before, after = ({one.path: one.sha256 for one in code.files} for code in (then, now))
    files = {path for path in {**before, **after} if before.get(path) != after.get(path)}
    if then.diff != now.diff:
        parts_then, parts_now = _parts(then.diff), _parts(now.diff)
        files |= {path for path in {**parts_then, **parts_now} if parts_then.get(path) != parts_now.get(path)}
    return files


def _parts(diff: str) -> dict[str, str]:
    """A diff by file."""
    starts = [(found.start(), found[1]) for found in _FILE_IN_DIFF.finditer(diff)]
    ends = [*(start for start, _ in starts), len(diff)][1:]
    return {path: diff[start:end] for (start, path), end in zip(starts, ends, strict=True)} if starts else {}


def _packages(then: EnvironmentLock, now: EnvironmentLock) -> list[str]:
    before, after = (dict(_named(one) for one in lock.packages) for lock in (then, now))
    found = [] if then.python == now.python else [f"Python {then.python} → {now.python}"]
    for name in sorted({**before, **after}):
        old, new = before.get(name), after.get(name)
        if old != new:
            found.append(f"{name} {old or 'none'} → {new or 'none'}")
    return found


def _named(package: str) -> tuple[str, str]:
    name, _, version = package.partition("==")
    return name, version


def _list(details: Sequence[str]) -> str:
    return f": {_some(details)}" if details else ""


def _some(names: Sequence[str], most: int = 3) -> str:
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")
