"""How our pages are made: templates, and the headers that each of them has."""

from __future__ import annotations

import inspect
import secrets
from collections.abc import Callable
from functools import cache, partial
from http import HTTPStatus
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado import web

from jupyter_crispdm.base.http.gateway import own_words
from jupyter_crispdm.base.http.methods import allowed

from ..roles import Role, role_of
from .arguments import THEMES
from .policies import page_policy

_SAID = {
    400: ("This address cannot be used", ""),
    403: ("This is not open to you", "Your role does not allow it."),
    404: ("There is no such page", "The address may be mistyped, or what was there is gone."),
    405: ("This is not open to you", "This address does not answer that kind of request."),
    503: ("This is not available now", "The server is busy. Try again in a moment."),
}
_OURS = ("Something went wrong here", "The server's log says more. Try again, or tell whoever runs this server.")
_MOST = 500
_THEME = "crispdm-theme"  # a cookie that the dashboards' program writes
AUTO = "auto"


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("jupyter_crispdm.auth"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )


def chosen_theme(handler: Any) -> str:
    """The theme that the visitor chose in this browser; empty when none was."""
    theme = str(handler.get_cookie(_THEME, ""))
    return theme if theme in THEMES else ""


def show(handler: Any, template: str, **values: Any) -> None:
    """Send a page of ours; the style sheet in it is allowed by a nonce, and nothing else is."""
    nonce = secrets.token_urlsafe(16)
    handler.set_header("Content-Type", "text/html; charset=utf-8")
    handler.set_header("Cache-Control", "no-store")
    handler.set_header("Referrer-Policy", "same-origin")
    handler.set_header("X-Content-Type-Options", "nosniff")
    handler.set_header("Content-Security-Policy", page_policy(nonce))
    handler.finish(_templates().get_template(template).render(
        nonce=nonce, theme=chosen_theme(handler) or AUTO, base_url=handler.base_url, xsrf=handler.xsrf_token.decode(),
        **values))


def show_error(handler: Any, status_code: int, **options: Any) -> None:
    """Tell in our look what went wrong, with a way home."""
    if status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        handler.set_header("Allow", allowed(type(handler)))
    title, words = _SAID.get(status_code, _said_otherwise(status_code))
    message = options.get("message") or _message(status_code, options) or words
    user = getattr(handler, "_jupyter_current_user", None)  # `current_user` refuses before Jupyter has looked
    show(
        handler, "error.html", status=status_code, title=title, message=message,
        home=home_url(handler) if user else "", login=url_path_join(handler.base_url, "login"),
        at_home="JupyterLab" if _works(handler, user) else "Your dashboards",
    )


def dress(handler: Any) -> None:
    """Let the handler tell its errors in our look, if it tells them to people: no template of another is asked."""
    if not isinstance(handler, APIHandler):
        handler.write_error = partial(show_error, handler)
    if inspect.iscoroutinefunction(handler.finish):
        handler.finish = partial(_finish, handler, handler.finish)


def _finish(handler: web.RequestHandler, stock: Callable[..., Any], *chunk: Any, **options: Any) -> Any:
    """JupyterLab's licence report makes `finish` a coroutine with an argument of its own. Whoever else calls it, for a
    refusal say, awaits nothing, and the caller would wait for ever."""
    return stock(*chunk, **options) if options else web.RequestHandler.finish(handler, *chunk)


class ErrorPages:
    """For handlers that tell their errors in our look by whatever door people come."""

    def write_error(self, status_code: int, **options: Any) -> None:
        """Tell what went wrong."""
        show_error(self, status_code, **options)


def home_url(handler: Any) -> str:
    """Where this user belongs: viewers to their dashboards, the others to Lab."""
    return lab_url(handler) if _works(handler, handler.current_user) else dashboards_url(handler)


def dashboards_url(handler: Any) -> str:
    """The list of published dashboards."""
    return str(url_path_join(handler.base_url, "crispdm/"))


def lab_url(handler: Any) -> str:
    """JupyterLab's address, or the one that the operator made the default."""
    default = handler.settings.get("default_url", "")
    ours = default.startswith(handler.base_url) and default != handler.base_url
    return default if ours else str(url_path_join(handler.base_url, "lab"))


def _works(handler: Any, user: Any) -> bool:
    return role_of(user, handler) in (Role.ANALYST, Role.ADMIN)


def _said_otherwise(status_code: int) -> tuple[str, str]:
    if status_code >= 500:
        return _OURS
    known = {status.value: status.phrase for status in HTTPStatus}
    return known.get(status_code, "This did not work"), ""


def _message(status_code: int, options: dict[str, Any]) -> str:
    """What a refusal says of itself; a fault of ours says nothing here, for it may tell of the server's inside."""
    error = (options.get("exc_info") or (None, None))[1]
    return "" if status_code == HTTPStatus.INTERNAL_SERVER_ERROR else own_words(error)[:_MOST]
