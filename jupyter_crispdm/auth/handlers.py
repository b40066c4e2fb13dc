"""HTTP: users, tokens and the audit log."""

from __future__ import annotations

import asyncio

import msgspec

from jupyter_crispdm.base.http.request import Request
from jupyter_crispdm.base.http.route import Reply, Routes, route

from .manager import UserManager
from .people import People
from .types import (
    AuditLog,
    AuditQuery,
    IssuedToken,
    Me,
    Name,
    NewToken,
    NewUser,
    Role,
    Token,
    TokenChange,
    TokenList,
    User,
    UserChange,
    UserList,
)


class UserRoutes(Routes):
    """People."""

    always = True

    def __init__(self, users: UserManager, people: People) -> None:
        self._users = users
        self._people = people

    @route("GET", "users", answer=UserList, resource="users", action="read")
    async def index(self, request: Request) -> UserList:
        """List the users."""
        return UserList(await self._users.users())

    @route("GET", "users/me", answer=Me, resource="me", action="read")
    async def me(self, request: Request) -> Me:
        """Who asks."""
        user, name = request.user, request.owner
        shown = str(getattr(user, "display_name", "")) if getattr(user, "username", "") == name else name
        return Me(name, shown or name, Role(getattr(user, "person_role", "") or request.role))

    @route("POST", "users", body=NewUser, answer=User, status=201, resource="users", action="write")
    async def add(self, request: Request, body: NewUser) -> Reply:
        """Add a user."""
        user = await self._users.add(body, by=request.username)
        return Reply(user, headers={"Location": request.url_for(UserRoutes.show, name=user.name)})

    @route("GET", "users/{name}", answer=User, resource="users", action="read")
    async def show(self, request: Request, name: Name) -> User:
        """Show one user."""
        return await self._users.get(name)

    @route("PATCH", "users/{name}", body=UserChange, answer=User, resource="users", action="write")
    async def change(self, request: Request, name: Name, body: UserChange) -> User:
        """Change a user's password or role, and end their sessions."""
        return await self._users.change(name, body, by=request.username)

    @route("DELETE", "users/{name}", resource="users", action="write")
    async def remove(self, request: Request, name: Name) -> None:
        """Remove a user with their layout, settings and tokens, and end their sessions."""
        await self._users.remove(name, by=request.username)
        await asyncio.to_thread(self._people.forget, name)

    @route("GET", "audit", query=AuditQuery, answer=AuditLog, resource="audit", action="read")
    async def audit(self, request: Request, query: AuditQuery) -> AuditLog:
        """The newest entries of the audit log."""
        return AuditLog(await self._users.audit(query.limit))


class TokenRoutes(Routes):
    """Programs."""

    always = True

    def __init__(self, users: UserManager) -> None:
        self._users = users

    @route("GET", "tokens", answer=TokenList, resource="tokens", action="read")
    async def index(self, request: Request) -> TokenList:
        """List the API tokens, without their secrets."""
        return TokenList(await self._users.tokens())

    @route("POST", "tokens", body=NewToken, answer=IssuedToken, status=201, resource="tokens", action="write")
    async def create(self, request: Request, body: NewToken) -> Reply:
        """Create an API token; its secret is in this answer and never again."""
        wanted = body if body.owner is not None else msgspec.structs.replace(body, owner=request.owner)
        token = await self._users.create_token(wanted, by=request.username)
        return Reply(token, headers={"Location": request.url_for(TokenRoutes.show, name=token.name)})

    @route("GET", "tokens/{name}", answer=Token, resource="tokens", action="read")
    async def show(self, request: Request, name: Name) -> Token:
        """Show one API token, without its secret."""
        return await self._users.token(name)

    @route("PATCH", "tokens/{name}", body=TokenChange, answer=Token, resource="tokens", action="write")
    async def change(self, request: Request, name: Name, body: TokenChange) -> Token:
        """Change a token's scope or expiry."""
        return await self._users.change_token(name, body, by=request.username)

    @route("DELETE", "tokens/{name}", resource="tokens", action="write")
    async def revoke(self, request: Request, name: Name) -> None:
        """Revoke a token."""
        await self._users.revoke_token(name, by=request.username)
