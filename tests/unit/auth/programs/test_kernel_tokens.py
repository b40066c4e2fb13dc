"""Tokens of kernels, without kernels: whom they open the door for, and until when."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher

from jupyter_crispdm.auth.manager import UserManager
from jupyter_crispdm.auth.passwords import Passwords
from jupyter_crispdm.auth.programs.starters import Starter
from jupyter_crispdm.auth.types import NewToken, NewUser, Program, Role, Scope, TokenChange, UserChange, UserRole
from jupyter_crispdm.base.account import account
from jupyter_crispdm.base.database import Database
from jupyter_crispdm.base.errors import BadRequest
from tests.support import FakeClock

PASSWORD = "correct horse"
ADA = Starter("ada", Role.ANALYST)
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
STRONGER = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)


class Kernel:
    """Lives until it is told otherwise."""

    alive = True

    async def lives(self) -> bool:
        return self.alive


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database.in_directory(tmp_path)
    made.start_sync()
    yield made
    made.close_sync()


@pytest.fixture
def users(database: Database, clock: FakeClock) -> Iterator[UserManager]:
    made = UserManager(database, passwords=Passwords(QUICK), clock=clock)

    async def add() -> None:
        await made.add(NewUser(name="root", password=PASSWORD, role=UserRole.ADMIN))
        await made.add(NewUser(name="ada", password=PASSWORD, role=UserRole.ANALYST))

    asyncio.run(add())
    yield made
    made.close()


async def issue(users: UserManager, starter: Starter = ADA, kernel: str = "k1") -> str:
    secret = await users.kernels.issue(kernel, starter, Kernel().lives)
    assert secret is not None
    return secret


async def test_a_kernel_works_for_its_person(users: UserManager) -> None:
    assert await users.program(await issue(users)) == Program("a kernel", "ada", Role.ANALYST, person_role=Role.ANALYST)
    assert await users.program("crispdm_kernel_made_up") is None


@pytest.mark.parametrize(
    ("came", "now", "least"),
    [
        (Role.ADMIN, UserRole.ADMIN, Role.ANALYST),
        (Role.ANALYST, UserRole.VIEWER, Role.VIEWER),
        (Role.VIEWER, UserRole.ANALYST, Role.VIEWER),
        (Role.PREDICT, UserRole.ADMIN, Role.PREDICT),
    ],
)
@pytest.mark.proves("kernels.token-role")
async def test_the_least_of_what_they_came_with_and_what_they_may_now(
    users: UserManager, came: Role, now: UserRole, least: Role
) -> None:
    secret = await issue(users, Starter("ada", came))
    await users.change("ada", UserChange(role=now))
    assert await users.program(secret) == Program("a kernel", "ada", least, person_role=Role(now.value))


@pytest.mark.proves("kernels.token-role")
async def test_a_password_changed_by_another_process_ends_it(users: UserManager, database: Database) -> None:
    """`jupyter crispdm user passwd` writes the database and knows no kernels."""
    secret = await issue(users)
    elsewhere = UserManager(database, passwords=Passwords(QUICK))
    await elsewhere.change("ada", UserChange(password="another horse"))
    assert await users.program(secret) is None
    elsewhere.close()


async def test_the_same_password_stored_anew_does_not(database: Database, users: UserManager) -> None:
    newer = UserManager(database, passwords=Passwords(STRONGER))
    secret = await issue(newer)
    await newer.login("ada", PASSWORD)
    assert await newer.program(secret) is not None
    newer.close()


async def test_nor_does_it_while_it_is_stored(
    database: Database, users: UserManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kernel that called in the moment between had no token for the rest of its life."""
    newer = UserManager(database, passwords=Passwords(STRONGER))
    secret, stores = await issue(newer), newer._open_session

    async def stores_and_is_asked(*row: Any) -> Any:
        login = await stores(*row)
        assert await newer.program(secret) is not None
        return login

    monkeypatch.setattr(newer, "_open_session", stores_and_is_asked)
    await newer.login("ada", PASSWORD)
    assert await newer.program(secret) is not None
    newer.close()


async def test_another_person_of_the_same_name_does_not_inherit_it(users: UserManager) -> None:
    secret = await issue(users)
    await users.remove("ada")
    await users.add(NewUser(name="ada", password=PASSWORD, role=UserRole.ADMIN))
    assert await users.program(secret) is None


@pytest.mark.proves("kernels.token-ends")
async def test_the_next_life_of_a_kernel_has_the_only_token(users: UserManager) -> None:
    first, other, second = await issue(users), await issue(users, kernel="k2"), await issue(users)
    assert await users.program(first) is None
    assert await users.program(second) is not None
    users.kernels.revoke("k1")
    users.kernels.revoke("never there")
    assert await users.program(second) is None
    assert await users.program(other) is not None


@pytest.mark.proves("kernels.token-ends")
async def test_a_kernel_that_is_dead_is_believed_nothing(users: UserManager) -> None:
    kernel = Kernel()
    secret = await users.kernels.issue("k1", ADA, kernel.lives) or ""
    kernel.alive = False
    assert await users.program(secret) is None
    kernel.alive = True
    assert await users.program(secret) is None, "it is forgotten"


async def test_a_person_who_is_unknown_by_now_gets_none(users: UserManager) -> None:
    assert await users.kernels.issue("k1", Starter("nobody", Role.ADMIN), Kernel().lives) is None
    assert await users.kernels.issue("k1", Starter("ada", Role.ANALYST, "no such token"), Kernel().lives) is None


@pytest.mark.proves("kernels.token-role", "desk.reading-tokens")
async def test_the_token_by_which_they_came_holds_its_kernels(users: UserManager, clock: FakeClock) -> None:
    await users.create_token(NewToken(name="nightly", scope=Scope.WRITE, owner="ada", days=1))
    secret = await issue(users, Starter("ada", Role.ANALYST, "nightly"))
    await users.change_token("nightly", TokenChange(scope=Scope.READ))
    program = await users.program(secret)
    assert program is not None
    assert (program.role, program.reads_only) == (Role.VIEWER, True)
    clock.advance(2 * 86_400)
    assert await users.program(secret) is None


async def test_the_account_needs_no_user_of_its_name(users: UserManager) -> None:
    secret = await issue(users, Starter(account(), Role.ADMIN))
    assert await users.program(secret) == Program("a kernel", account(), Role.ANALYST, person_role=Role.ADMIN)


async def test_nobody_may_be_called_what_whoever_asks_is_called(users: UserManager) -> None:
    with pytest.raises(BadRequest, match="'me'"):
        await users.add(NewUser(name="me", password=PASSWORD))
