"""Topics are declared by patterns with typed placeholders."""

from __future__ import annotations

import pytest

from jupyter_crispdm.app import TOPICS
from jupyter_crispdm.base.errors import Forbidden
from jupyter_crispdm.base.live.topic import Kind, Topic
from jupyter_crispdm.base.wire import Wire


def topic(pattern: str) -> Topic:
    return Topic(pattern, Kind.value, Wire, "jobs", "A test's.")


@pytest.mark.parametrize(("pattern", "name", "values"), [
    ("jobs", "jobs", {}), ("jobs", "jobs/a", None), ("jobs", "job", None),
    ("jobs/{id}/log", "jobs/a-1/log", {"id": "a-1"}), ("jobs/{id}/log", "jobs//log", None),
    ("jobs/{id}/log", "jobs/a/b/log", None), ("jobs/{id}/log", "jobs/a/logs", None),
    ("a.b/{n:int}", "a.b/12", {"n": 12}), ("a.b/{n:int}", "axb/12", None), ("a.b/{n:int}", "a.b/-1", None),
    ("a.b/{n:int}", "a.b/²", None), ("a.b/{n:int}", "a.b/" + "9" * 19, None), ("a.b/{n:int}", "a.b/x", None),
    ("{a}/{b:int}", "x/1", {"a": "x", "b": 1}),
])  # fmt: skip
def test_a_name_is_of_a_family_or_not(pattern: str, name: str, values: dict[str, str | int] | None) -> None:
    assert topic(pattern).match(name) == values


def test_every_topic_says_what_it_is() -> None:
    assert {one.pattern: one.kind.value for one in TOPICS} == {
        "jobs": "table", "jobs/{id}": "value", "jobs/{id}/log": "log", "jobs/{id}/metrics": "log",
        "jobs/{id}/diagnosis": "value",
        "jobs/{id}/media": "log",
        "schedules": "value", "environments": "value", "models": "value", "deployments": "value",
        "snapshots/{page}": "value", "state/{key}": "value", "state/{key}/text": "log", "presence": "table",
        "runs": "table", "runs/{id}/metrics": "log", "runs/{id}/system": "log",
        "streams": "table", "streams/{id}": "log", "streams/{id}/events": "table",
    }  # fmt: skip
    assert all(one.summary.endswith(".") for one in TOPICS)


@pytest.mark.proves("snapshots.live")
def test_who_follows_a_personal_topic_is_known_and_never_named() -> None:
    mine = Topic("desk/{page}", Kind.value, Wire, "desk", "A page.", personal=True)
    assert mine.of_reader({"page": "home"}, "ada", "viewer") == {"page": "home", "person": "ada"}
    assert mine.of_reader({"page": "home", "person": "ben"}, "ada", "viewer")["person"] == "ada"
    with pytest.raises(Forbidden, match="not known who you are"):
        mine.of_reader({"page": "home"}, "", "viewer")
    with pytest.raises(ValueError, match="not for the reader to say"):
        Topic("desk/{person}/{page}", Kind.value, Wire, "desk", "A page.", personal=True)
    common = Topic("desk/{page}", Kind.value, Wire, "desk", "A page.")
    assert common.of_reader({"page": "home"}, "", "viewer") == {"page": "home"}


def test_those_of_one_role_follow_the_same_and_never_name_it() -> None:
    ours = Topic("board/{page}", Kind.value, Wire, "board", "A board.", by_role=True)
    assert ours.of_reader({"page": "home", "role": "admin"}, "", "viewer") == {"page": "home", "role": "viewer"}
    with pytest.raises(ValueError, match="not for the reader to say"):
        Topic("board/{role}", Kind.value, Wire, "board", "A board.", by_role=True)
