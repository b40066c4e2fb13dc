"""Whether streams can be collected as the settings say."""

from __future__ import annotations

import importlib.util
import sys

from jupyter_crispdm.base.rooms.checks import Check, Verdict
from jupyter_crispdm.base.secrets import secret

from ..settings import StreamSettings

_PARTS = {"paho.mqtt": "paho-mqtt", "river": "river", "pyarrow": "pyarrow"}


async def look(settings: StreamSettings) -> list[Check]:
    """What collectors import, and the passwords that sources may use."""
    return [packages(), passwords(settings.stream_secrets)]


def packages() -> Check:
    """Whether everything is there that collectors import."""
    missing = [name for module, name in _PARTS.items() if not _is_there(module)]
    if not missing:
        return Check("streams", Verdict.ok, "what collectors need is installed")
    reason = f"{' and '.join(missing)} cannot be imported by {sys.executable}"
    return Check("streams", Verdict.limited, reason, f"Install {' '.join(missing)} beside jupyter_crispdm.")


def passwords(names: list[str]) -> Check:
    """Whether the variables are set that sources may name as passwords."""
    unset = [name for name in names if not secret(name)]
    if not unset:
        allowed = f"sources may use {len(names)}" if names else "sources may use none"
        return Check("stream passwords", Verdict.ok, allowed)
    repair = "Start the server with these variables, or take them out of CrispdmApp.stream_secrets."
    return Check("stream passwords", Verdict.limited, f"not set: {', '.join(unset)}", repair)


def _is_there(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:  # not even its parent
        return False
