"""CrispdmApp: the server extension. It is its rooms: they bring verbs, topics, settings and roles of their own."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from jupyter_server.extension.application import ExtensionApp

from jupyter_crispdm.auth.jupyter.safety import check_safe, has_our_users, install_door, keep_secrets
from jupyter_crispdm.auth.roles import declare
from jupyter_crispdm.auth.room import database_of
from jupyter_crispdm.base.clock import SystemClock
from jupyter_crispdm.base.errors import SetupError
from jupyter_crispdm.base.files.directory import DirectoryLock
from jupyter_crispdm.base.files.watch import Watcher
from jupyter_crispdm.base.http.gateway import build_handlers
from jupyter_crispdm.base.http.request import only_person
from jupyter_crispdm.base.http.route import Routes
from jupyter_crispdm.base.live.hub import Hub
from jupyter_crispdm.base.live.topic import Topic
from jupyter_crispdm.base.readiness import Readiness, Stage
from jupyter_crispdm.base.rooms.checks import Look
from jupyter_crispdm.base.rooms.context import Context
from jupyter_crispdm.base.rooms.house import House, RoomFailed
from jupyter_crispdm.base.rooms.room import Room, name_of
from jupyter_crispdm.rooms import kinds

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

_Room = TypeVar("_Room", bound=Room)

#: Every room, lowest first; below, what they declare. The documents, the tests and the door's table are made from it.
KINDS: list[type[Room]] = kinds()
ROUTES: list[type[Routes]] = [group for kind in KINDS for group in kind.routes]
TOPICS: list[Topic] = [topic for kind in KINDS for topic in kind.topics]
LOOKS: list[tuple[str, Look]] = [(name_of(kind), look) for kind in KINDS for look in kind.checks]
for kind in KINDS:
    declare(kind.roles)

_Settings: Any = type("Settings", tuple(kind.settings for kind in reversed(KINDS) if kind.settings), {})


class CrispdmApp(_Settings, ExtensionApp):
    """The server extension, with the settings of all rooms."""

    name = "jupyter_crispdm"
    extension_url = "/lab"
    load_other_extensions = True
    _context: Context | None = None
    _lock: DirectoryLock | None = None
    _starting: asyncio.Future[None] | None = None

    @classmethod
    def class_own_traits(cls, **metadata: Any) -> dict[str, Any]:
        """The rooms' settings are this class's own, in its help and in configuration files: ``c.CrispdmApp.x``."""
        inherited = ExtensionApp.class_traits(**metadata)
        return {name: trait for name, trait in cls.class_traits(**metadata).items() if name not in inherited}

    def initialize_settings(self) -> None:
        """Make every room, from the ground up. In a plain Lab what cannot be made leaves only us out."""
        self.update_config(self._server.config)  # JupyterLab hands its own file's settings over after we read them
        keep_secrets(self._server, self.pass_variables)
        self.house = House(KINDS)
        try:
            self._lock = DirectoryLock(self.data_directory)
            self._context = self._look_around()
            self.house.make(self._context)
        except SetupError as error:
            if has_our_users(self._server):
                raise SystemExit(f"jupyter crispdm lab does not start: {error}") from error
            raise

    def _look_around(self) -> Context:
        """What rooms are made from."""
        server, clock = self._server, SystemClock()
        if has_our_users(server):
            server.identity_provider.follow(self)
        check_safe(server)
        return Context(
            server=server, app=self, kinds=KINDS, database=database_of(server, self), hub=Hub(clock), clock=clock,
            watcher=Watcher(), readiness=Readiness(), data_dir=self.data_directory,
            root_dir=Path(server.root_dir).resolve(),
        )  # fmt: skip

    def initialize_handlers(self) -> None:
        """Offer the verbs, the live socket and the pages."""
        self.handlers.extend(build_handlers(self.house.groups(), self.context.readiness))
        self.handlers.extend(self.house.handlers())
        install_door(self._server)
        owner = only_person(self._server.web_app.settings)
        if owner:
            self._server.web_app.settings.setdefault("page_config_data", {})["crispdmOwner"] = owner

    async def _start_jupyter_server_extension(self, serverapp: ServerApp) -> None:
        """Start what runs for as long as the server does, lower rooms first."""
        self._starting = asyncio.ensure_future(self.house.start())
        try:
            await self._starting
        except asyncio.CancelledError:  # the server ends already
            return
        except RoomFailed:
            self.context.readiness.stage = Stage.FAILED
            raise
        self.context.readiness.stage = Stage.READY

    async def stop_extension(self) -> None:
        """Stop in the opposite order; jobs go on."""
        if self._context is not None:
            self._context.readiness.stage = Stage.STOPPING
            if self._starting is not None:
                self._starting.cancel()
                await asyncio.gather(self._starting, return_exceptions=True)
            await self.house.close()
            await self._context.watcher.close()
            await self._context.database.close()
        if self._lock is not None:
            self._lock.release()

    @property
    def context(self) -> Context:
        """What the rooms are made from."""
        assert self._context is not None
        return self._context

    def room(self, kind: type[_Room]) -> _Room:
        """One of the rooms. Raises LookupError where it has not been made."""
        return self.context.room(kind)

    @property
    def _server(self) -> Any:
        assert self.serverapp is not None
        return self.serverapp
