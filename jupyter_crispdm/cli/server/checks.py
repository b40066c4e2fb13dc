"""What `doctor` looks at: each part on its own, so that a broken one does not hide the others."""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_crispdm.base.errors import CrispdmError
from jupyter_crispdm.base.files.modes import open_to_others
from jupyter_crispdm.base.ports import is_free
from jupyter_crispdm.base.rooms.checks import Check, Look, Verdict
from jupyter_crispdm.client.discovery import Address, answers, running_servers

from ..output import size
from ..settings import data_directory

if TYPE_CHECKING:
    from jupyter_crispdm.app import CrispdmApp

LEAST_FREE = 1_000_000_000
JUPYTER_PORT = 8888


async def everything(app: CrispdmApp) -> list[Check]:
    """All findings: of the machine, then of the rooms, those that find the most last."""
    from jupyter_crispdm.app import LOOKS

    data = data_directory(app)
    rooms = [await looked(name, look, app) for name, look in LOOKS]
    return [
        installation(),
        data_files(data),
        privacy(data),
        await asyncio.to_thread(doors, app),
        server(),
        await asyncio.to_thread(background),
        port(JUPYTER_PORT),
        *(check for found in sorted(rooms, key=len) for check in found),
    ]


async def looked(name: str, look: Look, app: CrispdmApp) -> Sequence[Check]:
    """What a room finds, or why it cannot look."""
    try:
        return await look(app)
    except (CrispdmError, OSError) as error:
        return [Check(name, Verdict.broken, f"It cannot be looked at: {error}")]


def installation() -> Check:
    """Whether Jupyter finds the two halves of the extension."""
    from jupyter_core.paths import jupyter_config_path, jupyter_path

    half = Path("labextensions", "jupyter-crispdm", "package.json")
    missing = []
    if not any((Path(path).parent / half).is_file() for path in jupyter_path("labextensions")):
        missing.append("the panel (labextension)")
    enabled = Path("jupyter_server_config.d", "jupyter_crispdm.json")
    if not any((Path(path) / enabled).is_file() for path in jupyter_config_path()):
        missing.append("the server extension")
    if missing:
        return Check(
            "installation",
            Verdict.broken,
            f"Jupyter does not find {' and '.join(missing)}.",
            "pip install --force-reinstall jupyter_crispdm",
        )
    return Check("installation", Verdict.ok, "Panel and server extension are installed.")


def data_files(data: Path) -> Check:
    """Whether the data directory can be written, and has room."""
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=data):
            free = shutil.disk_usage(data).free
    except OSError as error:
        repair = "Make it writable for this user, or set CrispdmApp.data_dir to another directory."
        return Check("data directory", Verdict.broken, f"{data} cannot be written: {error.strerror}.", repair)
    if free < LEAST_FREE:
        reason = f"{data} has only {size(free)} left."
        return Check("data directory", Verdict.limited, reason, "Free some space.")
    return Check("data directory", Verdict.ok, f"{data}, {size(free)} free")


def privacy(data: Path) -> Check:
    """Whether other accounts can read what is ours, and whether our own programs can read the server's secrets."""
    try:
        found = open_to_others(data)
    except OSError as error:
        return Check("privacy", Verdict.broken, f"{data} cannot be looked at: {error.strerror}.")
    if found:
        reason = f"Other accounts can look into {', '.join(map(str, found[:3]))}."
        return Check("privacy", Verdict.broken, reason, f"chmod -R go-rwx {shlex.quote(str(data))}")
    if os.geteuid() == 0:
        reason = "The server would run as root: its kernels and jobs can read its secrets, and everything else."
        return Check("privacy", Verdict.limited, reason, "Start it under an account of its own.")
    return Check("privacy", Verdict.ok, f"{data} is closed to other accounts")


def doors(app: CrispdmApp) -> Check:
    """Whether settings or extensions open doors of their own."""
    from .doors import found

    refused, known = found(app)
    if refused:
        return Check("doors", Verdict.broken, refused[0], "Until then jupyter crispdm lab does not start.")
    if known:
        return Check("doors", Verdict.limited, " ".join(known), "Disable what you do not need.")
    return Check("doors", Verdict.ok, "No setting and no extension opens one of its own.")


def server() -> Check:
    """Whether a server runs and answers."""
    for running in running_servers():
        if answers(running.address):
            return Check("server", Verdict.ok, f"{running.address.url} (process {running.pid})")
    return Check("server", Verdict.limited, "No server runs.", "jupyter crispdm lab")


def background(address: Address | None = None) -> Check:
    """Whether all that runs in the server's background does so."""
    from jupyter_crispdm.base.errors import CrispdmError
    from jupyter_crispdm.client import connect
    from jupyter_crispdm.client.errors import ClientError

    try:
        with connect(*(() if address is None else (address.url, address.token))) as client:
            details = client.details()
    except (ClientError, CrispdmError) as error:
        return Check("background", Verdict.ok, f"not looked at: {error}")
    troubled = [f"'{loop.name}' failed and is tried again: {loop.error}" for loop in details.loops
                if loop.state == "pausing"]
    if details.stuck_reads:
        troubled.append(f"{details.stuck_reads} reads of files hang")
    if troubled:
        return Check("background", Verdict.limited, "; ".join(troubled), "Look into the server's log.")
    failures = sum(loop.failures for loop in details.loops)
    since = f"; {failures} failures since the start, see the server's log" if failures else ""
    return Check("background", Verdict.ok, f"{len(details.loops)} tasks run{since}")


def port(number: int) -> Check:
    """Whether the usual port of Jupyter is free."""
    ours = any(f":{number}/" in running.address.url for running in running_servers())
    if ours or is_free(number):
        return Check("port", Verdict.ok, f"{number} {'is our server' if ours else 'is free'}")
    reason = f"Another program listens on {number}; the server will take the next free one."
    return Check("port", Verdict.limited, reason, "jupyter crispdm lab --port NUMBER, to choose one yourself")
