"""The gate: nothing is open but what is listed here.

It decides on the class of the handler that was chosen and on the path arguments as that handler will see
them, never on the address: an encoded slash or a doubled one gets round a check of addresses.

Anonymous callers: the login page, Jupyter's static files, and verbs of ours that say ``public``.
Viewers: our own API (the role table decides there), the home page, published dashboards and what these need
of the kernels that they started. Programs with a predict token: our own API only.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from types import MethodType
from typing import TYPE_CHECKING, Any

from jupyter_server.base.handlers import APIVersionHandler, FileFindHandler, PublicStaticFileHandler
from jupyter_server.services.api.handlers import IdentityHandler
from jupyter_server.services.kernels.handlers import KernelHandler, MainKernelHandler
from jupyter_server.services.kernels.websocket import KernelWebsocketHandler
from jupyter_server.services.sessions.handlers import SessionRootHandler
from jupyterlab_server.themes_handler import ThemesHandler
from tornado import web
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler

from jupyter_crispdm.base.gateway import GatewayHandler

from .dashboard_page import DashboardHandler
from .dashboards import is_asset, is_published
from .pages import DashboardFileHandler, HomeHandler, LicenceHandler, LoginHandler, LogoutHandler, RootHandler
from .roles import CrispdmUser, Role

if TYPE_CHECKING:
    from .kernels import CrispdmKernelManager

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_STATIC = frozenset({FileFindHandler, PublicStaticFileHandler, ThemesHandler, APIVersionHandler})
_PUBLIC = frozenset({LoginHandler, LogoutHandler})
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
        _use_plain_finish(handler)
        _check_anonymous(handler)
        return
    if user.role == Role.PREDICT.value and not isinstance(handler, GatewayHandler):
        raise web.HTTPError(403, "This token may only use deployed models.")
    if user.role == Role.VIEWER.value and not _viewer_may(handler, user):
        _use_plain_finish(handler)
        raise web.HTTPError(403, "Your role is 'viewer': published dashboards only.")
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


def _use_plain_finish(handler: web.RequestHandler) -> None:
    """Let a refusal be sent: JupyterLab's licence report makes `finish` a coroutine, which nobody awaits
    when an error page or a redirect calls it, so that the caller would wait for ever."""
    if inspect.iscoroutinefunction(type(handler).finish):
        handler.finish = MethodType(web.RequestHandler.finish, handler)  # type: ignore[method-assign]


def _is_preflight(handler: web.RequestHandler) -> bool:
    """Browsers ask without credentials; it only matters where the operator named another origin."""
    allowed = handler.settings.get("allow_origin") or handler.settings.get("allow_origin_pat")
    return handler.request.method == "OPTIONS" and bool(allowed)


def _viewer_may(handler: web.RequestHandler, user: CrispdmUser) -> bool:
    if isinstance(handler, GatewayHandler):
        return True
    rule = _VIEWER_RULES.get((type(handler), handler.request.method))
    return rule is not None and rule(handler, user)


def _always(handler: web.RequestHandler, user: CrispdmUser) -> bool:
    return True


def _owns_kernel(handler: web.RequestHandler, user: CrispdmUser) -> bool:
    manager: CrispdmKernelManager = handler.settings["kernel_manager"]
    return manager.owner_of(_argument(handler)) == user.username


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
    (RootHandler, "GET"): _always,
    (HomeHandler, "GET"): _always,
    (LicenceHandler, "GET"): _always,
    (IdentityHandler, "GET"): _always,
    (DashboardHandler, "GET"): _published,
    (DashboardFileHandler, "GET"): _asset,
    (DashboardFileHandler, "HEAD"): _asset,
    (KernelHandler, "GET"): _owns_kernel,
    (KernelWebsocketHandler, "GET"): _owns_kernel,
    (VoilaShutdownKernelHandler, "POST"): _owns_kernel,
}
