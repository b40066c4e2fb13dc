"""Whose a program is: a token belongs to a person, and opens no more than they may themselves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from jupyter_crispdm.auth.manager import UserManager
from jupyter_crispdm.auth.passwords import Passwords
from jupyter_crispdm.auth.types import NewToken, NewUser, Role, Scope, TokenChange, UserChange, UserRole
from jupyter_crispdm.base.account import account
from jupyter_crispdm.base.database import Database
from jupyter_crispdm.base.errors import BadRequest, NotFound

PASSWORD = "correct horse"


@pytest.fixture
def users(tmp_path: Path) -> Iterator[UserManager]:
    database = Database.in_directory(tmp_path)
    database.start_sync()
    made = UserManager(database, passwords=Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)))
    yield made
    made.close()
    database.close_sync()


async def add(users: UserManager, name: str, role: UserRole) -> None:
    await users.add(NewUser(name=name, password=PASSWORD, role=role))


async def opens(users: UserManager, secret: str) -> tuple[str, Role]:
    program = await users.program(secret)
    assert program is not None
    return program.person, program.role


async def test_a_token_belongs_to_a_person(users: UserManager) -> None:
    """Issue 7: the owner of a program's job was `token:server`."""
    await add(users, "ada", UserRole.ADMIN)
    issued = await users.create_token(NewToken(name="nightly", scope=Scope.WRITE, owner="ada"), by="boss")
    assert issued.owner == "ada"
    assert [(token.name, token.owner) for token in await users.tokens()] == [("nightly", "ada")]
    program = await users.program(issued.token)
    assert program is not None
    assert (program.name, program.person, program.role) == ("nightly", "ada", Role.ANALYST)
    assert "for ada" in (await users.audit())[0].detail


async def test_a_token_of_nobody_named_is_the_accounts(users: UserManager) -> None:
    issued = await users.create_token(NewToken(name="nightly"))
    assert issued.owner == account()
    await add(users, "ada", UserRole.ADMIN)
    assert (await opens(users, issued.token))[0] == account()
    assert (await users.create_token(NewToken(name="weekly", owner=account()))).owner == account()


async def test_whoever_is_unknown_gets_no_token_and_the_nearest_names_are_told(users: UserManager) -> None:
    await add(users, "grace", UserRole.ADMIN)
    with pytest.raises(BadRequest, match=r"no user 'grcae'\. Did you mean grace\?") as caught:
        await users.create_token(NewToken(name="nightly", owner="grcae"))
    assert caught.value.details["field"] == "owner"
    with pytest.raises(BadRequest, match="no user 'zzz'"):
        await users.create_token(NewToken(name="nightly", owner="zzz"))
    assert await users.tokens() == []


async def test_a_plain_jupyter_knows_no_users_so_anybody_may_be_named(users: UserManager) -> None:
    assert (await users.create_token(NewToken(name="nightly", owner="ada"))).owner == "ada"
    for name in ("a b", "", "token:x", "x" * 65):
        with pytest.raises(BadRequest, match="owner"):
            await users.create_token(NewToken(name="weekly", owner=name))


async def test_a_token_of_nobody_who_is_known_opens_nothing(users: UserManager) -> None:
    issued = await users.create_token(NewToken(name="nightly", scope=Scope.ADMIN, owner="ada"))
    assert await users.program(issued.token) is None
    await add(users, "ada", UserRole.VIEWER)
    assert await opens(users, issued.token) == ("ada", Role.VIEWER)


@pytest.mark.parametrize(
    ("role", "scope", "opened"),
    [
        (UserRole.ADMIN, Scope.ADMIN, Role.ADMIN),
        (UserRole.ANALYST, Scope.ADMIN, Role.ANALYST),
        (UserRole.VIEWER, Scope.ADMIN, Role.VIEWER),
        (UserRole.VIEWER, Scope.PREDICT, Role.PREDICT),
    ],
)
async def test_a_lowered_role_lowers_the_persons_tokens(
    users: UserManager, role: UserRole, scope: Scope, opened: Role
) -> None:
    await add(users, "boss", UserRole.ADMIN)
    await add(users, "ada", UserRole.ADMIN)
    issued = await users.create_token(NewToken(name="nightly", scope=scope, owner="ada"))
    assert await opens(users, issued.token) == ("ada", scope.role)
    await users.change("ada", UserChange(role=role))
    assert await opens(users, issued.token) == ("ada", opened)
    await users.change("ada", UserChange(role=UserRole.ADMIN))
    assert await opens(users, issued.token) == ("ada", scope.role)


async def test_a_scope_beyond_the_persons_role_is_refused(users: UserManager) -> None:
    await add(users, "ada", UserRole.VIEWER)
    with pytest.raises(BadRequest, match="is viewer: the scope of their tokens can be predict or read") as caught:
        await users.create_token(NewToken(name="nightly", scope=Scope.WRITE, owner="ada"))
    assert caught.value.details["field"] == "scope"
    await users.create_token(NewToken(name="nightly", scope=Scope.READ, owner="ada"))
    with pytest.raises(BadRequest, match="scope"):
        await users.change_token("nightly", TokenChange(scope=Scope.ADMIN))
    assert (await users.change_token("nightly", TokenChange(scope=Scope.PREDICT, days=3))).scope is Scope.PREDICT


async def test_tokens_go_with_their_person(users: UserManager) -> None:
    """Else whoever is given the name later would have them."""
    await add(users, "boss", UserRole.ADMIN)
    await add(users, "ada", UserRole.ANALYST)
    hers = await users.create_token(NewToken(name="nightly", owner="ada"))
    other = await users.create_token(NewToken(name="weekly", owner="boss"))
    await users.remove("ada", by="boss")
    assert await users.program(hers.token) is None
    assert await users.program(other.token) is not None
    assert [token.name for token in await users.tokens()] == ["weekly"]
    assert (await users.audit())[0].detail == "ada, with the token nightly"
    with pytest.raises(NotFound):
        await users.revoke_token("nightly")
