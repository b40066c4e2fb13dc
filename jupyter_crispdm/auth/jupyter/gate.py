"""The gate: nothing is open but what is listed here.

It decides on the class of the handler that was chosen and on the path arguments as that handler will see
them, never on the address: an encoded slash or a doubled one gets round a check of addresses.

Anonymous callers: the login page, Jupyter's static files, and verbs of ours that say ``public``.
Viewers: our own API (the role table decides there), the home page, published dashboards and what these need
of the kernels that they started, and of files what the room of files says. Programs with a predict token: our own API
only. Analysts and admins: that, our pages, and what `stock_routes` lists for their role.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from jupyter_server.base.handlers import (
    APIVersionHandler,
    AuthenticatedFileHandler,
    FileFindHandler,
    PublicStaticFileHandler,
)
from jupyter_server.services.api.handlers import IdentityHandler
from jupyter_server.services.contents.handlers import CheckpointsHandler, ContentsHandler, ModifyCheckpointsHandler
from jupyter_server.services.kernels.handlers import KernelHandler, MainKernelHandler
from jupyter_server.services.kernels.websocket import KernelWebsocketHandler
from jupyter_server.services.sessions.handlers import SessionRootHandler
from jupyterlab_server.themes_handler import ThemesHandler
from tornado import web
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler

from jupyter_crispdm.base.http.gateway import GatewayHandler

from ..pages.arguments import drop_unknown_arguments, require_known_arguments
from ..pages.dashboard_page import DashboardHandler
from ..pages.dashboards import is_asset, is_published
from ..pages.handlers import (
    DashboardFileHandler,
    ForgetHandler,
    HomeHandler,
    LicenceHandler,
    LoginHandler,
    LogoutHandler,
    RootHandler,
    VoilaListHandler,
)
from ..roles import CrispdmUser, Role
from .reach import reach_of
from .stock_routes import row_of

if TYPE_CHECKING:
    from .kernels.manager import CrispdmKernelManager

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_STATIC = frozenset({FileFindHandler, PublicStaticFileHandler, ThemesHandler, APIVersionHandler})
_PAGES = frozenset({
    LoginHandler, LogoutHandler, RootHandler, HomeHandler, LicenceHandler, VoilaListHandler, DashboardHandler,
    DashboardFileHandler, ForgetHandler,
})
_PUBLIC = frozenset({LoginHandler, LogoutHandler, ForgetHandler})
FILES = (ContentsHandler, CheckpointsHandler, ModifyCheckpointsHandler, AuthenticatedFileHandler)
"""Handlers of files: of viewers, the room of files says what they may have through them."""
_STARTS_KERNELS = frozenset({
    (MainKernelHandler, "POST"), (SessionRootHandler, "POST"), (DashboardHandler, "GET"),
})


def is_static(handler: web.RequestHandler) -> bool:
    """Whether the handler serves only what is the same for everybody, logged in or not."""
    return type(handler) in _STATIC


def check(handler: web.RequestHandler, user: CrispdmUser | None) -> None:
    """Let the request pass. Raises HTTPError(403), or Finish with a 503 when kernels are used up."""
    _require_same_origin(handler)
    if user is None:
        _check_anonymous(handler)
        return
    if user.role == Role.PREDICT.value and not isinstance(handler, GatewayHandler):
        raise web.HTTPError(403, "This token may only use deployed models.")
    if user.role == Role.VIEWER.value and not _viewer_may(handler, user):
        raise web.HTTPError(403, "Your role is 'viewer': published dashboards and your folders only.")
    if not isinstance(handler, GatewayHandler) and type(handler) not in _PAGES:
        _check_stock_route(handler, Role(user.role))
    if (type(handler), handler.request.method) in _STARTS_KERNELS:
        handler.settings["kernel_manager"].require_room(user.username, handler)


def _require_same_origin(handler: web.RequestHandler) -> None:
    """A page of another site may not change anything here, whatever it knows."""
    if handler.request.method not in _SAFE and not handler.check_origin():  # type: ignore[attr-defined]
        raise web.HTTPError(403, "The request comes from another site.")


def _check_anonymous(handler: web.RequestHandler) -> None:
    ours = isinstance(handler, GatewayHandler) and handler.request.method != "OPTIONS"
    if type(handler) in _PUBLIC or ours or _is_preflight(handler):
        return
    method = getattr(handler, str(handler.request.method).lower())
    if getattr(method, "__allow_unauthenticated", False):
        raise web.HTTPError(403, "Log in first.")


def _check_stock_route(handler: web.RequestHandler, role: Role) -> None:
    """What the table of stock routes says: who may, with which arguments, and what its page may load."""
    row = row_of(type(handler), getattr(handler.settings["identity_provider"], "trusted_extensions", ()))
    least = row.least(str(handler.request.method))
    if least is None:
        raise web.HTTPError(403, "This is closed on this server.")
    if not role.includes(least):
        raise web.HTTPError(403, f"Your role is '{role.value}', and this needs '{least.value}'.")
    if row.policy:
        handler.set_header("Content-Security-Policy", row.policy)
        drop_unknown_arguments(handler, row.arguments or {})
        if handler._finished:
            raise web.Finish
    elif row.arguments is not None:
        require_known_arguments(handler, row.arguments)


def _is_preflight(handler: web.RequestHandler) -> bool:
    """Browsers ask without credentials; it only matters where the operator named another origin."""
    allowed = handler.settings.get("allow_origin") or handler.settings.get("allow_origin_pat")
    return handler.request.method == "OPTIONS" and bool(allowed)


def _viewer_may(handler: web.RequestHandler, user: CrispdmUser) -> bool:
    if isinstance(handler, GatewayHandler):
        return True
    method = "GET" if handler.request.method == "HEAD" else handler.request.method
    if isinstance(handler, FILES) and type(handler) is not DashboardFileHandler:
        return _reaches(handler, user)
    rule = _VIEWER_RULES.get((type(handler), method))
    return rule is not None and rule(handler, user)


def _always(handler: web.RequestHandler, user: CrispdmUser) -> bool:
    return True


def _owns_kernel(handler: web.RequestHandler, user: CrispdmUser) -> bool:
    manager: CrispdmKernelManager = handler.settings["kernel_manager"]
    return manager.owner_of(_argument(handler)) == user.username


def _reaches(handler: web.RequestHandler, user: CrispdmUser) -> bool:
    reach = reach_of(handler)
    if reach is None:
        return False
    reach.check(handler, user)
    return True


def _published(handler: web.RequestHandler, user: CrispdmUser) -> bool:
    return is_published(_argument(handler), published_patterns(handler))


def _asset(handler: web.RequestHandler, user: CrispdmUser) -> bool:
    return is_asset(_argument(handler), published_patterns(handler))


def published_patterns(handler: web.RequestHandler) -> list[str]:
    """What the operator published."""
    return list(getattr(handler.settings["identity_provider"], "published", ()))


def _argument(handler: web.RequestHandler) -> str:
    """The one path argument, decoded as the handler will get it."""
    values = [*handler.path_args, *handler.path_kwargs.values()]
    return str(values[0]) if len(values) == 1 and values[0] is not None else ""


_Rule = Callable[[web.RequestHandler, CrispdmUser], bool]
_VIEWER_RULES: Mapping[tuple[type[Any], str | None], _Rule] = {
    (LoginHandler, "GET"): _always,
    (LoginHandler, "POST"): _always,
    (LogoutHandler, "GET"): _always,
    (LogoutHandler, "POST"): _always,
    (ForgetHandler, "POST"): _always,
    (RootHandler, "GET"): _always,
    (HomeHandler, "GET"): _always,
    (LicenceHandler, "GET"): _always,
    (VoilaListHandler, "GET"): _always,
    (IdentityHandler, "GET"): _always,
    (DashboardHandler, "GET"): _published,
    (DashboardFileHandler, "GET"): _asset,
    (KernelHandler, "GET"): _owns_kernel,
    (KernelWebsocketHandler, "GET"): _owns_kernel,
    (VoilaShutdownKernelHandler, "POST"): _owns_kernel,
}
