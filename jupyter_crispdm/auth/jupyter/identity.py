"""Who is asking: the one place that every Jupyter request and WebSocket passes, so the gate stands here.

A caller is known by their cookie (an opaque session id, looked up at each request, so that a revoked one is
refused at once) or by a token in the Authorization header. Tokens in the address are ignored: they would end
up in histories and logs.
"""

from __future__ import annotations

import asyncio
import hmac
import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from jupyter_server.auth.identity import IdentityProvider, User
from tornado import web
from tornado.httputil import HTTPServerRequest
from tornado.ioloop import PeriodicCallback
from tornado.websocket import WebSocketHandler
from traitlets import default

from jupyter_crispdm.base.account import account
from jupyter_crispdm.base.database import Database

from ..manager import UserManager
from ..pages.handlers import LoginHandler, LogoutHandler
from ..pages.rendering import dress
from ..people import People
from ..roles import CrispdmUser, Role
from ..settings import DoorSettings
from . import gate
from .reach import Reach

_SWEEP_MILLISECONDS = 2000
_HEADER = re.compile(r"(?:token|bearer)\s+(\S+)", re.IGNORECASE)
_ODD = re.compile(r"[^A-Za-z0-9]")
SERVER_NAME = "token:server"
# whoever shows one of the server's own tokens has a name that no token can have: these hold spaces
_OWN_PROGRAMS = {Role.ADMIN: "the server's token", Role.ANALYST: "a program on the server"}


@dataclass(frozen=True)
class _Credential:
    """What a caller showed, to be looked up again while a connection stays open."""

    secret: str
    is_cookie: bool
    role: str


