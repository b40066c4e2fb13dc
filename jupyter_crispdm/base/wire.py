"""Base classes of everything that travels over HTTP."""

from __future__ import annotations

import msgspec


class Wire(msgspec.Struct, frozen=True):
    """An answer: immutable, encoded as a JSON object."""


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A request body or query: a field nobody knows is an error, not a silent loss."""
