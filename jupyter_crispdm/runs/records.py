"""What the index keeps of a run, and where its files are: structures only, of which every part of the room knows."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from .made.types import Inputs
from .types import Digests, Figures, Run

INPUTS = "inputs.json"
"""What a run was made of, in its directory."""

SYSTEM = "system"
"""The folder of a run with what its process tree used: metrics like its own."""


@dataclass
class Account:
    """What was read of a run directory up to a cursor, and in which span of time it was logged (seconds).

    The cursor is of an epoch; in another epoch everything is read anew.
    """

    epoch: str = ""
    cursor: int = 0
    figures: dict[str, Figures] = field(default_factory=dict)
    first: float | None = None
    last: float | None = None
    trouble: str = ""

    @property
    def points(self) -> int:
        """How many points were counted."""
        return sum(one.count for one in self.figures.values())


class Marks(msgspec.Struct, frozen=True):
    """What people said of a run; `tags` are None where they left those of its job."""

    tags: list[str] | None = None
    note: str = ""
    group: str = ""
    favourite: bool = False


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the index. `run` lacks what stands in the accounts; `settled`: it is over, and was read to its end."""

    run: Run
    metrics: Account
    system: Account
    settled: bool = False
    signature: tuple[int, ...] = ()


class InputsFile(msgspec.Struct, frozen=True):
    """inputs.json."""

    digests: Digests = Digests()
    inputs: Inputs = Inputs()
