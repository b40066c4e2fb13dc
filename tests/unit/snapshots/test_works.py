"""Saved work: whole, under names that are text, readable by colleagues only when it is shared."""

from __future__ import annotations

import pytest

from jupyter_crispdm.base.errors import BadRequest, Conflict, NotFound, Unprocessable
from jupyter_crispdm.snapshots.types import NewWork, WorkChange, same_text
from tests.unit.snapshots.desks import BIG, Desks


@pytest.mark.proves("snapshots.named")
async def test_work_keeps_its_values_when_the_page_goes_on(desks: Desks) -> None:
    await desks.pages.put("ada", "home", {"a": 1, "b": BIG}, None)
    work, is_new = await desks.works.save("ada", "home", "first", NewWork(note="n"))
    assert (work.name, work.by, work.note, work.shared, is_new) == ("first", "ada", "n", False, True)
    await desks.pages.forget("ada")
    loaded = await desks.works.load("ada", "home", "first")
    assert {name: bytes(value) for name, value in loaded.values.items()} == {"a": b"1", "b": f'"{BIG}"'.encode()}
    assert len(desks.on_disk) == 1
    await desks.works.remove("ada", "home", "first")
    assert desks.on_disk == set()


async def test_there_must_be_something_to_save(desks: Desks) -> None:
    with pytest.raises(Unprocessable, match="Nothing of the page 'home' is saved yet"):
        await desks.works.save("ada", "home", "first", NewWork())
    with pytest.raises(BadRequest, match="1,000 characters"):
        await desks.works.save("ada", "home", "first", NewWork(values={}, note="x" * 1001))
    assert list(await desks.works.all("ada", "home")) == []


async def test_the_newest_comes_first(desks: Desks) -> None:
    for name in ("b", "a", "c"):
        await desks.works.save("ada", "home", name, NewWork(values={}))
        desks.clock.advance(1)
    await desks.works.save("ada", "home", "a", NewWork(values={}))
    assert [work.name for work in await desks.works.all("ada", "home")] == ["a", "c", "b"]


@pytest.mark.proves("snapshots.shared")
async def test_equal_names_of_two_people_are_two(desks: Desks) -> None:
    for owner, shared in (("ada", True), ("ben", True), ("cy", False)):
        await desks.works.save(owner, "home", "best", NewWork(values={"of": owner}, shared=shared))
    seen = {work.by for work in await desks.works.all("ben", "home")}
    assert seen == {"ada", "ben"}
    assert bytes((await desks.works.load("ben", "home", "best", "ada")).values["of"]) == b'"ada"'
    assert bytes((await desks.works.load("ben", "home", "best", "")).values["of"]) == b'"ben"'
    with pytest.raises(NotFound):
        await desks.works.load("ben", "home", "best", "cy")
    await desks.works.change("ada", "home", "best", WorkChange(shared=False))
    with pytest.raises(NotFound):
        await desks.works.load("ben", "home", "best", "ada")
    assert {work.by for work in await desks.works.all("ada", "home")} == {"ben", "ada"}


async def test_a_name_that_is_taken_is_not_taken_again(desks: Desks) -> None:
    for name in ("a", "b"):
        await desks.works.save("ada", "home", name, NewWork(values={"name": name}))
    with pytest.raises(Conflict, match="'b'"):
        await desks.works.rename("ada", "home", "a", "b")
    with pytest.raises(Conflict, match="'b'"):
        await desks.works.save("ada", "home", "b", NewWork(values={}, replace=False))
    assert (await desks.works.rename("ada", "home", "a", "a")).name == "a"
    assert (await desks.works.rename("ada", "home", "a", "<i>c</i>")).name == "<i>c</i>"
    for to in ("", " a", "a ", "x" * 101, "a\tb", "a\n"):
        with pytest.raises(BadRequest, match="'name' must be"):
            await desks.works.rename("ada", "home", "b", to)
    assert bytes((await desks.works.load("ada", "home", "<i>c</i>")).values["name"]) == b'"a"'


async def test_what_is_left_out_of_a_change_stays(desks: Desks) -> None:
    await desks.works.save("ada", "home", "a", NewWork(values={}, note="n", shared=True))
    assert (await desks.works.change("ada", "home", "a", WorkChange())).note == "n"
    changed = await desks.works.change("ada", "home", "a", WorkChange(note="", shared=False))
    assert (changed.note, changed.shared) == ("", False)
    with pytest.raises(BadRequest, match="note"):
        await desks.works.change("ada", "home", "a", WorkChange(note="x" * 1001))
    with pytest.raises(NotFound):
        await desks.works.change("ada", "home", "b", WorkChange(note=""))


async def test_a_lost_value_is_named(desks: Desks) -> None:
    await desks.works.save("ada", "home", "a", NewWork(values={"a": BIG, "b": 1}))
    for file in desks.folder.rglob("*"):
        if file.is_file():
            file.write_bytes(b"damaged")
    loaded = await desks.works.load("ada", "home", "a")
    assert (list(loaded.values), loaded.lost) == (["b"], ["a"])


def test_names_that_look_the_same_are_the_same() -> None:
    assert same_text("e\u0301") == same_text("\u00e9") == "\u00e9"
