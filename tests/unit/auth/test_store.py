"""The tables of the door: what is written is what is read, and what is over opens nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from jupyter_crispdm.auth import store
from jupyter_crispdm.auth.types import Role, Scope
from jupyter_crispdm.base.database import Database


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sa.Connection]:
    """A database of its own; nobody else writes in it."""
    database = Database.in_directory(tmp_path)
    database.start_sync()
    with database._engine.begin() as opened:
        yield opened
    database.close_sync()


def user(name: str = "ada", role: Role = Role.ANALYST, **more: Any) -> store.UserRow:
    return store.UserRow(**{"name": name, "role": role, "password": "hash", "created": 1.5, "last_login": None, **more})


def token(name: str = "bot", **more: Any) -> store.TokenRow:
    fields = {"owner": "ada", "digest": f"digest of {name}", "scope": Scope.READ, "created": 1.0, "expires": None}
    return store.TokenRow(**{"name": name, "last_used": None, **fields, **more})


def test_a_user_is_read_as_they_were_written(connection: sa.Connection) -> None:
    ada, bea = user(), user("bea", Role.ADMIN, last_login=2.25)
    for row in (bea, ada):
        store.add_user(connection, row)
    assert [store.find_user(connection, name) for name in ("ada", "bea", "cee", "ADA", "ada ")] == [
        ada, bea, None, None, None,
    ]  # fmt: skip
    assert store.all_users(connection) == [ada, bea]
    assert [store.count_users(connection, role) for role in (None, Role.ADMIN, Role.VIEWER)] == [2, 1, 0]


def test_a_name_is_given_once(connection: sa.Connection) -> None:
    store.add_user(connection, user())
    with pytest.raises(sa.exc.IntegrityError), connection.begin_nested():
        store.add_user(connection, user(role=Role.ADMIN))
    assert store.all_users(connection) == [user()]


@pytest.mark.parametrize(
    ("change", "after"),
    [
        ({}, user()),
        ({"role": Role.VIEWER}, user(role=Role.VIEWER)),
        ({"password": "other"}, user(password="other")),
        ({"last_login": 9.0}, user(last_login=9.0)),
        ({"role": Role.ADMIN, "password": "other"}, user(role=Role.ADMIN, password="other")),
    ],
)
def test_only_what_is_given_changes_and_only_for_whom_it_is(
    connection: sa.Connection, change: dict[str, Any], after: store.UserRow
) -> None:
    for row in (user(), user("bea")):
        store.add_user(connection, row)
    store.set_user(connection, "ada", **change)
    store.set_user(connection, "nobody", **change)
    assert store.all_users(connection) == [after, user("bea")]


def test_a_session_is_its_users_until_it_is_over(connection: sa.Connection) -> None:
    store.add_user(connection, user())
    store.add_session(connection, "d1", "ada", 10.0, 20.0)
    for now, whose in ((10.0, user()), (19.999, user()), (20.0, None), (1e12, None)):
        assert store.session_user(connection, "d1", now) == whose
    assert store.session_user(connection, "d2", 10.0) is None


def test_sessions_of_others_stay(connection: sa.Connection) -> None:
    for name in ("ada", "bea"):
        store.add_user(connection, user(name))
        for number in (1, 2):
            store.add_session(connection, f"{name}{number}", name, 0.0, 10.0 * number)

    def left() -> list[str]:
        return sorted(connection.execute(sa.select(store.sessions.c.digest)).scalars())

    store.delete_session(connection, "ada1")
    store.delete_session(connection, "never")
    assert left() == ["ada2", "bea1", "bea2"]
    store.delete_expired_sessions(connection, 10.0)
    assert left() == ["ada2", "bea2"]
    store.delete_sessions_of(connection, "ada")
    assert left() == ["bea2"]
    store.delete_user(connection, "bea")
    assert left() == [], "they go with their user"


def test_a_session_of_nobody_cannot_be_written(connection: sa.Connection) -> None:
    with pytest.raises(sa.exc.IntegrityError), connection.begin_nested():
        store.add_session(connection, "d1", "nobody", 0.0, 10.0)


def test_a_token_is_read_as_it_was_written(connection: sa.Connection) -> None:
    rows = [token(), token("cron", scope=Scope.ADMIN, expires=5.5, last_used=2.5), token("old", owner="")]
    for row in reversed(rows):
        store.add_token(connection, row)
    assert store.all_tokens(connection) == rows
    assert [store.find_token(connection, name) for name in ("cron", "Cron", "")] == [rows[1], None, None]


@pytest.mark.parametrize("second", [token(digest="another"), token("other", digest="digest of bot")])
def test_neither_names_nor_secrets_of_tokens_are_given_twice(
    connection: sa.Connection, second: store.TokenRow
) -> None:
    store.add_token(connection, token())
    with pytest.raises(sa.exc.IntegrityError), connection.begin_nested():
        store.add_token(connection, second)


def test_a_token_opens_until_it_is_over_and_one_without_end_for_ever(connection: sa.Connection) -> None:
    endless, ending = token(), token("cron", expires=20.0)
    for row in (endless, ending):
        store.add_token(connection, row)
    found = [store.token_by_digest(connection, "digest of cron", now) for now in (0.0, 19.9, 20.0, 21.0)]
    assert found == [ending, ending, None, None]
    assert store.token_by_digest(connection, "digest of bot", 1e12) == endless
    assert store.token_by_digest(connection, "", 0.0) is None


def test_a_change_of_a_token_leaves_the_rest_of_it(connection: sa.Connection) -> None:
    for row in (token(expires=5.0), token("cron")):
        store.add_token(connection, row)
    store.set_token(connection, "bot")
    assert store.find_token(connection, "bot") == token(expires=5.0)
    store.set_token(connection, "bot", scope=Scope.WRITE, last_used=3.0)
    assert store.find_token(connection, "bot") == token(scope=Scope.WRITE, expires=5.0, last_used=3.0)
    assert store.find_token(connection, "cron") == token("cron")


def test_the_tokens_of_a_person_go_together_and_are_named(connection: sa.Connection) -> None:
    for row in (token("b"), token("a"), token("c", owner="bea"), token("d", owner="")):
        store.add_token(connection, row)
    assert store.delete_tokens_of(connection, "ada") == ["a", "b"]
    assert store.delete_tokens_of(connection, "ada") == []
    store.delete_token(connection, "d")
    assert [row.name for row in store.all_tokens(connection)] == ["c"]


def test_the_newest_entries_come_first_also_within_one_moment(connection: sa.Connection) -> None:
    rows = [store.AuditRow(time, "ada", f"event {number}", "“x”") for number, time in enumerate((1.0, 2.0, 2.0, 3.0))]
    for row in rows:
        store.add_audit(connection, row)
    assert store.newest_audit(connection, 3) == [rows[3], rows[2], rows[1]]
    store.delete_audit_before(connection, 2.0)
    assert store.newest_audit(connection, 10) == [rows[3], rows[2], rows[1]]
