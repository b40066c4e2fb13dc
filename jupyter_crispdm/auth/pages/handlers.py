"""The pages at the door: login, log-out, home, licence, and the files of published dashboards."""

from __future__ import annotations

import asyncio
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, unquote, urlsplit

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.base.handlers import AuthenticatedFileHandler, JupyterHandler
from jupyter_server.utils import url_path_join
from tornado import web

from jupyter_crispdm.base.errors import CrispdmError

from ..roles import Role, role_of
from .arguments import DASHBOARD, LAB, LOGIN, NONE, Allowed, BadArgument, drop_unknown_arguments, kept
from .cards import Card, Cards
from .dashboards import is_asset
from .rendering import ErrorPages, dashboards_url, home_url, lab_url, show

_P = TypeVar("_P", bound="Page")
_NEXT_LENGTH = 2000
_LEFT = "crispdm-left"
_LEFT_DAYS = 10 / 1440  # ten minutes
_GOODBYE = {"1": "You are logged out.", "forgotten": "You are logged out, and your work here is forgotten."}
_cards = Cards()


class Page(ErrorPages, JupyterHandler):
    """A page of ours: plain HTML and CSS, no script, nothing from elsewhere."""

    arguments: Allowed = NONE
    """What its address may carry."""

    async def prepare(self) -> None:  # type: ignore[override]
        """Look at the arguments before anything reads them."""
        await super().prepare()
        if not self._finished:
            drop_unknown_arguments(self, self.arguments)


def answers_head(page: type[_P]) -> type[_P]:
    """Let a page whose GET changes nothing answer HEAD as well: the same, without the body."""
    page.head = page.get
    return page


@answers_head
class LoginHandler(Page):
    """User and password."""

    arguments = LOGIN

    @allow_unauthenticated
    async def get(self) -> None:
        """Show the form, or go on when somebody is logged in already."""
        if self.current_user:
            self.redirect(self._wish() or home_url(self))
            return
        await self._show(message=_GOODBYE.get(self.get_query_argument("out", ""), ""))

    @allow_unauthenticated
    async def post(self) -> None:
        """Check user and password and open a session; the one the browser came with, if any, is ended."""
        provider: Any = self.identity_provider
        name = self.get_body_argument("username", "")
        password = self.get_body_argument("password", "", strip=False)
        try:
            login = await provider.users.login(
                name, password, replaces=provider.read_cookie(self), address=self.request.remote_ip or "")
        except CrispdmError as error:
            await self._refuse(error, name)
            return
        provider.write_cookie(self, login.secret)
        is_viewer = login.user.role.value == Role.VIEWER.value
        wish: str | None = self._wish()
        if is_viewer and not _is_viewers(wish, self.base_url):
            wish = None
        home = dashboards_url(self) if is_viewer else lab_url(self)
        self.redirect(wish or home, status=303)

    async def _refuse(self, error: CrispdmError, name: str) -> None:
        known = {400: "That cannot be a user name.", 403: "Wrong user name or password."}
        self.set_status(401 if error.status == 403 else error.status)
        if (wait := error.details.get("retry_after")) is not None:
            self.set_header("Retry-After", str(wait))
        shown = name if error.status != 400 else ""
        of_password = error.details.get("field") == "password"
        said = error.message if of_password else known.get(error.status, error.message)
        await self._show(error=said, name=shown)

    async def _show(self, message: str = "", error: str = "", name: str = "") -> None:
        provider: Any = self.identity_provider
        nobody = not await provider.users.has_users()
        show(self, "login.html", message=message, error=error, name=name, next=self._wish(), nobody=nobody,
             may_forget=message == _GOODBYE["1"] and bool(who_left(self)))

    def _wish(self) -> str:
        wish: str = self.get_argument("next", "")
        return safe_next(wish, self.base_url) or "" if len(wish) <= _NEXT_LENGTH else ""


class LogoutHandler(Page):
    """Ends the session, here and on the server."""

    @allow_unauthenticated
    async def get(self) -> None:
        """Log out; Lab's menu and our pages come here by a link."""
        name = await self._end()
        if name:
            self._remember(name)
        self._leave("1")

    @allow_unauthenticated
    async def post(self) -> None:
        """Log out by a form, which may also ask to forget what was kept for the next time."""
        if self.get_body_argument("forget", "") != "1":
            await LogoutHandler.get(self)
            return
        if name := await self._end():
            await forget(self, name)
        self._leave("forgotten" if name else "1")

    async def _end(self) -> str:
        """End the session; whose it was."""
        provider: Any = self.identity_provider
        user = self.current_user
        secret = provider.read_cookie(self)
        if secret is not None:
            await provider.users.logout(secret)
        provider.clear_login_cookie(self)
        return str(user.username) if secret is not None and user is not None else ""

    def _leave(self, out: str) -> None:
        status = 302 if self.request.method == "GET" else 303
        self.redirect(url_path_join(self.base_url, f"login?out={out}"), status=status)

    def _remember(self, name: str) -> None:
        """For some minutes the page after this one may ask whether to keep what was kept for the next time."""
        self.set_secure_cookie(
            _LEFT, name, expires_days=None, httponly=True, samesite="Strict", path=self.base_url,
            secure=self.request.protocol == "https",
        )


