"""Whether the model service can listen."""

from __future__ import annotations

from pathlib import Path

from jupyter_crispdm.base.ports import is_free
from jupyter_crispdm.base.rooms.checks import Check, Verdict

from .settings import ServingSettings


async def look(settings: ServingSettings) -> list[Check]:
    """The port of the model service."""
    return [serving_port(settings.serving_port, settings.data_directory)]


def serving_port(number: int, data: Path) -> Check:
    """Whether the model service can have its port."""
    ours = (data / "serving" / "front.json").exists()
    if ours or number == 0 or is_free(number):
        return Check("serving port", Verdict.ok, f"{number} {'is our service' if ours else 'is free'}")
    repair = "Set CrispdmApp.serving_port to a free port, or to 0 for any."
    return Check("serving port", Verdict.broken, f"Another program listens on {number}.", repair)
