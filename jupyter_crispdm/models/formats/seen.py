"""What a look into a model file brings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Seen:
    """The types that a file would build beyond what everybody trusts, and what it says of its inputs and outputs."""

    types: list[str] = field(default_factory=list)
    signature: dict[str, Any] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    """What a pickle imports, as far as that can be read."""
