"""Who answers: properties that hold for any deployments, aliases and order of events."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.serving.inference.routing import Candidate, Fitness, choose, fitness, is_chosen
from jupyter_crispdm.serving.types import Canary, DeploymentState, ModelRoutes

FITNESS = st.sampled_from(Fitness)


def one(version: int, fit: Fitness = Fitness.ready, alias: str = "champion", created: float | None = None) -> Candidate:
    """A deployment of a version of the model `m`."""
    made = float(version) if created is None else created
    return Candidate(f"m.{version}.{alias}", "m", version, alias, made, fit)


def champion(version: int, **more: object) -> dict[str, ModelRoutes]:
    return {"m": ModelRoutes(aliases={"champion": version}, **more)}  # type: ignore[arg-type]


def test_an_alias_goes_over_when_the_new_version_can_answer_and_not_before() -> None:
    old = one(1)
    before = choose([old], champion(1), {})
    assert before["m@champion"] == old.id
    for fit in (Fitness.starting, Fitness.failed, Fitness.stopped):
        assert choose([old, one(2, fit)], champion(2), before)["m@champion"] == old.id
    for fit in (Fitness.ready, Fitness.idle):
        assert choose([old, one(2, fit)], champion(2), before)["m@champion"] == one(2).id


def test_a_roll_back_is_a_switch_like_another() -> None:
    before = choose([one(1), one(2)], champion(2), {})
    assert choose([one(1), one(2)], champion(1), before)["m@champion"] == one(1).id


def test_without_a_version_the_default_alias_answers_else_the_newest_that_can() -> None:
    both = [one(1), one(2, alias="")]
    assert choose(both, champion(1, default="champion"), {})["m"] == one(1).id
    assert choose(both, {}, {})["m"] == one(2, alias="").id
    assert choose([one(1), one(2, Fitness.starting)], {}, {})["m"] == one(1).id


def test_what_is_tried_out_answers_for_no_name_of_another() -> None:
    trial = {"champion": Canary(2, 0.5)}
    found = choose([one(1, Fitness.starting), one(2)], champion(1, canary=trial), {})
    assert found["m@champion"] == one(1).id
    assert found["m"] == one(1).id
    assert found["m/2"] == one(2).id


def test_a_model_that_nobody_deploys_has_no_name() -> None:
    assert choose([], champion(1), {}) == {}


@pytest.mark.proves("serving.switch-order")
@given(st.lists(st.tuples(st.integers(1, 4), FITNESS), min_size=1, max_size=6), st.lists(st.integers(1, 4), min_size=1))
def test_whoever_can_answer_does_through_any_order_of_events(
    parts: list[tuple[int, Fitness]], targets: list[int]
) -> None:
    candidates = list({version: one(version, fit) for version, fit in parts}.values())
    by_id = {candidate.id: candidate for candidate in candidates}
    before: dict[str, str] = {}
    for target in targets:
        found = choose(candidates, champion(target, default="champion"), before)
        answering = by_id[found["m@champion"]]
        wanted = next((candidate for candidate in candidates if candidate.version == target), None)
        if wanted is not None and wanted.able:
            assert answering == wanted
        elif any(candidate.able for candidate in candidates):
            assert answering.able
        was = by_id.get(before.get("m@champion", ""))
        if was is not None and was.able and not (wanted and wanted.able):
            assert answering == was  # nobody is switched without need
        assert found["m"] == found["m@champion"]
        assert choose(candidates, champion(target, default="champion"), found) == found
        before = found


@given(st.lists(st.tuples(st.integers(1, 4), FITNESS, st.floats(0, 9)), min_size=1, max_size=6))
def test_a_version_is_answered_by_a_deployment_of_it_alone(parts: list[tuple[int, Fitness, float]]) -> None:
    candidates = [
        Candidate(f"d{number}", "m", version, "", created, fit) for number, (version, fit, created) in enumerate(parts)
    ]
    found = choose(candidates, {}, {})
    for candidate in candidates:
        same = [other for other in candidates if other.version == candidate.version]
        answering = next(other for other in same if other.id == found[f"m/{candidate.version}"])
        assert answering.fitness == max(other.fitness for other in same)


@given(st.floats(0, 1), st.integers(0, 10**12), st.integers(1, 2000))
def test_a_share_is_even_over_any_requests_that_follow_each_other(share: float, start: int, count: int) -> None:
    chosen = sum(is_chosen(number, share) for number in range(start, start + count))
    assert abs(chosen - share * count) <= 8


def test_no_share_is_nobody_and_the_whole_is_everybody() -> None:
    assert not any(is_chosen(number, 0.0) for number in range(1000))
    assert all(is_chosen(number, 1.0) for number in range(1000))


def test_every_state_has_its_fitness() -> None:
    assert [fitness(state) for state in DeploymentState] == [
        Fitness.starting, Fitness.ready, Fitness.failed, Fitness.stopped, Fitness.idle,
    ]
