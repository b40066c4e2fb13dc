"""Aliases and their history: who pointed which one where, and what a roll back leads to."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.base.errors import BadRequest, Conflict, NotFound
from jupyter_crispdm.models import history
from jupyter_crispdm.models.history import Spans, before, current, pointed, reconciled, removed, without_version
from jupyter_crispdm.models.types import AliasSpan, Registration, SpanEnd, SpanStart

from .conftest import Registry, torch_file

NOON = datetime(2026, 11, 21, 12, tzinfo=timezone.utc)
ALL = {1, 2, 3}


def walked(*versions: int, alias: str = "best") -> Spans:
    """A history in which an alias went from version to version."""
    spans: Spans = []
    for hour, version in enumerate(versions):
        spans = pointed(spans, alias, version, "ada", NOON + timedelta(hours=hour))
    return spans


def rolled(spans: Spans, *, known: set[int] = ALL, alias: str = "best") -> Spans:
    to = before(spans, alias, known)
    assert to is not None
    return pointed(spans, alias, to, "bob", NOON, SpanStart.rollback)


def test_a_span_begins_where_another_ends() -> None:
    first, second = walked(1, 2)
    assert (first.until, first.ended_by, first.ending) == (second.since, "ada", SpanEnd.moved)
    assert (second.until, second.version, second.how) == (None, 2, SpanStart.set)


def test_an_alias_that_is_there_already_begins_no_span() -> None:
    spans = walked(1)
    assert pointed(spans, "best", 1, "bob", NOON) is spans


def test_other_aliases_go_on() -> None:
    spans = pointed(walked(1), "old", 1, "ada", NOON)
    assert current(pointed(spans, "best", 2, "ada", NOON)) == {"best": 2, "old": 1}


def test_a_clock_that_goes_back_ends_nothing_before_it_began() -> None:
    [first, _] = pointed(walked(1), "best", 2, "ada", NOON - timedelta(days=1))
    assert first.until == first.since


def test_each_roll_back_goes_one_step_further() -> None:
    spans = rolled(walked(1, 2, 3))
    assert current(spans) == {"best": 2}
    spans = rolled(spans)
    assert current(spans) == {"best": 1}
    assert before(spans, "best", ALL) is None
    assert [span.how for span in spans[-2:]] == [SpanStart.rollback, SpanStart.rollback]


def test_after_a_roll_back_what_is_set_anew_comes_back_to_there() -> None:
    spans = pointed(rolled(walked(1, 2)), "best", 3, "ada", NOON)
    assert before(spans, "best", ALL) == 1


def test_a_removed_alias_comes_back_where_it_was() -> None:
    spans = removed(walked(1, 2), "best", "ada", NOON)
    assert (current(spans), before(spans, "best", ALL)) == ({}, 2)
    assert before(rolled(spans), "best", ALL) == 1


def test_versions_that_are_gone_are_passed_over() -> None:
    assert before(walked(1, 2, 3), "best", {1, 3}) == 1
    assert before(walked(1, 2), "best", {2}) is None
    assert before(walked(1, 2, 1), "best", {1}) is None


def test_a_deleted_version_takes_its_aliases_along() -> None:
    spans = without_version(pointed(walked(1, 2), "old", 1, "ada", NOON), 2, "bob", NOON)
    assert current(spans) == {"old": 1}
    assert [(span.alias, span.ending, span.ended_by) for span in spans[1:2]] == [("best", SpanEnd.deleted, "bob")]
    assert before(spans, "best", {1}) == 1


def test_aliases_of_before_the_history_was_kept_begin_when_they_were_found() -> None:
    assert reconciled([], {"best": 2}, NOON) == [AliasSpan("best", 2, NOON, "", SpanStart.known)]
    spans = walked(1, 2)
    assert reconciled(spans, {"best": 2}, NOON) == spans


def test_a_record_that_somebody_changed_by_hand_is_put_right() -> None:
    spans = reconciled(walked(1), {"old": 3}, NOON + timedelta(days=1))
    assert current(spans) == {"old": 3}
    assert spans[0].until == NOON + timedelta(days=1)


def test_the_history_is_bounded_and_loses_no_alias(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MOST_SPANS", 10)
    spans = pointed([], "kept", 1, "ada", NOON)
    for number in range(50):
        spans = pointed(spans, "best", number, "ada", NOON)
    assert len(spans) == 11
    assert current(spans) == {"best": 49, "kept": 1}


STEPS = st.lists(st.tuples(st.sampled_from(["set", "back", "remove", "delete"]), st.integers(1, 4)), max_size=40)


@given(STEPS)
def test_no_order_of_steps_leaves_spans_that_overlap(steps: list[tuple[str, int]]) -> None:
    spans: Spans = []
    known = {1, 2, 3, 4}
    for number, (step, version) in enumerate(steps):
        when = NOON + timedelta(minutes=number)
        if step == "set" and version in known:
            spans = pointed(spans, "a", version, "x", when)
        elif step == "back" and (to := before(spans, "a", known)) is not None:
            assert to in known - set(current(spans).values())
            spans = pointed(spans, "a", to, "x", when, SpanStart.rollback)
        elif step == "remove":
            spans = removed(spans, "a", "x", when)
        elif step == "delete":
            known.discard(version)
            spans = without_version(spans, version, "x", when)
        assert sum(span.until is None for span in spans) <= 1
        assert set(current(spans).values()) <= known
        assert all(one.until is not None and one.until <= next.since for one, next in pairwise(spans))


async def registered(registry: Registry, versions: int = 3) -> None:
    (registry.root / "m.pt").write_bytes(torch_file("collections OrderedDict"))
    for _ in range(versions):
        await registry.manager.register(Registration(name="digits", path="m.pt"))


@pytest.mark.proves("http.models-history")
async def test_the_history_says_who_and_when_and_what_a_roll_back_leads_to(registry: Registry) -> None:
    await registered(registry)
    await registry.manager.aliases.point("digits", "champion", 1, "ada")
    await registry.manager.aliases.point("digits", "champion", 3, "bob")
    told = await registry.manager.aliases.history("digits")
    assert [(span.version, span.by, span.ended_by) for span in told.history] == [(3, "bob", None), (1, "ada", "bob")]
    assert told.back == {"champion": 1}


@pytest.mark.proves("http.models-history")
async def test_the_history_outlives_the_database(registry: Registry) -> None:
    await registered(registry)
    for number in (1, 2, 3):
        await registry.manager.aliases.point("digits", "champion", number, "ada")
    await registry.manager.aliases.remove("digits", "champion", "bob")
    told = await registry.manager.aliases.history("digits")
    await registry.store.rebuild([])
    await registry.manager.start()
    assert await registry.manager.aliases.history("digits") == told


@pytest.mark.proves("http.models-rollback")
async def test_a_roll_back_is_one_call_until_there_is_nothing_before(registry: Registry) -> None:
    await registered(registry)
    for number in (1, 2, 3):
        await registry.manager.aliases.point("digits", "champion", number, "ada")
    assert (await registry.manager.aliases.roll_back("digits", "champion", "bob")).version == 2
    assert (await registry.manager.aliases.roll_back("digits", "champion", "bob")).version == 1
    with pytest.raises(Conflict, match="no version before"):
        await registry.manager.aliases.roll_back("digits", "champion", "bob")
    assert (await registry.manager.show("digits")).aliases == {"champion": 1}


@pytest.mark.proves("http.models-rollback")
async def test_two_who_roll_back_at_once_go_one_step(registry: Registry) -> None:
    await registered(registry)
    for number in (1, 2, 3):
        await registry.manager.aliases.point("digits", "champion", number, "ada")
    await registry.manager.aliases.roll_back("digits", "champion", "bob", if_version=3)
    with pytest.raises(Conflict, match="any more"):
        await registry.manager.aliases.roll_back("digits", "champion", "eve", if_version=3)
    for name, alias in (("digits", "nobody"), ("letters", "champion")):
        with pytest.raises(NotFound):
            await registry.manager.aliases.roll_back(name, alias, "bob")


@pytest.mark.proves("http.models-history")
async def test_a_deletion_is_noted_and_the_last_version_leaves_the_history(registry: Registry) -> None:
    await registered(registry, 1)
    await registry.manager.aliases.point("digits", "champion", 1, "ada")
    await registry.manager.delete_version("digits", 1, "bob")
    [span] = (await registry.manager.aliases.history("digits")).history
    assert (span.ending, span.ended_by) == (SpanEnd.deleted, "bob")
    with pytest.raises(NotFound):
        await registry.manager.aliases.history("letters")


async def test_who_follows_is_told_of_each_move_and_once(registry: Registry) -> None:
    told: list[tuple[str, str, int | None]] = []

    def follow(*move: str | int | None) -> None:
        told.append(move)  # type: ignore[arg-type]

    await registered(registry)
    registry.manager.on_alias(follow)
    await registry.manager.aliases.point("digits", "champion", 2)
    await registry.manager.aliases.point("digits", "champion", 2)
    await registry.manager.aliases.point("digits", "champion", 3)
    await registry.manager.aliases.roll_back("digits", "champion", "ada")
    await registry.manager.delete_version("digits", 2)
    await registry.manager.aliases.point("digits", "champion", 1)
    await registry.manager.aliases.remove("digits", "champion")
    moves = [version for _, _, version in told]
    assert moves == [2, 3, 2, None, 1, None]


async def test_a_full_disk_moves_no_alias(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    await registered(registry)
    await registry.manager.aliases.point("digits", "champion", 1)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(registry.files, "write_index", full)
        with pytest.raises(OSError, match="No space"):
            await registry.manager.aliases.point("digits", "champion", 2)
    assert (await registry.manager.show("digits")).aliases == {"champion": 1}
    with pytest.raises(BadRequest):
        await registry.manager.aliases.point("digits", "latest", 2)