class ForgetHandler(Page):
    """Forgets what was kept of whoever has just logged out here, because they said so."""

    @allow_unauthenticated
    async def post(self) -> None:
        """Drop the layout, open tabs and all, and what pages saved by themselves."""
        if name := who_left(self):
            await forget(self, name)
        self.clear_cookie(_LEFT, path=self.base_url)
        self.redirect(url_path_join(self.base_url, "login?out=forgotten" if name else "login?out=1"), status=303)


async def forget(handler: JupyterHandler, name: str) -> None:
    """Forget what is kept of somebody for their next visit: their layout in Lab, and what rooms above keep."""
    provider: Any = handler.identity_provider
    await provider.forget(name)


@answers_head
class RootHandler(Page):
    """The server's root leads people to where they belong."""

    @web.authenticated
    def get(self) -> None:
        """Redirect home."""
        self.redirect(home_url(self))


@answers_head
class HomeHandler(Page):
    """What a viewer sees first: the published dashboards."""

    @web.authenticated
    async def get(self) -> None:
        """List the dashboards."""
        provider = self.identity_provider
        patterns = list(getattr(provider, "published", ["dashboards/*.ipynb"]))
        root = Path(self.contents_manager.root_dir)
        cards = await asyncio.to_thread(_cards.all, root, patterns)
        role = role_of(self.current_user, self)
        show(
            self, "home.html", user=self.current_user.display_name, role=role.value if role else "",
            cards=[(card, self._url("voila/render", card.path), self._picture(card)) for card in cards],
            lab=lab_url(self) if role in (Role.ANALYST, Role.ADMIN) else "",
            may_log_out=provider.logout_available, may_forget=self._has_our_users,
        )

    @property
    def _has_our_users(self) -> bool:
        return bool(getattr(self.identity_provider, "gives_roles", False))

    def _picture(self, card: Card) -> str:
        """What the page loads; a plain Lab serves files to whoever is logged in."""
        if not card.picture or card.picture.startswith("data:"):
            return card.picture
        return self._url("voila/files" if self._has_our_users else "files", card.picture)

    def _url(self, place: str, path: str) -> str:
        return str(url_path_join(self.base_url, place, quote(path)))


@answers_head
class VoilaListHandler(Page):
    """Stands where Voila lists all notebooks in a page that asks foreign hosts for its looks."""

    @web.authenticated
    def get(self, path: str = "") -> None:
        """Show the published dashboards instead."""
        self.redirect(dashboards_url(self))


@answers_head
class LicenceHandler(Page):
    """The licence, as a page of its own."""

    @web.authenticated
    async def get(self) -> None:
        """Show the licence's text."""
        show(self, "licence.html", text=await asyncio.to_thread(licence_text))


class DashboardFileHandler(AuthenticatedFileHandler):
    """Pictures beside published dashboards; stands where Voila serves files to anybody without a login."""

    @web.authenticated
    async def get(self, path: str) -> None:  # type: ignore[override]
        """Send the file."""
        self._require_asset(path)
        await web.StaticFileHandler.get(self, path)

    @web.authenticated
    async def head(self, path: str) -> None:  # type: ignore[override]
        """Send the file's headers."""
        self._require_asset(path)
        await web.StaticFileHandler.get(self, path, include_body=False)

    def _require_asset(self, path: str) -> None:
        if not is_asset(path, getattr(self.identity_provider, "published", ())):
            raise web.HTTPError(403, "Only pictures and style sheets beside published dashboards are served.")


def who_left(handler: JupyterHandler) -> str:
    """Who logged out in this browser some minutes ago; empty when nobody did."""
    value = handler.get_secure_cookie(_LEFT, max_age_days=_LEFT_DAYS)
    return value.decode("utf-8", "replace") if value else ""


def safe_next(wish: str, base_url: str) -> str | None:
    """The wish, if it is a plain address on this server and below the base URL; None otherwise.

    Of its arguments only those are left that the page there takes. Whatever a browser could read as another host
    (backslashes, control characters, doubled slashes, also encoded ones, a scheme) is no plain address.
    """
    decoded = unquote(unquote(wish))
    odd = any(bad in decoded for bad in ("\\", "//", "/../", "/./")) or not decoded.isprintable()
    if not wish.startswith("/") or odd or not wish.startswith(base_url) or not wish.isascii():
        return None
    parts = urlsplit(wish)
    if parts.scheme or parts.netloc or parts.path.endswith(("/login", "/logout")):
        return None
    try:
        query = kept(parts.query, _taken_at(parts.path.removeprefix(base_url)))
    except BadArgument:
        query = ""
    return f"{parts.path}?{query}" if query else parts.path


def _taken_at(place: str) -> Allowed:
    """The arguments that the page at this place below the base URL takes."""
    if place.startswith("voila/render/"):
        return DASHBOARD
    return LAB if place.split("/")[0] in ("lab", "doc") else NONE


def _is_viewers(wish: str | None, base_url: str) -> bool:
    places = (url_path_join(base_url, "crispdm"), url_path_join(base_url, "voila/render") + "/")
    return wish is not None and wish.startswith(places)


@cache
def licence_text() -> str:
    """The text of our licence: from the installed package, else from the source tree."""
    source = Path(__file__).parents[3] / "LICENSE"
    try:
        files = distribution("jupyter_crispdm").files or []
    except PackageNotFoundError:
        files = []
    found = [file for file in files if file.name == "LICENSE"]
    if found:
        return found[0].read_text()
    return source.read_text("utf-8") if source.exists() else "BSD 3-Clause License."
