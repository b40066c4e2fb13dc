"""Finding the server: by address, by environment variables, by Jupyter's runtime files.

The runtime files are read here rather than by `jupyter_server.serverapp.list_running_servers`, whose import
alone takes seconds: too long for a command line.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import psutil
from jupyter_core.paths import jupyter_runtime_dir

from .errors import ServerNotFound

PROBE_SECONDS = 3.0
_BUSY_SECONDS = 30.0
NO_ADDRESS = (httpx.InvalidURL, UnicodeError)
"""What httpx raises for a text that is no address, besides its own errors."""
_HERE = re.compile(r"^(https?://)(localhost|\[::1\])(?=[:/])")


class Address(msgspec.Struct, frozen=True):
    """Where a server is, what opens it, and which directory it serves if it runs on this machine."""

    url: str
    token: str = ""
    root_dir: str = ""

    def __repr__(self) -> str:
        return f"Address({self.url!r})"


class RunningServer(msgspec.Struct, frozen=True):
    """What a Jupyter server writes about itself when it starts."""

    url: str
    pid: int
    token: str = ""
    root_dir: str = ""
    started: float = 0.0

    @property
    def address(self) -> Address:
        """How to reach it."""
        return Address(with_slash(self.url), self.token, self.root_dir)

    def __repr__(self) -> str:
        return f"RunningServer({self.url!r}, pid={self.pid})"


def locate(url: str | None = None, token: str | None = None) -> Address:
    """The server that is meant: named by argument, by CRISPDM_URL, or the one running here."""
    told = None if url else os.environ.get("CRISPDM_URL")
    token = token or os.environ.get("CRISPDM_TOKEN")
    if url or told:
        address = _local(with_slash(url or told or ""), token)
        return _moved(address) if told and not address.root_dir else address
    servers = by_preference(running_servers(), Path.cwd())
    for asked in (answers, _answers_late):
        for server in servers:
            if asked(server.address):
                return msgspec.structs.replace(server.address, token=token or server.token)
    raise ServerNotFound(
        "No running server found. Start one with 'jupyter crispdm lab', or set CRISPDM_URL and CRISPDM_TOKEN."
    )


def running_servers(directory: Path | None = None) -> list[RunningServer]:
    """The Jupyter servers of this user on this machine, newest first."""
    files = (directory or Path(jupyter_runtime_dir())).glob("jpserver-*.json")
    found = [server for path in files for server in _read(path) if _lives(server.pid)]
    return sorted(found, key=lambda server: server.started, reverse=True)


def by_preference(servers: Iterable[RunningServer], here: Path) -> list[RunningServer]:
    """Servers in the order in which to try them: the one whose directory we stand in first."""

    def depth(server: RunningServer) -> int:
        root = Path(server.root_dir)
        return len(root.parts) if server.root_dir and here.is_relative_to(root) else 0

    return sorted(servers, key=depth, reverse=True)


def answers(address: Address) -> bool:
    """Whether our API answers there."""
    return _asked(address, "health", {})


def _answers_late(address: Address) -> bool:
    """Whether it answers on a machine that is busy: asked where none did at once."""
    return _asked(address, "health", {}, _BUSY_SECONDS)


def _asked(address: Address, path: str, headers: dict[str, str], seconds: float = PROBE_SECONDS) -> bool:
    try:
        reply = httpx.get(f"{address.url}crispdm/api/{path}", headers=headers, timeout=seconds, trust_env=False)
    except (httpx.HTTPError, *NO_ADDRESS):
        return False
    return reply.status_code == httpx.codes.OK


def with_slash(url: str) -> str:
    """The address with exactly one slash at its end."""
    return url.rstrip("/") + "/"


def _local(url: str, token: str | None) -> Address:
    known = (server.address for server in running_servers() if _plain(server.url) == _plain(url))
    address = next(known, Address(url))
    return msgspec.structs.replace(address, url=url, token=token or address.token)


def _moved(told: Address) -> Address:
    """Where the server is now of which a kernel or a job was told: one that was started again may have another port.

    It is known by accepting the token. One that runs at the address that was told has said so in its runtime file, and
    is not asked.
    """
    others = [msgspec.structs.replace(server.address, token=told.token) for server in running_servers()]
    if not others or not told.token or answers(told):
        return told
    return next(filter(_accepts, others), told)


def _accepts(address: Address) -> bool:
    """Whether a server of this account takes the token for one of its own."""
    return _asked(address, "users/me", {"Authorization": f"token {address.token}"})


def _plain(url: str) -> str:
    """The address with this machine's own name written in one way."""
    return _HERE.sub(r"\g<1>127.0.0.1", with_slash(url))


def _lives(pid: int) -> bool:
    try:
        return psutil.pid_exists(pid)
    except OverflowError:  # no system has such a number
        return False


def _read(path: Path) -> Iterator[RunningServer]:
    try:
        facts: dict[str, Any] = msgspec.json.decode(path.read_bytes())
        server = msgspec.convert({**facts, "started": path.stat().st_mtime}, RunningServer)
    except (OSError, msgspec.MsgspecError, TypeError, RecursionError):
        return  # the server is just writing it, or just removed it
    yield server
