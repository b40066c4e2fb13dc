"""One row of the manifest."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Requirement:
    """A behaviour that is promised.

    It is proven by the tests that name its id, unless it says otherwise: `elsewhere` names what proves it outside the
    test run (a benchmark's path, a target of make, or a look by hand), `deferred` why it does not stand yet.
    """

    id: str
    says: str
    names: tuple[str, ...] = ()  # what users type, such as `GET jobs`, `run --env`, `setting gpus`
    elsewhere: str | None = None
    deferred: str | None = None
    source: str = ""

    @property
    def proven(self) -> bool:
        """Whether tests must name it."""
        return self.elsewhere is None and self.deferred is None


def of(source: str, *rows: Requirement) -> tuple[Requirement, ...]:
    """Rows that come from one place: a heading of the mission or the surface, a numbered fault, or an issue."""
    return tuple(replace(row, source=source) for row in rows)
