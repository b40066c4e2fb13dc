"""Tokens of jobs, without jobs: whom they open the door for, and until when."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from jupyter_crispdm.auth.manager import UserManager
from jupyter_crispdm.auth.passwords import Passwords
from jupyter_crispdm.auth.programs.store import job_tokens
from jupyter_crispdm.auth.types import NewToken, NewUser, Program, Role, Scope, TokenChange, UserChange, UserRole
from jupyter_crispdm.base.account import account
from jupyter_crispdm.base.database import Database
from tests.support import FakeClock

PASSWORD = "correct horse"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


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
    made = manager(database, clock)

    async def add() -> None:
        for name, role in (("chief", UserRole.ADMIN), ("ada", UserRole.ANALYST), ("vic", UserRole.VIEWER)):
            await made.add(NewUser(name=name, password=PASSWORD, role=role))

    asyncio.run(add())
    yield made
    made.close()


def manager(database: Database, clock: FakeClock) -> UserManager:
    return UserManager(database, passwords=Passwords(QUICK), clock=clock)


async def issue(users: UserManager, person: str = "ada", job: str = "j1", via: str = "", before: str = "") -> str:
    secret = await users.jobs.issue(job, person, via, before)
    assert secret is not None
    return secret


@pytest.mark.proves("jobs.token-role")
@pytest.mark.parametrize(
    ("person", "least", "own"),
    [
        ("ada", Role.ANALYST, Role.ANALYST),
        ("vic", Role.VIEWER, Role.VIEWER),
        ("chief", Role.ANALYST, Role.ADMIN),
        (account(), Role.ANALYST, Role.ANALYST),
    ],
)
async def test_a_job_works_for_its_person_an_analysts_work_at_most(
    users: UserManager, person: str, least: Role, own: Role
) -> None:
    assert await users.program(await issue(users, person)) == Program("a job", person, least, person_role=own)


@pytest.mark.proves("jobs.token-role")
async def test_nobody_who_is_known_gets_none(users: UserManager) -> None:
    assert await users.jobs.issue("j1", "nobody") is None
    assert await users.jobs.issue("j1", "ada", via="gone") is None
    assert await users.program("crispdm_job_made_up") is None
    assert await users.program("\udcff") is None


@pytest.mark.proves("jobs.token-role")
@pytest.mark.parametrize(
    ("began", "now", "least"),
    [
        (UserRole.ANALYST, UserRole.VIEWER, Role.VIEWER),
        (UserRole.VIEWER, UserRole.ADMIN, Role.VIEWER),
        (UserRole.ADMIN, UserRole.ANALYST, Role.ANALYST),
    ],
)
async def test_the_least_of_what_they_might_then_and_may_now(
    users: UserManager, began: UserRole, now: UserRole, least: Role
) -> None:
    await users.change("ada", UserChange(role=began))
    secret = await issue(users)
    await users.change("ada", UserChange(role=now))
    assert await users.program(secret) == Program("a job", "ada", least, person_role=Role(now.value))


@pytest.mark.proves("jobs.token-survives")
async def test_it_opens_the_door_of_the_next_server_too(
    users: UserManager, database: Database, clock: FakeClock
) -> None:
    secret = await issue(users)
    after = manager(database, clock)
    assert await after.program(secret) is not None
    after.close()


@pytest.mark.proves("jobs.token-survives")
async def test_another_password_leaves_it_as_it_leaves_the_job(users: UserManager) -> None:
    secret = await issue(users)
    await users.change("ada", UserChange(password="another horse"))
    assert await users.program(secret) is not None


@pytest.mark.proves("jobs.token-role")
async def test_it_ends_with_the_person_and_no_namesake_inherits_it(users: UserManager) -> None:
    secret = await issue(users)
    await users.remove("ada")
    assert await users.program(secret) is None
    await users.add(NewUser(name="ada", password=PASSWORD, role=UserRole.ADMIN))
    assert await users.program(secret) is None


@pytest.mark.proves("jobs.token-role")
async def test_it_ends_with_the_token_by_which_they_came(users: UserManager, clock: FakeClock) -> None:
    await users.create_token(NewToken(name="nightly", scope=Scope.WRITE, days=1, owner="ada"))
    secret = await issue(users, via="nightly")
    assert await users.program(secret) is not None
    await users.change_token("nightly", TokenChange(scope=Scope.READ))
    assert await users.program(secret) == Program("a job", "ada", Role.VIEWER, True, Role.ANALYST)
    await users.revoke_token("nightly")
    assert await users.program(secret) is None
    await users.create_token(NewToken(name="nightly", scope=Scope.WRITE, days=1, owner="ada"))
    assert await users.program(secret) is None, "another token of that name is not the one by which they came"
    expiring = await issue(users, via="nightly", job="j2")
    clock.advance(2 * 86_400)
    assert await users.program(expiring) is None


@pytest.mark.proves("jobs.token-role")
@pytest.mark.parametrize("via", ["a kernel", "a job", "the server's token"])
async def test_what_a_kernel_or_another_job_submits_is_its_persons(users: UserManager, via: str) -> None:
    assert await users.program(await issue(users, via=via)) is not None


@pytest.mark.proves("jobs.token-ends")
async def test_the_next_attempt_has_the_only_token(users: UserManager) -> None:
    first, other, second = await issue(users), await issue(users, job="j2"), await issue(users)
    assert await users.program(first) is None
    assert await users.program(second) is not None
    assert await users.program(other) is not None


@pytest.mark.proves("jobs.token-survives")
async def test_what_a_start_that_was_broken_off_gave_stays(users: UserManager) -> None:
    """The program may run with it already."""
    first = await issue(users)
    assert await issue(users, before=first) == first
    assert await issue(users, job="j2", before=first) != first, "a job does not take another's"
    assert await issue(users, before="made up") != "made up"


@pytest.mark.proves("jobs.token-ends")
async def test_one_that_runs_no_more_opens_nothing_before_it_is_forgotten(users: UserManager) -> None:
    secret = await issue(users)
    running = {"j1"}
    users.jobs.runs = running.__contains__
    assert await users.program(secret) is not None
    running.clear()
    assert await users.program(secret) is None


@pytest.mark.proves("jobs.token-ends")
async def test_those_of_jobs_that_are_over_are_forgotten(users: UserManager) -> None:
    kept, *over = [await issue(users, job=job) for job in ("j1", "j2", "j3")]
    await users.jobs.revoke(["j3"])
    assert await users.program(over[1]) is None
    await users.jobs.keep_only({"j1"})
    assert await users.program(over[0]) is None
    assert await users.program(kept) is not None


@pytest.mark.proves("jobs.token-hidden")
async def test_only_its_digest_is_kept(users: UserManager, database: Database) -> None:
    secret = await issue(users)
    rows = await database.read(lambda connection: connection.execute(sa.select(job_tokens)).all())
    assert (len(rows), secret in str(rows)) == (1, False)
    assert await users.tokens() == []
