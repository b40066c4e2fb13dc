"""Topics are declared by patterns with typed placeholders."""

from __future__ import annotations

import pytest

from jupyter_crispdm.app import TOPICS
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
        "schedules": "value", "environments": "value", "models": "value", "deployments": "value",
    }  # fmt: skip
    assert all(one.summary.endswith(".") for one in TOPICS)
