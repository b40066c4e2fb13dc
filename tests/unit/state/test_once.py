"""A change with a name counts once, however often it is asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from jupyter_crispdm.auth.types import Role
from jupyter_crispdm.base.errors import BadRequest, Conflict, NotFound, Unprocessable
from jupyter_crispdm.base.http.idempotency import read_key
from jupyter_crispdm.state import once as module
from jupyter_crispdm.state import store
from jupyter_crispdm.state.manager import Caller
from jupyter_crispdm.state.once import Once
from jupyter_crispdm.state.types import Append, Increment, NewValue, Removal, StateValue
from tests.unit.state.values import ADA, Values


def named(key: str, asked: str = "one more", who: Caller = ADA) -> Caller:
    """Somebody who calls a change by a name."""
    return replace(who, once=Once.of(who.name, key, asked.encode()))


@pytest.fixture
def values(tmp_path: Path) -> Iterator[Values]:
    opened = Values(tmp_path)
    yield opened
    opened.close()


async def add(values: Values, caller: Caller, by: float = 1, **more: Any) -> StateValue:
    return await values.manager.increment("n", Increment(by=by, **more), caller)


async def value(values: Values) -> Any:
    return msgspec.json.decode((await values.manager.get("n", ADA)).value)


@pytest.mark.proves("state.once")
async def test_it_counts_once_and_is_answered_as_the_first_time(values: Values) -> None:
    first = await add(values, named("a"))
    await add(values, named("b"))
    again = await add(values, named("a"))
    assert (first.version, again.version, again.value) == (1, 1, first.value)
    assert await value(values) == 2


async def test_asked_for_in_the_same_moment_it_counts_once(values: Values) -> None:
    answers = await asyncio.gather(*(add(values, named("a")) for _ in range(5)))
    assert {answer.version for answer in answers} == {1}


@pytest.mark.proves("state.once")
async def test_it_counts_once_over_a_restart(values: Values) -> None:
    await add(values, named("a"))
    await values.again()
    assert (await add(values, named("a"))).version == 1
    assert await value(values) == 1


async def test_a_name_is_its_callers_and_stands_for_one_request(values: Values) -> None:
    await add(values, named("a"))
    with pytest.raises(Unprocessable, match="another request"):
        await add(values, named("a", "two more"), by=2)
    await add(values, named("a", who=Caller("bob", Role.ANALYST)))
    assert await value(values) == 2


async def test_what_was_refused_may_be_asked_for_again(values: Values) -> None:
    await values.manager.put("n", NewValue(value="a word"), ADA)
    with pytest.raises(Unprocessable):
        await add(values, named("a"))
    await values.manager.put("n", NewValue(value=1), ADA)
    await add(values, named("a"))
    assert await value(values) == 2


async def test_what_was_done_is_answered_also_where_it_could_not_be_done_now(values: Values) -> None:
    await values.backend.ask("n", "lock", values.holder, 60)
    await add(values, named("a"), lock="lock")
    await values.backend.free("n", "lock")
    assert (await add(values, named("a"), lock="lock")).version == 1
    await values.manager.remove("n", Removal(), named("b"))
    await values.manager.remove("n", Removal(), named("b"))
    with pytest.raises(NotFound):
        await values.manager.remove("n", Removal(), named("c"))


async def test_an_answer_that_is_too_large_to_be_kept_is_not_given_again(
    values: Values, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_LARGEST", 10)
    body = Append(values=["x" * 20])
    await values.manager.append("list", body, named("a"))
    with pytest.raises(Conflict, match="too large"):
        await values.manager.append("list", body, named("a"))
    assert len(msgspec.json.decode((await values.manager.get("list", ADA)).value)) == 1


async def test_answers_are_forgotten(values: Values) -> None:
    await add(values, named("a"))
    values.clock.advance(module.KEPT_SECONDS)
    await add(values, named("a"))
    assert await value(values) == 2
    values.clock.advance(module.KEPT_SECONDS)
    await values.backend.forget([])
    known = values.database.read_sync(lambda connection: connection.execute(store.answers.select()).all())
    assert known == []


@pytest.mark.parametrize(("given", "key"), [("abc", "abc"), (' "a b" ', "a b")])
def test_a_name_is_a_text_with_or_without_quotes(given: str, key: str) -> None:
    assert read_key(given) == key


@pytest.mark.parametrize("given", ["", '""', "a b", "x" * 201, "\n"])
def test_what_is_no_name_is_refused(given: str) -> None:
    with pytest.raises(BadRequest, match="Idempotency-Key"):
        read_key(given)
