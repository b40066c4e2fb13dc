"""A Docker or Podman engine, asked over its Unix socket; no program is run."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import msgspec

from jupyter_crispdm.base.errors import Unavailable

from ..discovery import Surroundings

LABEL = "org.jupyter-crispdm.directory"
"""On each container of a job: the job's directory."""

_PATIENCE = httpx.Timeout(3.0)
_NO_ENGINE = "Images are not offered: no Docker or Podman engine answers on this machine."


class _Listed(msgspec.Struct):
    """An image, as `GET /images/json` lists it."""

    id: str = msgspec.field(name="Id")
    tags: list[str] | None = msgspec.field(name="RepoTags", default=None)
    labels: dict[str, str] | None = msgspec.field(name="Labels", default=None)


class _Config(msgspec.Struct):
    env: list[str] | None = msgspec.field(name="Env", default=None)


class _Details(msgspec.Struct):
    config: _Config | None = msgspec.field(name="Config", default=None)


class _Container(msgspec.Struct):
    id: str = msgspec.field(name="Id")
    labels: dict[str, str] | None = msgspec.field(name="Labels", default=None)


class Image(msgspec.Struct, frozen=True):
    """A tagged image, with the variables and labels that it sets."""

    tag: str
    environ: dict[str, str]
    labels: dict[str, str]


class Engine:
    """The engine of this machine; `Unavailable` says in a sentence why there is none."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._environ: dict[str, dict[str, str]] = {}

    @property
    def socket(self) -> str | None:
        """The first socket that is there."""
        return next(filter(os.path.exists, _sockets(self._around.environ, self._around.home)), None)

    @property
    def program(self) -> str | None:
        """The client program that belongs to the engine."""
        names = ("podman", "docker") if "podman" in os.path.basename(self.socket or "") else ("docker", "podman")
        path = self._around.environ.get("PATH", "")
        return next(filter(None, (shutil.which(name, path=path) for name in names)), None)

    async def images(self) -> list[Image]:
        """Every tagged image. Raises Unavailable."""
        socket = self.socket
        if socket is None:
            raise Unavailable(_NO_ENGINE)
        if self.program is None:
            raise Unavailable(f"Images are not offered: {socket} answers, but no program docker or podman is on PATH.")
        try:
            async with _client(socket) as http:
                await self._kill_left_containers(http)
                return [image async for image in self._images(http)]
        except (httpx.HTTPError, msgspec.MsgspecError, OSError) as error:
            why = str(error) or type(error).__name__
            raise Unavailable(f"Images are not offered: the engine at {socket} does not answer: {why}.") from error

    async def _images(self, http: httpx.AsyncClient) -> Any:
        for listed in await _asked(http, "/images/json", list[_Listed]):
            tags = [tag for tag in listed.tags or () if tag != "<none>:<none>"]
            environ = await self._variables(http, listed.id) if tags else None
            if environ is not None:
                for tag in tags:
                    yield Image(tag, environ, listed.labels or {})

    async def _variables(self, http: httpx.AsyncClient, id: str) -> dict[str, str] | None:
        """What an image sets; None for one that is gone meanwhile or cannot be read: it hides no other."""
        if id not in self._environ:
            try:
                details = await _asked(http, f"/images/{id}/json", _Details)
            except (httpx.HTTPStatusError, msgspec.MsgspecError):
                return None
            self._environ[id] = _pairs(details.config.env if details.config else None)
        return self._environ[id]

    async def _kill_left_containers(self, http: httpx.AsyncClient) -> None:
        """A job that had to be killed cannot end its container: it is ended here."""
        wanted = json.dumps({"label": [LABEL]})
        reply = await http.get("/containers/json", params={"filters": wanted})
        for container in msgspec.json.decode(reply.raise_for_status().content, type=list[_Container]):
            if _is_over((container.labels or {}).get(LABEL, "")):
                await http.post(f"/containers/{container.id}/kill")


def _is_over(directory: str) -> bool:
    return os.path.exists(os.path.join(directory, "exit.json")) or not os.path.isdir(directory)


def _client(socket: str) -> httpx.AsyncClient:
    transport = httpx.AsyncHTTPTransport(uds=socket)
    return httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=_PATIENCE, trust_env=False)


async def _asked(http: httpx.AsyncClient, path: str, kind: Any) -> Any:
    reply = await http.get(path)
    return msgspec.json.decode(reply.raise_for_status().content, type=kind)


def _pairs(items: list[str] | None) -> dict[str, str]:
    return dict(item.split("=", 1) for item in items or () if "=" in item)


def _sockets(environ: Mapping[str, str], home: str) -> Iterator[str]:
    """Where an engine may listen; what the user has set counts alone."""
    chosen = environ.get("DOCKER_HOST") or environ.get("CONTAINER_HOST")
    if chosen:
        yield from [chosen.removeprefix("unix://")] if chosen.startswith("unix://") else []
        return
    runtime = environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}"
    yield "/var/run/docker.sock"
    yield os.path.join(runtime, "docker.sock")
    yield os.path.join(runtime, "podman", "podman.sock")
    yield "/run/podman/podman.sock"
    yield os.path.join(home, ".docker", "run", "docker.sock")
