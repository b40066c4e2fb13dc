"""Which versions run for a deployment: properties for any aliases, switches and trials."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.serving.deployments.plan import answers_now, explain, part_id, parts, routes, versions
from jupyter_crispdm.serving.store import Wanted
from jupyter_crispdm.serving.types import Canary, DeploymentState

NUMBERS = st.integers(1, 5)
CANARIES = st.none() | NUMBERS.map(lambda number: Canary(number, 0.5))


def wanted(id: str = "d1", version: int = 1, **more: Any) -> Wanted:
    fields: dict[str, Any] = {"alias": "champion", "model": "m", "environment": "e", "workers": 1, "owner": "ada"}
    return Wanted(**{**fields, "id": id, "version": version, "created": 1.0, **more})


@given(NUMBERS, NUMBERS, CANARIES)
def test_what_answers_and_what_is_meant_both_run(version: int, target: int, canary: Canary | None) -> None:
    one = wanted(version=version, canary=canary)
    found = versions(one, target)
    assert {version, target} <= found
    assert found <= {version, target} | ({canary.version} if canary else set())
    assert len(parts([one], {"d1": target})) == len(found)


@given(st.lists(NUMBERS, min_size=1), st.randoms())
def test_a_switch_never_takes_back_what_answers(targets: list[int], chance: Any) -> None:
    """The server's steps in any order with those of the inference server, which may be late with what it tells."""
    one, routed = wanted(), 1
    for target in targets:
        running = versions(one, target)
        assert routed in running or one.version in running
        if chance.random() < 0.7:
            routed = target  # it could answer, and requests went over
        told = {"m@champion": routed}
        one = wanted(version=answers_now(one, target, told))
        assert one.version in running
        if routed in running:
            assert one.version == routed
        else:
            routed = one.version


def test_what_was_told_by_somebody_else_changes_nothing() -> None:
    assert answers_now(wanted(), 2, {}) == 1
    assert answers_now(wanted(), 2, {"m@champion": 9}) == 1
    assert answers_now(wanted(), 2, {"m@champion": 2}) == 2


def test_a_deployment_of_a_version_has_one_part_that_is_called_like_it() -> None:
    one = wanted(alias="")
    assert (versions(one, 7), part_id(one, 1), part_id(wanted(), 1)) == ({1}, "d1", "d1.1")


def test_the_champion_answers_where_no_alias_is_named_else_the_oldest() -> None:
    old, champion = wanted("d1", 1, alias="old", created=1.0), wanted("d2", 2, created=2.0)
    fixed = wanted("d3", 3, alias="", created=0.0)
    found = routes([old, champion, fixed], {"d2": 4})["m"]
    assert (found.aliases, found.default, found.canary) == ({"old": 1, "champion": 4}, "champion", {})
    assert routes([old, wanted("d4", alias="new", created=3.0)], {})["m"].default == "old"
    assert routes([fixed], {}) == {}


def test_why_another_version_answers_is_said() -> None:
    one = wanted()
    assert explain(one, 1, DeploymentState.ready, "") == ""
    assert "version 1 answers until then" in explain(one, 2, DeploymentState.starting, "")
    assert explain(one, 2, DeploymentState.failed, "Torn.") == "Version 2 does not answer: Torn. Version 1 goes on."
