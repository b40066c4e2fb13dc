"""One replica: an inference server without a port, in a directory of its own, as an ASGI application."""

from __future__ import annotations

import asyncio
import math
import secrets
import tempfile
from contextlib import AsyncExitStack
from ipaddress import IPv6Address, ip_address
from pathlib import Path

from starlette.types import Receive, Scope, Send

from jupyter_crispdm.base.clock import SystemClock
from jupyter_crispdm.base.errors import Forbidden, Unavailable, Unprocessable
from jupyter_crispdm.base.files.regular import read_regular
from jupyter_crispdm.base.files.watch import Watcher
from jupyter_crispdm.environments.manager import EnvironmentManager

from ..deployments.alone import KeptElsewhere, WantedFile, asked_for, hand_over
from ..inference.http.app import InferenceServer, build
from ..inference.http.rendering import send_error
from ..inference.settings import InferenceSettings
from ..manager import DeploymentManager
from .arguments import Arguments
from .registry import SharedRegistry

_LOOK_SECONDS = 0.05
_LEAST_TOKEN = 16
_TOKEN_BYTES = 64 * 2**10
_ANYWHERE = "0.0.0.0"  # the replica itself listens nowhere: which hosts reach Ray's proxies is set there
_STRANGER = Forbidden("Without 'token_file' only callers on the machine of Ray's proxy are answered.")
_CLOSED = Unavailable("This replica has been closed.", retry_after=1)


class Replica:
    """Answers for a model from `open` until `close`, or until the application's lifespan ends.

    Until it is opened it is its arguments, and may travel.
    """

    def __init__(self, arguments: Arguments) -> None:
        self._arguments = arguments
        self._server: InferenceServer | None = None
        self._ends = AsyncExitStack()
        self._has_token = False

    async def open(self) -> None:
        """Start the model and wait until it can answer. Raises CrispdmError with the reason why it cannot."""
        try:
            await self._open()
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """End the model's processes, and leave nothing behind."""
        self._server = None
        await self._ends.aclose()

    def check(self) -> None:
        """That the model answers, or will as soon as its process is started anew. Raises Unavailable."""
        if self._server is None:
            raise _CLOSED
        if not self._server.repository.usable:
            raise Unavailable(_reason(self._server))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the inference server does; a stranger is let in only with a token."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif self._server is None:
            await send_error(send, _CLOSED)
        elif self._has_token or _is_local((scope.get("client") or ("", 0))[0]):
            await self._server.application(scope, receive, send)
        else:
            await send_error(send, _STRANGER)

    async def _live(self, receive: Receive, send: Send) -> None:
        while (await receive())["type"] != "lifespan.shutdown":
            await send({"type": "lifespan.startup.complete"})
        await self.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _open(self) -> None:
        given, data = self._arguments, Path(self._arguments.data_dir)
        made = await asyncio.to_thread(tempfile.TemporaryDirectory, prefix="crispdm-ray-", ignore_cleanup_errors=True)
        self._ends.push_async_callback(asyncio.to_thread, made.cleanup)
        directory = Path(made.name)
        settings = await asyncio.to_thread(_settings, given, directory)
        self._has_token = bool(settings.tokens)
        models = SharedRegistry(data / "models")
        paths = (str(data / "environments"), *given.environment_paths)
        environments = EnvironmentManager(data, directory / "environments", paths)
        self._ends.push_async_callback(environments.close)
        wanted, spec = await asked_for(
            given.reference, models, environments,
            workers=given.workers, batch=given.batch, environment=given.environment,
        )  # fmt: skip
        await asyncio.to_thread(hand_over, directory, [wanted], [spec])
        server = build(settings)
        await self._ends.enter_async_context(server.life())
        await _answering(server)
        if wanted.alias:
            watcher = Watcher()
            self._ends.push_async_callback(watcher.close)
            follower = DeploymentManager(
                WantedFile(directory), models, environments, KeptElsewhere(directory, watcher), directory, watcher,
                SystemClock(), _Nobody(),
            )  # fmt: skip
            await follower.start()
            self._ends.push_async_callback(follower.close, stop=False)
        self._server = server


class _Nobody:
    """Nobody is told."""

    def changed(self) -> None:
        """Who wants to know asks the model."""


async def _answering(server: InferenceServer) -> None:
    """Wait until the one model that runs can answer. Raises Unavailable when it cannot be started."""
    while (pools := server.repository.usable) and not all(pool.ready for pool in pools):  # noqa: ASYNC110 - it is asked once
        await asyncio.sleep(_LOOK_SECONDS)
    if not pools:
        raise Unavailable(_reason(server))


def _reason(server: InferenceServer) -> str:
    return " ".join(pool.status.reason for pool in server.repository.pools) or "Nothing is deployed."


def _settings(given: Arguments, directory: Path) -> InferenceSettings:
    """What the inference server of a replica is started with. Raises Unprocessable."""
    token = None if given.token_file is None else _token(given.token_file)
    return InferenceSettings(
        directory=directory,
        host="127.0.0.1" if token is None else _ANYWHERE,
        token=token,
        key=secrets.token_urlsafe(32),
        cores=max(1, math.ceil(given.cpus)),
        is_one_of_many=True,
    )


def _token(path: str) -> str:
    try:
        text = read_regular(path, _TOKEN_BYTES).decode("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Unprocessable(f"'token_file' cannot be read: {error}", field="token_file") from None
    if not all(len(token.strip()) >= _LEAST_TOKEN for token in text.split(",")):
        text = f"'token_file' must hold a token of {_LEAST_TOKEN} characters or more, or several with commas."
        raise Unprocessable(text, field="token_file")
    return text


def _is_local(address: str) -> bool:
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return (mapped or found).is_loopback


