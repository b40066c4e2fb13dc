"""Whether the MLflow server that the settings name is there and lets us in."""

from __future__ import annotations

from collections.abc import Sequence

from jupyter_crispdm.base.errors import SetupError
from jupyter_crispdm.base.rooms.checks import Check, Verdict

from ..settings import RunSettings
from .server import SETTING, Credentials, Refused, TrackingServer, Unreachable

_PART = "MLflow server"
_SECONDS = 5.0


async def look(settings: RunSettings) -> Sequence[Check]:
    """Ask it; nothing is said where none is named."""
    uri = settings.mlflow_tracking_uri
    if not uri:
        return []
    try:
        server = TrackingServer(uri, Credentials.given(), _SECONDS)
    except SetupError as error:
        return [Check(_PART, Verdict.broken, str(error), f"Set {SETTING} to its address, or leave it out.")]
    try:
        await server.look()
    except (Unreachable, Refused) as error:
        repair = f"Start it, or set {SETTING} to its address. Runs wait until then, and are pushed later."
        return [Check(_PART, Verdict.limited, str(error), repair)]
    finally:
        await server.close()
    return [Check(_PART, Verdict.ok, f"{server.uri} answers; finished runs are pushed to it")]