class CrispdmIdentityProvider(IdentityProvider):
    """Users with passwords and roles, API tokens with scopes, and everything closed by default."""

    gives_roles = True

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        # Jupyter prints `token` in addresses and writes it into the pages it renders, where every analyst
        # could read it; so the operator's token is kept apart, and is written nowhere.
        self.server_token = str(self.token)
        # the runtime file is read by every program of the account, kernels and jobs included
        self.runtime_token = secrets.token_urlsafe(32)
        self.token = ""
        self.token_generated = False
        self._settings: DoorSettings | None = None
        self._database: Database | None = None
        self._users: UserManager | None = None
        self.reach: Reach | None = None
        self._open: WeakKeyDictionary[web.RequestHandler, _Credential] = WeakKeyDictionary()
        self._sweeper: PeriodicCallback | None = None
        self.forgetting: list[Callable[[str], Awaitable[None]]] = []

    @default("login_handler_class")
    def _default_login(self) -> type:
        return LoginHandler

    @default("logout_handler_class")
    def _default_logout(self) -> type:
        return LogoutHandler

    @default("cookie_options")
    def _default_cookie_options(self) -> dict[str, Any]:
        return {"samesite": "Lax"}

    def follow(self, settings: DoorSettings) -> None:
        """Take every setting from the server extension: none is read in two places."""
        self._settings = settings

    @property
    def people(self) -> People:
        """What is each user's own in JupyterLab."""
        return People(Path(self._known_settings.data_dir).expanduser())

    @property
    def session_days(self) -> float:
        """Days until a login ends."""
        return float(self._known_settings.session_days)

    @property
    def published(self) -> list[str]:
        """Patterns of the dashboards that viewers may open."""
        return list(self._known_settings.published)

    @property
    def trusted_extensions(self) -> list[str]:
        """Packages whose routes analysts may use, though we know nothing of them."""
        return list(self._known_settings.trusted_extensions)

    @property
    def _known_settings(self) -> DoorSettings:
        if self._settings is None:
            raise SystemExit(
                "jupyter crispdm lab does not start: the server extension jupyter_crispdm is not loaded. Enable it: "
                "jupyter server extension enable jupyter_crispdm"
            )
        return self._settings

    # What the rest of the program takes from here

    @property
    def database(self) -> Database:
        """The process's one database, opened and migrated at first use."""
        if self._database is None:
            settings = self._known_settings
            path, url = Path(settings.data_dir).expanduser(), settings.database_url
            self._database = Database(url) if url else Database.in_directory(path)
            self._database.start_sync()
        return self._database

    @property
    def users(self) -> UserManager:
        """The users, sessions and tokens."""
        if self._users is None:
            self._users = UserManager(self.database, session_days=self.session_days)
        return self._users

    async def forget(self, name: str) -> None:
        """Forget what is kept of somebody for their next visit; what fails leaves the rest forgotten."""
        for one in (self._forget_layout, *self.forgetting):
            try:
                await one(name)
            except Exception:
                self.log.exception("Something that was kept of %r is not forgotten.", name)

    async def _forget_layout(self, name: str) -> None:
        await asyncio.to_thread(self.people.forget_layout, name)

    def close(self) -> None:
        """Stop watching open connections and let the password threads go; the database stays open."""
        if self._sweeper is not None:
            self._sweeper.stop()
        if self._users is not None:
            self._users.close()

    # Hooks of Jupyter Server

    async def get_user(self, handler: web.RequestHandler) -> User | None:
        """Who is asking, after the gate has let them pass. Raises HTTPError(403)."""
        dress(handler)
        if gate.is_static(handler):
            return None
        user, credential = await self._identify(handler)
        # error pages and the origin check ask for the user before `prepare` has stored them
        handler.current_user = handler._jupyter_current_user = user  # type: ignore[attr-defined]
        gate.check(handler, user)
        if user is not None:
            self.people.settle(handler, user.username)
        if credential is not None:
            self._watch(handler, credential)
        return user

    def get_token(self, handler: web.RequestHandler) -> str | None:
        """The token in the Authorization header; one in the address is ignored."""
        match = _HEADER.fullmatch(handler.request.headers.get("Authorization", "").strip())
        return match.group(1) if match else None

    def identity_model(self, user: User) -> dict[str, Any]:
        """What a page may know about its user."""
        fields = ("username", "name", "display_name", "initials", "avatar_url", "color")
        model = {field: getattr(user, field) for field in fields}
        return {**model, "role": user.role} if isinstance(user, CrispdmUser) else model

    @property
    def login_available(self) -> bool:
        """Whether there is a login page: always."""
        return True

    def validate_security(self, app: Any, ssl_options: dict[str, Any] | None = None) -> None:
        """Give the runtime file, which only this OS user can read, a token of what such programs may do."""
        super().validate_security(app, ssl_options)
        server_info: Callable[[], dict[str, Any]] = app.server_info
        app.server_info = lambda: {**server_info(), "token": self.runtime_token}

    async def caller(self, request: HTTPServerRequest) -> CrispdmUser | None:
        """Who sends a request of which only the headers are there yet."""
        match = _HEADER.fullmatch(request.headers.get("Authorization", "").strip())
        user = await self._program(match.group(1), request.method or "GET") if match else None
        secret = None if user else self._secret_in(request)
        return await self._person(secret) if secret else user

    def _secret_in(self, request: HTTPServerRequest) -> str | None:
        name = self.cookie_name or _ODD.sub("-", f"username-{request.host}")
        cookie = request.cookies.get(name)
        server: Any = self.parent
        key = server.web_app.settings["cookie_secret"]
        value = web.decode_signed_value(key, name, cookie.value, self.session_days) if cookie else None
        return value.decode("utf-8", "replace") if value else None

    # Cookies

    def read_cookie(self, handler: web.RequestHandler) -> str | None:
        """The session's secret in the cookie; None when there is none or its signature is wrong."""
        name = self.get_cookie_name(handler)
        options = {"max_age_days": self.session_days, **self.get_secure_cookie_kwargs}
        value = handler.get_secure_cookie(name, **options)
        return value.decode("utf-8", "replace") if value else None

    def write_cookie(self, handler: web.RequestHandler, secret: str) -> None:
        """Hand the browser its session."""
        secure = self.secure_cookie
        options = {
            "httponly": True, "path": handler.settings["base_url"], "expires_days": self.session_days,
            **self.cookie_options,
            "secure": handler.request.protocol == "https" if secure is None else bool(secure),
        }
        handler.set_secure_cookie(self.get_cookie_name(handler), secret, **options)

    # Inside

    async def _identify(self, handler: web.RequestHandler) -> tuple[CrispdmUser | None, _Credential | None]:
        token = self.get_token(handler)
        if token:
            user = await self._program(token, handler.request.method or "GET")
            if user is not None:
                handler._token_authenticated = True  # type: ignore[attr-defined]
                return user, _Credential(token, False, user.role)
        secret = self.read_cookie(handler)
        if secret:
            user = await self._person(secret)
            if user is not None:
                return user, _Credential(secret, True, user.role)
        return None, None

    async def _person(self, secret: str) -> CrispdmUser | None:
        user = await self.users.session(secret)
        if user is None:
            return None
        return CrispdmUser(user.name, initials=user.name[:2].upper(), role=user.role.value)

    async def _program(self, secret: str, method: str = "GET") -> CrispdmUser | None:
        role = self._own_role(secret)
        if role is not None:
            person, program = account(), _OWN_PROGRAMS[role]
            return CrispdmUser(
                SERVER_NAME, name=person, initials="OS", role=role.value, person=person, program=program)
        found = await self.users.program(secret)
        if found is None:
            return None
        own = "" if found.person_role is None else found.person_role.value
        return CrispdmUser(
            found.username, name=found.person if own else found.name,
            role=found.role_for(method).value, person=found.person, program=found.name, person_role=own)

    def _own_role(self, secret: str) -> Role | None:
        """What the server's own tokens open: the operator's everything, the runtime file's an analyst's work."""
        if _same(secret, self.server_token):
            return Role.ADMIN
        return Role.ANALYST if _same(secret, self.runtime_token) else None

    def _watch(self, handler: web.RequestHandler, credential: _Credential) -> None:
        self._open[handler] = credential
        if self._sweeper is None:
            self._sweeper = PeriodicCallback(self._close_revoked, _SWEEP_MILLISECONDS)
        if not self._sweeper.is_running():
            self._sweeper.start()

    async def _close_revoked(self) -> None:
        """Close what was opened with a credential that is gone or has another role by now."""
        for handler, credential in list(self._open.items()):
            if _is_over(handler):
                self._open.pop(handler, None)
            elif not await self._still_holds(credential):
                self._open.pop(handler, None)
                _close(handler)
        if not self._open and self._sweeper is not None:
            self._sweeper.stop()

    async def _still_holds(self, credential: _Credential) -> bool:
        find = self._person if credential.is_cookie else self._program
        user = await find(credential.secret)
        return user is not None and user.role == credential.role


def _same(shown: str, ours: str) -> bool:
    return bool(ours) and hmac.compare_digest(shown.encode("utf-8", "surrogateescape"), ours.encode())


def _is_over(handler: web.RequestHandler) -> bool:
    if isinstance(handler, WebSocketHandler):
        return handler.ws_connection is None and handler._finished
    return handler._finished


def _close(handler: web.RequestHandler) -> None:
    if isinstance(handler, WebSocketHandler) and handler.ws_connection is not None:
        handler.close(4401, "The session has ended.")
    elif (connection := handler.request.connection) is not None:
        connection.close()  # type: ignore[attr-defined]
