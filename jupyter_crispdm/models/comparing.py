"""Versions beside each other: what is the same, what differs, field by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jupyter_crispdm.base.errors import BadRequest

from .types import Comparison, ComparisonRow, ModelVersion

MOST_VERSIONS = 20
_MOST_ROWS = 5_000
_DEEPEST = 6


def parse_versions(text: str) -> list[int]:
    """The numbers of `1,2,5`, each once. Raises BadRequest."""
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isascii() and part.isdigit() and 0 < len(part) < 10 for part in parts):
        raise BadRequest("'versions' must be numbers with commas between them, such as 1,2.", field="versions")
    numbers = list(dict.fromkeys(map(int, parts)))
    if not 2 <= len(numbers) <= MOST_VERSIONS:
        raise BadRequest(f"'versions' must be 2 to {MOST_VERSIONS} different numbers.", field="versions")
    return numbers


def compared(versions: Sequence[ModelVersion], locks: Sequence[str | None]) -> Comparison:
    """What is known of versions, side by side; a field that one of them lacks is null there."""
    sides = [dict(_facts(version, lock)) for version, lock in zip(versions, locks, strict=True)]
    keys = list(dict.fromkeys(key for side in sides for key in side))[:_MOST_ROWS]
    rows = [ComparisonRow(group, field, values := [side.get((group, field)) for side in sides], _differ(values))
            for group, field in keys]  # fmt: skip
    return Comparison(versions[0].name, [version.version for version in versions], rows)


def _facts(version: ModelVersion, lock: str | None) -> Iterator[tuple[tuple[str, str], Any]]:
    lineage = version.lineage
    groups: dict[str, Mapping[str, Any]] = {
        "metrics": dict(sorted(version.metrics.items())),
        "parameters": dict(_flat(lineage.parameters)),
        "model": {
            "format": version.format.value, "task": version.task, "classes": version.classes,
            "inputs": version.signature.get("inputs"), "outputs": version.signature.get("outputs"),
            "size": version.size, "sha256": version.sha256, "script": version.script_sha256,
        },
        "details": dict(_flat(version.metadata)),
        "lineage": {
            "owner": version.owner, "created": version.created.isoformat(), "job": lineage.job, "run": lineage.run,
            "data": lineage.data, "data_hash": lineage.data_hash, "environment": lineage.environment,
            "lock_hash": lineage.lock_hash, "script": lineage.code.script, "script_hash": lineage.code.sha256,
            "commit": lineage.code.commit, "dirty": lineage.code.dirty,
        },
        "packages": _packages(lock),
    }  # fmt: skip
    for group, fields in groups.items():
        for field, value in fields.items():
            yield (group, field), value


def _flat(values: Mapping[str, Any], before: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Nested values by dotted names."""
    for key, value in values.items():
        if isinstance(value, Mapping) and value and depth < _DEEPEST:
            yield from _flat(value, f"{before}{key}.", depth + 1)
        else:
            yield f"{before}{key}", value


def _packages(lock: str | None) -> dict[str, str]:
    """The versions of packages by their names, as a requirements.txt says them."""
    lines = (line.partition("==") for line in (lock or "").splitlines() if line and line[0] not in "#-")
    return {name: version for name, equal, version in lines if equal}


def _differ(values: Sequence[Any]) -> bool:
    return any(value != values[0] for value in values[1:])
