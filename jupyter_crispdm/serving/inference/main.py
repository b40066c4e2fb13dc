"""Starts an inference server: takes its directory, binds, says where it is, and keeps a front until SIGTERM."""

from __future__ import annotations

import fcntl
import logging
import os
import secrets
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from time import sleep
from typing import IO

import msgspec
import uvicorn

from jupyter_crispdm.base.files.atomic import write_atomic

from .answers import shared_memory
from .guardian import GivenUp, Guardian
from .http.app import Beside, InferenceServer, build
from .http.direct.protocol import direct_protocol
from .memory import reuse_memory
from .settings import InferenceSettings

_log = logging.getLogger(__name__)
_BACKLOG = 1024
_LEAST_TOKEN = 16
_LOOK_SECONDS = 0.01


class CannotStart(Exception):
    """The inference server cannot be started; the text says what to do."""


def run(settings: InferenceSettings) -> None:
    """Serve until the process is told to end. Raises CannotStart.

    This process becomes the guardian of the one that answers: see `guardian`.
    """
    _check(settings)
    settings.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _lock(settings.directory) as lock, _listen(settings) as listening, _reserve(settings) as rpc:
        address = _address(settings.host, listening.getsockname()[1])
        settings = replace(settings, key=secrets.token_urlsafe(32), kept=shared_memory())
        file = settings.directory / "front.json"

        def told(front: int) -> None:
            known = {"pid": os.getpid(), "front": front, "address": address, "key": settings.key, "grpc": rpc}
            if _holds(settings.directory, lock):
                write_atomic(file, msgspec.json.encode(known), mode=0o600)

        try:
            Guardian(partial(_front, settings, listening, address, rpc, lock), told).run()
        except GivenUp as error:
            raise CannotStart(f"The serving process cannot be kept running. {error}") from error
        finally:
            if _holds(settings.directory, lock):
                with suppress(FileNotFoundError):
                    file.unlink()


def _front(
    settings: InferenceSettings, listening: socket.socket, address: str, rpc: str, lock: IO[bytes]
) -> None:
    """Answer requests until SIGTERM."""
    reuse_memory()
    server = build(settings, _beside(settings, rpc))
    server.repository.address = address
    server.repository.holds_directory = partial(_holds, settings.directory, lock)
    # uvicorn raises the signal again when it is done
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    running = uvicorn.Server(_config(server, settings))
    running.run([listening])
    if not running.started:
        sys.exit(1)  # uvicorn has logged why


def _beside(settings: InferenceSettings, rpc: str) -> Beside | None:
    """The way by gRPC, where one is wanted. Its library is no friend of forks: only the front imports it."""
    if not rpc:
        return None
    from .rpc.server import serving

    return partial(serving, settings, rpc)


def _config(server: InferenceServer, settings: InferenceSettings) -> uvicorn.Config:
    made = direct_protocol(server.direct, server.connections, settings.connection_limits)
    return uvicorn.Config(
        server.application,
        loop="uvloop",
        http=made,  # type: ignore[arg-type]  # uvicorn only calls it
        access_log=False,
        log_config=None,
        server_header=False,
        ws="none",
        proxy_headers=False,
        timeout_keep_alive=int(settings.connection_limits.rest),
        timeout_graceful_shutdown=2,
    )


def _check(settings: InferenceSettings) -> None:
    short = any(len(token) < _LEAST_TOKEN for token in settings.tokens)
    if not settings.local and (short or not settings.tokens):
        raise CannotStart(
            f"Listening on {settings.host} needs a token of {_LEAST_TOKEN} characters or more in "
            "CRISPDM_SERVING_TOKEN, or several with commas between them; without one only 127.0.0.1 is allowed."
        )
    if settings.grpc_port is not None and not all(map(_is_there, ("grpc", "google.protobuf"))):
        raise CannotStart(
            "Answering by gRPC needs more packages: pip install 'jupyter_crispdm[grpc]'. Without a port for gRPC all "
            "else works as it is."
        )


def _is_there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # nor what it is in
        return False


def _lock(directory: Path) -> IO[bytes]:
    """Take the directory; the lock is gone with the process, whatever ends it. Raises CannotStart."""
    file = (directory / "front.lock").open("ab")
    while not _taken(file, fcntl.LOCK_EX):
        if not _taken(file, fcntl.LOCK_SH):
            file.close()
            raise CannotStart(f"Another serving process works in {directory}.")
        fcntl.flock(file, fcntl.LOCK_UN)
        sleep(_LOOK_SECONDS)  # somebody only looks whether it is held
    return file


def _taken(file: IO[bytes], kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holds(directory: Path, lock: IO[bytes]) -> bool:
    """Whether the directory is still the one that was locked: it may have been deleted, and made anew."""
    try:
        return os.path.samestat(os.fstat(lock.fileno()), (directory / "front.lock").stat())
    except OSError:
        return False


def _listen(settings: InferenceSettings) -> socket.socket:
    listening = _bound(settings.host, settings.port)
    listening.listen(_BACKLOG)
    return listening


@contextmanager
def _reserve(settings: InferenceSettings) -> Iterator[str]:
    """A block in which the port for gRPC is ours, and where it is; "" where none is wanted. Raises CannotStart.

    gRPC's library takes no socket: each front binds the port anew, which is for nobody else meanwhile.
    """
    if settings.grpc_port is None:
        yield ""
        return
    with _bound(settings.host, settings.grpc_port) as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)  # or others could bind it, too, as nobody listens
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        host, port = held.getsockname()[:2]
        yield f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _bound(host: str, port: int) -> socket.socket:
    """A socket at an address that nobody else has. Raises CannotStart."""
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise CannotStart(f"Port {port} of {host} cannot be used: {error.strerror}.") from error
    return bound


def _address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
