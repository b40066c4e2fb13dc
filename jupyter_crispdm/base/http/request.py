"""What a verb may know about a call that came through tornado."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jupyter_server.auth.identity import IdentityProvider, PasswordIdentityProvider
from jupyter_server.utils import url_path_join
from tornado import web

from ..account import account
from .route import Verb, route_of

_NAMELESS = (IdentityProvider, PasswordIdentityProvider)


def only_person(settings: Mapping[str, Any]) -> str | None:
    """The account of a plain Jupyter server, which knows one person; None where people have names."""
    return account() if type(settings.get("identity_provider")) in _NAMELESS else None


@dataclass(frozen=True)
class Request:
    """What a verb may know about the call, apart from its decoded arguments."""

    handler: web.RequestHandler
    user: Any
    base_url: str

    @property
    def username(self) -> str:
        """The name of the calling user.

        A plain Jupyter server knows one person, and gives them a random name at each call with a token: there it is
        the name of the account that the server runs under.
        """
        return only_person(self.handler.settings) or str(getattr(self.user, "username", ""))

    @property
    def owner(self) -> str:
        """The person who calls, or whose program does: whose is what is made by this call."""
        return only_person(self.handler.settings) or str(getattr(self.user, "person", "")) or self.username

    @property
    def program(self) -> str:
        """What calls for that person; empty where they call themselves, or where programs have no names."""
        return "" if only_person(self.handler.settings) else str(getattr(self.user, "program", ""))

    @property
    def role(self) -> str:
        """The caller's role; where another program identifies people, all who have access are admin."""
        return str(getattr(self.user, "role", "admin"))

    async def may(self, resource: str, action: str) -> bool:
        """Whether the caller may also do `action` on `resource`: what a verb answers can depend on it."""
        return bool(await self.handler.may(resource, action))  # type: ignore[attr-defined]

    async def gone(self) -> None:
        """Wait until the caller has hung up: who waits for something on their behalf need not go on."""
        await self.handler.gone.wait()  # type: ignore[attr-defined]

    @property
    def has_left(self) -> bool:
        """Whether the caller has hung up."""
        return bool(self.handler.gone.is_set())  # type: ignore[attr-defined]

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers of the call."""
        return self.handler.request.headers

    def url_for(self, verb: Verb, **arguments: object) -> str:
        """The absolute path of a verb such as `JobRoutes.show` with its arguments, each quoted."""
        entry = route_of(verb)
        return str(url_path_join(self.base_url, "crispdm", entry.prefix, entry.url(**arguments)))
