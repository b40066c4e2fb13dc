"""Arguments in the addresses of pages: a list of names and of what each may say.

A page's program may write what the address says into its HTML, as Voila does with ``theme``. So only what is listed
here reaches it: other names are dropped from the address, and a value that is not listed is a 400.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode

from tornado import web

THEMES = ("light", "dark")


@dataclass(frozen=True)
class Argument:
    """What one argument may say: the pattern its whole value matches, and that in words."""

    pattern: str
    words: str
    longest: int = 500

    def allows(self, value: str) -> bool:
        """Whether the argument may have this value."""
        return len(value) <= self.longest and re.fullmatch(self.pattern, value) is not None


Allowed = Mapping[str, Argument]

_FLAG = Argument("", "nothing")
_NAME = Argument(r"[A-Za-z0-9_-]*", "letters, digits, '-' and '_'")
_JOB = Argument(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", "the id of a job")
_VIEW = Argument(r"[^\x00-\x1f\x7f/\\<>\"]{1,100}", "the name of a saved view")
_PATH = Argument(r"[^\x00-\x1f\x7f\\<>\"]*", "a path below the root directory")

_PAGE = Argument(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,199}", "the name of a page, as its own link writes it")

#: Voila's theme, and the page of a `Dashboard`; the template is the operator's.
DASHBOARD: Allowed = {"theme": Argument("|".join(THEMES), "'light' or 'dark'"), "page": _PAGE}
#: What JupyterLab's page reads: a layout to forget, one to copy, a folder to show; and our panel: a job to show,
#: the table of runs as it was saved under a name.
LAB: Allowed = {"reset": _FLAG, "clone": _NAME, "file-browser-path": _PATH, "job": _JOB, "runs": _VIEW}
LOGIN: Allowed = {
    "next": Argument(r"(?s:.*)", "an address of this server", longest=50_000),
    "out": Argument("1|forgotten", "'1' or 'forgotten'"),
}
NONE: Allowed = {}


class BadArgument(ValueError):
    """An argument says what it may not say."""


def kept(query: str, allowed: Allowed) -> str:
    """The query without the arguments that are not allowed. Raises BadArgument for a value that is not."""
    try:
        given = parse_qsl(query, keep_blank_values=True, max_num_fields=50, errors="strict")
    except ValueError:
        raise BadArgument("The address carries arguments that cannot be read.") from None
    known = [(name, value) for name, value in given if name in allowed]
    for name, value in known:
        if not allowed[name].allows(value):
            raise BadArgument(f"The argument '{name}' of this address may say {allowed[name].words}.")
    if len({name for name, _ in known}) != len(known):
        raise BadArgument("An argument of this address is given twice.")
    return query if len(known) == len(given) else urlencode(known, quote_via=quote)


def drop_unknown_arguments(handler: web.RequestHandler, allowed: Allowed) -> None:
    """Lead the browser to the address without what is not allowed. Raises HTTPError(400) for a bad value."""
    query = handler.request.query
    left = _checked(query, allowed)
    if left != query and handler.request.method not in ("GET", "HEAD"):
        raise web.HTTPError(400, "This address takes no arguments with what is sent.")
    if left != query:
        handler.redirect(handler.request.path + (f"?{left}" if left else ""))


def require_known_arguments(handler: web.RequestHandler, allowed: Allowed) -> None:
    """For programs' addresses. Raises HTTPError(400) for a bad value or an unknown name; a bare number, by which
    JupyterLab keeps answers out of caches, says nothing."""
    given = {name for name in handler.request.arguments if not name.isdigit()}
    if unknown := given - allowed.keys():
        raise web.HTTPError(400, f"This address has no argument '{min(unknown)[:50]}'.")
    _checked(handler.request.query, allowed)


def _checked(query: str, allowed: Allowed) -> str:
    try:
        return kept(query, allowed)
    except BadArgument as error:
        raise web.HTTPError(400, str(error)) from None
