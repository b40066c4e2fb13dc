"""Aliases: what is refused says of which one and why, and what is told is what happened."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from typing import Any

import pytest

from jupyter_crispdm.base.errors import BadRequest, Conflict, NotFound
from jupyter_crispdm.models.types import Registration, SpanEnd, SpanStart

from .conftest import Registry, torch_file

Moves = list[tuple[str, str, int | None]]


async def registered(registry: Registry, versions: int = 3, name: str = "digits") -> None:
    (registry.root / "m.pt").write_bytes(torch_file("collections OrderedDict"))
    for _ in range(versions):
        await registry.manager.register(Registration(name=name, path="m.pt"))


def followed(registry: Registry) -> Moves:
    """All that is told from now on."""
    moves: Moves = []
    registry.manager.on_alias(lambda *move: moves.append(move))
    return moves


@pytest.mark.proves("http.models-alias")
@pytest.mark.parametrize("alias", ["latest", "", "1", "-a", "a b", "a/b", "ä", "a" * 51, "a\n", "_a", "a@b"])
async def test_a_name_that_is_no_alias_is_refused_by_its_field(registry: Registry, alias: str) -> None:
    await registered(registry, 1)
    before = registry.told.changes
    with pytest.raises(BadRequest) as refused:
        await registry.manager.aliases.point("digits", alias, 1)
    assert refused.value.details["field"] == "alias"
    assert (registry.told.changes, (await registry.manager.show("digits")).aliases) == (before, {})


@pytest.mark.parametrize("alias", ["a", "A-b_9", "a" * 50, "Latest"])
async def test_names_at_the_edge_are_aliases(registry: Registry, alias: str) -> None:
    await registered(registry, 1)
    assert (await registry.manager.aliases.point("digits", alias, 1)).aliases == [alias]
    assert (await registry.manager.resolve(f"digits@{alias}")).version == 1


@pytest.mark.parametrize("number", [0, -1, 4, 2**63 - 1])
async def test_an_alias_of_a_version_that_is_not_there_is_none(registry: Registry, number: int) -> None:
    await registered(registry)
    with pytest.raises(NotFound) as refused:
        await registry.manager.aliases.point("digits", "best", number)
    assert refused.value.details == {"model": "digits", "version": number}
    assert (await registry.manager.aliases.history("digits")).history == []


@pytest.mark.proves("http.models-rollback")
async def test_a_roll_back_that_cannot_be_says_where_the_alias_is(registry: Registry) -> None:
    await registered(registry)
    aliases = registry.manager.aliases
    await aliases.point("digits", "best", 2)
    with pytest.raises(Conflict) as nothing_before:
        await aliases.roll_back("digits", "best", "ada")
    assert nothing_before.value.details == {"alias": "best", "version": 2}
    with pytest.raises(Conflict) as moved:
        await aliases.roll_back("digits", "best", "ada", if_version=1)
    assert moved.value.details == {"alias": "best", "version": 2}
    with pytest.raises(NotFound) as unknown:
        await aliases.roll_back("digits", "x" * 80, "ada")
    assert unknown.value.details == {"alias": "x" * 50}


@pytest.mark.proves("http.models-rollback")
async def test_a_removed_alias_is_where_nobody_expects_it_until_it_is_brought_back(registry: Registry) -> None:
    await registered(registry)
    aliases = registry.manager.aliases
    await aliases.point("digits", "best", 3, "ada")
    await aliases.remove("digits", "best", "bob")
    with pytest.raises(Conflict) as moved:
        await aliases.roll_back("digits", "best", "eve", if_version=3)
    assert moved.value.details["version"] is None
    assert (await aliases.roll_back("digits", "best", "eve")).version == 3
    newest, oldest = (await aliases.history("digits")).history
    assert (newest.how, newest.by, newest.until) == (SpanStart.rollback, "eve", None)
    assert (oldest.ending, oldest.ended_by) == (SpanEnd.removed, "bob")


async def test_a_removal_of_what_was_removed_tells_nobody(registry: Registry) -> None:
    await registered(registry, 1)
    moves = followed(registry)
    await registry.manager.aliases.point("digits", "best", 1)
    await registry.manager.aliases.remove("digits", "best")
    changes = registry.told.changes
    with pytest.raises(NotFound):
        await registry.manager.aliases.remove("digits", "best")
    assert (moves, registry.told.changes) == ([("digits", "best", 1), ("digits", "best", None)], changes)


async def test_an_alias_that_is_there_already_is_set_by_nobody_new(registry: Registry) -> None:
    await registered(registry, 1)
    await registry.manager.aliases.point("digits", "best", 1, "ada")
    changes, moves = registry.told.changes, followed(registry)
    assert (await registry.manager.aliases.point("digits", "best", 1, "bob")).aliases == ["best"]
    [span] = (await registry.manager.aliases.history("digits")).history
    assert (span.by, moves, registry.told.changes) == ("ada", [], changes)


@pytest.mark.proves("http.models-version")
async def test_all_aliases_of_a_deleted_version_are_told_to_be_gone_and_no_others(registry: Registry) -> None:
    await registered(registry)
    for alias, number in (("b", 2), ("a", 2), ("c", 3)):
        await registry.manager.aliases.point("digits", alias, number)
    moves = followed(registry)
    await registry.manager.delete_version("digits", 2)
    assert moves == [("digits", "a", None), ("digits", "b", None)]
    assert (await registry.manager.show("digits")).aliases == {"c": 3}


async def test_who_hears_of_it_and_fails_moves_nothing_back(
    registry: Registry, caplog: pytest.LogCaptureFixture
) -> None:
    await registered(registry, 1)

    def fails(*_: Any) -> None:
        raise ValueError("a listener that is broken")

    registry.manager.on_alias(fails)
    moves = followed(registry)
    assert (await registry.manager.aliases.point("digits", "best", 1)).version == 1
    assert moves == [("digits", "best", 1)]
    assert "aliases of models" in caplog.text


@pytest.mark.proves("http.models-history")
async def test_models_do_not_share_their_aliases(registry: Registry) -> None:
    for name in ("digits", "letters"):
        await registered(registry, 2, name)
    await registry.manager.aliases.point("digits", "best", 1)
    await registry.manager.aliases.point("letters", "best", 2)
    await registry.manager.aliases.remove("digits", "best")
    assert (await registry.manager.resolve("letters@best")).version == 2
    told = await registry.manager.aliases.history("letters")
    assert [(span.version, span.until) for span in told.history] == [(2, None)]


@pytest.mark.proves("http.models-rollback")
async def test_of_many_who_roll_back_from_one_version_one_does(registry: Registry) -> None:
    await registered(registry)
    for number in (1, 2, 3):
        await registry.manager.aliases.point("digits", "best", number)
    tries = [registry.manager.aliases.roll_back("digits", "best", f"p{n}", if_version=3) for n in range(8)]
    done = await asyncio.gather(*tries, return_exceptions=True)
    assert [one.version for one in done if not isinstance(one, BaseException)] == [2]
    assert sum(isinstance(one, Conflict) for one in done) == 7


@pytest.mark.proves("http.models-version")
async def test_a_version_that_is_deleted_while_an_alias_goes_to_it_bears_none(registry: Registry) -> None:
    await registered(registry)
    moves = [registry.manager.aliases.point("digits", f"a{n}", 2) for n in range(5)]
    done = await asyncio.gather(
        *moves[:2], registry.manager.delete_version("digits", 2), *moves[2:], return_exceptions=True
    )
    assert all(one is None or not isinstance(one, BaseException) or isinstance(one, NotFound) for one in done)
    assert (await registry.manager.show("digits")).aliases == {}
    assert all(span.until is not None for span in (await registry.manager.aliases.history("digits")).history)


@pytest.mark.proves("http.models-history", "machine.database-damaged")
@pytest.mark.parametrize("seed", range(4))
async def test_after_any_steps_a_restart_knows_the_same(registry: Registry, seed: int) -> None:
    """Files, tables and what was told agree, whatever was refused in between."""
    await registered(registry, 4)
    manager, chance, moves = registry.manager, random.Random(seed), followed(registry)
    for step in range(30):
        alias, number = chance.choice("abc"), chance.randint(1, 5)
        steps = (
            lambda alias=alias, number=number: manager.aliases.point("digits", alias, number, "x"),
            lambda alias=alias: manager.aliases.roll_back("digits", alias, "y"),
            lambda alias=alias: manager.aliases.remove("digits", alias, "z"),
        )
        with suppress(NotFound, Conflict):
            await (manager.delete_version("digits", number) if step in (12, 24) else chance.choice(steps)())
    before, shown = await manager.aliases.history("digits"), await manager.show("digits")
    heard = {alias: number for _, alias, number in moves}
    assert {alias: number for alias, number in heard.items() if number is not None} == shown.aliases
    assert {span.alias: span.version for span in before.history if span.until is None} == shown.aliases
    await registry.store.rebuild([])
    await manager.start()
    assert (await manager.aliases.history("digits"), await manager.show("digits")) == (before, shown)
