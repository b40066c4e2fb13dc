"""The role table."""

from __future__ import annotations

import pytest
from jupyter_server.auth.identity import User

from jupyter_crispdm.app import ROUTES, TOPICS
from jupyter_crispdm.auth.handlers import TokenRoutes, UserRoutes
from jupyter_crispdm.auth.roles import ROLE_TABLE, CrispdmUser, declare, least_role, may, role_of
from jupyter_crispdm.auth.types import Role, Scope
from jupyter_crispdm.base.http.route import tables


def test_the_order() -> None:
    assert [role for role in Role if role.includes(Role.ANALYST)] == [Role.ANALYST, Role.ADMIN]


@pytest.mark.parametrize(
    ("role", "resource", "action", "allowed"),
    [
        (Role.VIEWER, "jobs", "read", True),
        (Role.VIEWER, "jobs", "write", False),
        (Role.VIEWER, "models", "read", True),
        (Role.VIEWER, "serving", "write", True),
        (Role.VIEWER, "environments", "read", True),
        (Role.VIEWER, "deployments", "write", False),
        (Role.ANALYST, "jobs", "write", True),
        (Role.ANALYST, "users", "read", False),
        (Role.ANALYST, "models", "admin", False),
        (Role.ADMIN, "tokens", "write", True),
        (Role.PREDICT, "serving", "write", True),
        (Role.PREDICT, "serving", "admin", False),
        (Role.PREDICT, "jobs", "read", False),
        (Role.PREDICT, "live", "read", False),
    ],
)
def test_some_rows(role: Role, resource: str, action: str, allowed: bool) -> None:
    assert may(role, resource, action) is allowed


def test_an_admin_may_everything() -> None:
    assert all(may(Role.ADMIN, *row) for row in ROLE_TABLE)


def test_a_missing_row_is_an_error_not_a_permission() -> None:
    with pytest.raises(KeyError):
        least_role("something", "read")


def test_our_own_routes_have_rows() -> None:
    rows = {route.template: least_role(route.resource, route.action) for route in tables([UserRoutes, TokenRoutes])}
    assert rows.pop("api/users/me") is Role.PREDICT
    assert set(rows.values()) == {Role.ADMIN}


def test_every_route_and_topic_of_every_room_has_a_row() -> None:
    asked = {(entry.resource, entry.action) for entry in tables(ROUTES) if not entry.public}
    asked |= {(topic.resource, topic.action) for topic in TOPICS}
    assert asked - ROLE_TABLE.keys() == set()


def test_two_rooms_that_declare_different_roles_are_told_so() -> None:
    declare({("jobs", "read"): Role.VIEWER})
    with pytest.raises(ValueError, match=r"\('jobs', 'read'\): viewer, predict"):
        declare({("jobs", "read"): Role.PREDICT})


def test_scopes() -> None:
    assert [scope.role for scope in Scope] == [Role.PREDICT, Role.VIEWER, Role.ANALYST, Role.ADMIN]


@pytest.mark.proves("login.other-identity")
def test_a_user_of_another_identity_provider_is_admin_unless_ours_is_at_the_door() -> None:
    class Provider:
        gives_roles = True

    class Handler:
        identity_provider = Provider()

    assert role_of(None) is None
    assert role_of(User("somebody")) is Role.ADMIN
    assert role_of(User("somebody"), Handler()) is None
    assert role_of(CrispdmUser("v", role="viewer"), Handler()) is Role.VIEWER
