"""Kernels that have an owner, a quota and an end; they know their user and see none of the server's secrets."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from typing import Any

from jupyter_server import CallContext
from jupyter_server.base.handlers import APIHandler
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from tornado import web
from tornado.ioloop import PeriodicCallback
from traitlets import Float, Integer, Unicode, default
from voila.tornado.handler import TornadoVoilaHandler

from jupyter_crispdm.base.clock import Clock, SystemClock
from jupyter_crispdm.base.files.modes import restored_umask
from jupyter_crispdm.base.secrets import without_secrets
from jupyter_crispdm.base.tasks import spawn

from ...manager import UserManager
from ...pages.rendering import show_error
from ...programs.starters import Starter
from .life import CrispdmKernel, Told, address_of, starter_of
from .socket import CrispdmKernelWebsocket
from .warm import Ready, WarmKernels

_RETRY_SECONDS = 30
_STARTING_SECONDS = 30.0  # for a start that hangs: on a busy machine one takes some seconds, and would be left behind


@dataclass
class _Birth:
    """Where a kernel came from and since when nobody has been at its page."""

    owner: str
    starter: Starter | None
    page: web.RequestHandler | None
    connected: bool = False
    alone_since: float | None = None


class CrispdmKernelManager(AsyncMappingKernelManager):
    """Jupyter's kernel manager, knowing whose each kernel is."""

    server_url = Unicode(
        None,
        allow_none=True,
        config=True,
        help="Address at which kernels reach this server, their CRISPDM_URL. Default None: its own on this machine. To "
        "be set for kernels on other machines, for a certificate that names another host, and for a server on a Unix "
        "socket, whose kernels are told no address otherwise.",
    )
    warm_kernels = Integer(
        1, min=0, config=True,
        help="Kernels of the default kind that are kept ready for dashboards, with ipywidgets and the like imported. "
        "They count as kernels, give way to those that somebody needs, and are kept only while memory is free. "
        "Default 1; 0: none.",
    )
    max_kernels = Integer(
        60, allow_none=True, config=True,
        help="Most kernels at a time, of all users. Default 60; None: no limit.",
    )
    max_kernels_per_user = Integer(
        20, allow_none=True, config=True,
        help="Most kernels at a time of one user. Default 20; None: no limit.",
    )
    dashboard_connect_seconds = Float(
        30, config=True,
        help="Seconds after a dashboard's page was delivered, or its request broken off, until the kernel of "
        "a page that never connected is ended. Default 30.",
    )
    dashboard_reconnect_seconds = Float(
        600, config=True,
        help="Seconds until the kernel of a dashboard whose page went away is ended. Default 600.",
    )
    dashboard_check_seconds = Float(
        10, config=True, help="Seconds between two looks at the kernels of dashboards. Default 10.")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)  # type: ignore[no-untyped-call]
        self.clock: Clock = SystemClock()
        self._births: dict[str, _Birth] = {}
        self._checker: PeriodicCallback | None = None
        self.warm = WarmKernels(self)

    @default("kernel_manager_class")
    def _default_kernel_manager_class(self) -> str:
        return f"{CrispdmKernel.__module__}.{CrispdmKernel.__name__}"

    def owner_of(self, kernel_id: str) -> str | None:
        """The user name of the one who started a kernel; None for an unknown kernel or the server's own."""
        birth = self._births.get(kernel_id)
        return birth.owner if birth else None

    def has_room(self, owner: str) -> bool:
        """Whether `owner` may start one more kernel."""
        mine = sum(birth.owner == owner for birth in self._births.values())
        all_full = self.max_kernels is not None and len(self._births) >= self.max_kernels
        mine_full = self.max_kernels_per_user is not None and mine >= self.max_kernels_per_user
        return not (all_full or mine_full)

    def require_room(self, owner: str, handler: web.RequestHandler) -> None:
        """Let the request go on. Answers 503 with Retry-After and raises Finish when kernels are used up."""
        if self.has_room(owner):
            return
        self.log.warning("No kernel for %r: the limit is reached.", owner)
        if handler._finished:
            raise web.HTTPError(503, "All kernels are in use.")
        handler.set_status(503)
        handler.set_header("Retry-After", str(_RETRY_SECONDS))
        words = "All kernels are in use. Close a notebook or dashboard, or try again in a while."
        if not isinstance(handler, APIHandler):
            show_error(handler, 503, message=words)
            raise web.Finish
        handler.set_header("Content-Type", "application/json")
        raise web.Finish({"message": words})

    async def _async_start_kernel(self, *, kernel_id: str | None = None, **kwargs: Any) -> str:
        """Start a kernel for the user whose request this is. Raises Finish with a 503 over the quota."""
        if kernel_id is not None and kernel_id in self:
            return await super()._async_start_kernel(kernel_id=kernel_id, **kwargs)
        handler = CallContext.get(CallContext.JUPYTER_HANDLER)
        user = getattr(handler, "current_user", None)
        owner = getattr(user, "username", "")
        if handler is not None:
            self.require_room(owner, handler)
        page = handler if isinstance(handler, TornadoVoilaHandler) else None
        birth = _Birth(owner, starter_of(user), page)
        kwargs |= restored_umask()
        kwargs["env"] = without_secrets(kwargs.get("env") or os.environ)
        warm = self.warm.take(kwargs.get("kernel_name")) if page and kernel_id is None else None
        if warm is not None and await self._hand_over(warm, birth, kwargs):
            return warm.kernel_id
        return await self._start_for(birth, kernel_id or self.new_kernel_id(**kwargs), kwargs)

    async def _start_for(self, birth: _Birth, kernel_id: str, options: dict[str, Any]) -> str:
        # before anything is awaited, so that fifty requests at once cannot all see the same free place
        self._births[kernel_id] = birth
        if not self.has_place_for(len(self.warm)):
            self.warm.give_way()
        try:
            await super()._async_start_kernel(kernel_id=kernel_id, **options)
        except BaseException:
            self._births.pop(kernel_id, None)
            self.revoke(kernel_id)
            raise
        self._watch_dashboards()
        return kernel_id

    async def _hand_over(self, warm: Ready, birth: _Birth, options: dict[str, Any]) -> bool:
        """Give a kernel that is ready to a visitor; whether that was done. What fails is ended, never given again."""
        self._births[warm.kernel_id] = birth
        try:
            kernel: Any = self.get_kernel(warm.kernel_id)
            if not await kernel.lives():
                raise RuntimeError("it has died")
            environ = {**options["env"], **await self.told(kernel)}
            folder = self.cwd_for_path(options.get("path") or "", env=environ)  # type: ignore[no-untyped-call]
            await warm.tell(environ, folder)
            kernel._launch_args.update(env=environ, cwd=folder)  # what a restart begins with
        except Exception as error:
            self.log.warning("A warm kernel is of no use; a dashboard starts another: %r", error)
            self._births.pop(warm.kernel_id, None)
            self.revoke(warm.kernel_id)
            spawn("a warm kernel's end", self.end(warm.kernel_id))
            return False
        finally:
            warm.let_go()
        self._watch_dashboards()
        return True

    async def start_unowned(self, kernel_id: str, environ: dict[str, str]) -> None:
        """Start a kernel that nobody asked for."""
        options: dict[str, Any] = {"path": "", "env": environ, **restored_umask()}
        await super()._async_start_kernel(kernel_id=kernel_id, **options)

    async def end(self, kernel_id: str) -> None:
        """End a kernel without asking it, if it is there."""
        if kernel_id in self:
            await self.shutdown_kernel(kernel_id, now=True)  # type: ignore[no-untyped-call]

    async def _async_shutdown_all(self, now: bool = False) -> None:
        """End all kernels, those as well that are about to start. One that ends by itself meanwhile keeps no other."""
        if pending := list(self._pending_kernels.values()):
            await asyncio.wait(pending, timeout=_STARTING_SECONDS)
        ends = [self.shutdown_kernel(one, now=now) for one in self.list_kernel_ids()]  # type: ignore[no-untyped-call]
        for error in await asyncio.gather(*ends, return_exceptions=True):
            if isinstance(error, Exception) and getattr(error, "status_code", 0) != 404:
                self.log.error("A kernel could not be ended.", exc_info=error)

    shutdown_all = _async_shutdown_all  # type: ignore[assignment]

    def has_place_for(self, warm: int) -> bool:
        """Whether there is place for so many kernels beside those that somebody uses."""
        return self.max_kernels is None or len(self._births) + warm <= self.max_kernels

    def is_making_pages(self) -> bool:
        """Whether somebody waits for a dashboard."""
        return any(birth.page is not None and not _is_delivered(birth.page) for birth in self._births.values())

    def list_kernels(self) -> list[dict[str, Any]]:
        """The kernels that somebody uses: those that wait for a visitor are nobody's to open."""
        models: list[dict[str, Any]] = super().list_kernels()  # type: ignore[no-untyped-call]
        return [model for model in models if model["id"] not in self.warm]

    start_kernel = _async_start_kernel  # type: ignore[assignment]

    async def told(self, kernel: CrispdmKernel) -> Told:
        """What a kernel is told of its user as its process starts; nothing where it has none."""
        birth = self._births.get(kernel.kernel_id)
        if birth is None or birth.starter is None:
            return {}
        users = self._users
        secret = await users.kernels.issue(kernel.kernel_id, birth.starter, kernel.lives)
        if secret is None:
            return {}
        await users.note("kernel token", birth.owner, f"for kernel {kernel.kernel_id} of {birth.starter.person}")
        address = self.server_url or address_of(self.parent)
        reached = {"CRISPDM_URL": address, "CRISPDM_TOKEN": secret} if address else {}
        return {"CRISPDM_USER": birth.starter.person, **reached}

    def revoke(self, kernel_id: str) -> None:
        """End the token of a kernel whose process has ended."""
        self._users.kernels.revoke(kernel_id)

    @property
    def _users(self) -> UserManager:
        server: Any = self.parent
        users: UserManager = server.identity_provider.users
        return users

    def remove_kernel(self, kernel_id: str) -> Any:
        """Forget a kernel that has ended, and whose it was."""
        self._births.pop(kernel_id, None)
        self.warm.forget(kernel_id)
        self.revoke(kernel_id)
        CrispdmKernelWebsocket.tell_end(kernel_id)
        return super().remove_kernel(kernel_id)

    def notify_connect(self, kernel_id: str) -> None:
        """Remember that a page came for its kernel."""
        super().notify_connect(kernel_id)  # type: ignore[no-untyped-call]
        if (birth := self._births.get(kernel_id)) is not None:
            birth.connected = True

    async def end_abandoned(self) -> None:
        """End the kernels of dashboards that nobody looks at any more."""
        now = self.clock.monotonic()
        for kernel_id, birth in list(self._births.items()):
            if birth.page is not None and self._is_abandoned(kernel_id, birth, now) and kernel_id in self:
                self.log.info("Ending kernel %s of %r: its dashboard is gone.", kernel_id, birth.owner)
                await self.shutdown_kernel(kernel_id, now=True)  # type: ignore[no-untyped-call]
        if not any(birth.page is not None for birth in self._births.values()) and self._checker is not None:
            self._checker.stop()

    def _is_abandoned(self, kernel_id: str, birth: _Birth, now: float) -> bool:
        if self._kernel_connections.get(kernel_id, 0) or not _is_delivered(birth.page):
            birth.alone_since = None
            return False
        if birth.alone_since is None:
            birth.alone_since = now
        limit = self.dashboard_reconnect_seconds if birth.connected else self.dashboard_connect_seconds
        return now - birth.alone_since >= limit

    def _watch_dashboards(self) -> None:
        if self._checker is None:
            self._checker = PeriodicCallback(self.end_abandoned, 1000 * self.dashboard_check_seconds)
        if not self._checker.is_running():
            self._checker.start()


def _is_delivered(page: web.RequestHandler | None) -> bool:
    """Whether the page was sent to its end, or its reader has gone: a long first cell is not abandonment."""
    if page is None or page._finished:
        return True
    stream = getattr(page.request.connection, "stream", None)
    return stream is None or bool(stream.closed())
