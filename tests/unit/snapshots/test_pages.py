"""Pages that save themselves: revisions, who is told, what is lost, and what a save that fails leaves."""

from __future__ import annotations

import asyncio

import pytest
from argon2 import PasswordHasher
from msgspec import UNSET

from jupyter_crispdm.auth.manager import UserManager
from jupyter_crispdm.auth.passwords import Passwords
from jupyter_crispdm.auth.types import NewUser, UserRole
from jupyter_crispdm.base.errors import Conflict, NotFound
from jupyter_crispdm.snapshots import store
from jupyter_crispdm.snapshots.types import NewWork
from tests.support import eventually
from tests.unit.snapshots.desks import BIG, Desks


@pytest.mark.proves("snapshots.forget")
async def test_revisions_go_on_after_a_page_was_forgotten(desks: Desks) -> None:
    first = await desks.pages.put("ada", "home", {"a": 1}, None)
    other = await desks.pages.put("ben", "home", {"a": 1}, None)
    await desks.pages.delete("ada", "home")
    again = await desks.pages.put("ada", "home", {"a": 1}, None)
    assert again.revision > other.revision > first.revision


async def test_revisions_are_the_time_at_least_and_never_less_than_before(desks: Desks) -> None:
    """A database that lost its last transactions with the power goes on above what it told before."""
    told = [(await desks.pages.put("ada", "home", {"a": 0}, UNSET)).revision]
    for seconds in (10.0, -100.0, 0.0):
        desks.clock.advance(seconds)
        told.append((await desks.pages.put("ada", "home", {"a": seconds}, UNSET)).revision)
    assert told == sorted(set(told))
    assert told[1] == 1_700_000_010_000


async def test_what_is_saved_again_as_it_was_is_no_news(desks: Desks) -> None:
    base = (await desks.pages.put("ada", "home", {"a": 1, "b": BIG}, None)).revision
    same = await desks.pages.patch("ada", "home", {"a": 1, "b": BIG}, base)
    assert (same.revision, desks.clock.now()) == (base, same.saved.timestamp())
    whole = await desks.pages.put("ada", "home", {"a": 2, "b": BIG}, base)
    told = await desks.pages.patch("ada", "home", {}, base)
    assert (told.revision, bytes(told.others.pop("a")), told.others) == (whole.revision, b"2", {})


async def test_a_number_that_is_written_otherwise_is_another_value(desks: Desks) -> None:
    base = (await desks.pages.put("ada", "home", {"a": 1}, None)).revision
    assert (await desks.pages.patch("ada", "home", {"a": 1.0}, base)).revision > base
    assert bytes((await desks.pages.get("ada", "home")).values["a"]) == b"1.0"


async def test_a_base_that_the_page_never_had_is_told_everything(desks: Desks) -> None:
    await desks.pages.put("ada", "home", {"a": 1}, None)
    told = await desks.pages.patch("ada", "home", {"b": 2}, 10**15)
    assert list(told.others) == ["a"]


@pytest.mark.proves("snapshots.forget")
async def test_a_tab_from_before_a_page_was_forgotten_is_told_so(desks: Desks) -> None:
    old = (await desks.pages.put("ada", "home", {"a": 1}, None)).revision
    await desks.pages.forget("ada")
    for save in (desks.pages.patch, desks.pages.put):
        with pytest.raises(Conflict, match="was forgotten") as caught:
            await save("ada", "home", {"a": 2}, old)
        assert caught.value.details == {"field": "base", "current": None}
    await desks.pages.put("ada", "home", {"b": 1}, None)
    with pytest.raises(Conflict, match="another revision") as caught:
        await desks.pages.patch("ada", "home", {"a": 2}, old)
    assert list(caught.value.details["current"].values) == ["b"]
    with pytest.raises(NotFound):
        await desks.pages.delete("ada", "other")


async def test_who_follows_a_page_is_told_of_each_change(desks: Desks) -> None:
    await desks.pages.put("ada", "home", {"a": 1}, None)
    await desks.pages.patch("ada", "other", {"a": 1}, None)
    await desks.pages.delete("ada", "other")
    await desks.pages.forget("ada")
    assert desks.told.pages == [("ada", "home"), ("ada", "other"), ("ada", "other"), ("ada", "home")]
    assert (await desks.pages.fact("ada", "home")).revision is None


@pytest.mark.proves("snapshots.files")
async def test_a_value_whose_file_is_gone_is_named_and_the_others_are_there(desks: Desks) -> None:
    await desks.pages.put("ada", "home", {"a": 1, "b": BIG}, None)
    for file in desks.folder.rglob("*"):
        if file.is_file():
            file.unlink()
    page = await desks.pages.get("ada", "home")
    assert (list(page.values), page.lost) == (["a"], ["b"])
    await desks.pages.patch("ada", "home", {"b": BIG + "!"}, page.revision)
    assert (await desks.pages.get("ada", "home")).lost == []


@pytest.mark.proves("snapshots.whole")
@pytest.mark.parametrize("step", ["next_revision", "set_head", "set_fields", "drop_fields", "bytes_of"])
async def test_a_save_that_fails_leaves_the_page_as_it_was(
    desks: Desks, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = (await desks.pages.put("ada", "home", {"a": BIG, "b": 1}, None)).revision
    files = desks.on_disk

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the power went")

    with monkeypatch.context() as patched:
        patched.setattr(store, step, fail)
        with pytest.raises(RuntimeError):
            await desks.pages.put("ada", "home", {"a": BIG * 2, "c": BIG * 3}, base)
    page = await desks.pages.get("ada", "home")
    assert {name: bytes(value) for name, value in page.values.items()} == {"a": f'"{BIG}"'.encode(), "b": b"1"}
    assert (page.revision, desks.on_disk) == (base, files)


@pytest.mark.proves("snapshots.whole")
async def test_a_save_is_finished_also_when_nobody_waits_for_it(desks: Desks) -> None:
    """Where the caller left, the row was committed after its file was let go of."""
    saving = asyncio.create_task(desks.pages.put("ada", "home", {"a": BIG}, None))
    await asyncio.sleep(0)
    saving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await saving
    await eventually(lambda: desks.pages.all("ada"))
    page = await desks.pages.get("ada", "home")
    assert (list(page.values), page.lost) == (["a"], [])


async def _people(desks: Desks) -> UserManager:
    users = UserManager(desks.database, clock=desks.clock, passwords=Passwords(PasswordHasher(1, 8, 1)))
    for name, role in (("root", UserRole.ADMIN), ("ada", UserRole.VIEWER)):
        await users.add(NewUser(name=name, password="long enough", role=role))
    return users


@pytest.mark.proves("snapshots.user-removed")
async def test_what_a_user_had_saved_goes_with_them(desks: Desks) -> None:
    """Also where the command line removes them from the database, and no server runs."""
    users = await _people(desks)
    for owner in ("ada", "the account"):
        await desks.pages.put(owner, "home", {"a": BIG + owner}, None)
        await desks.works.save(owner, "home", "first", NewWork(values={"b": [BIG, owner]}, shared=True))
    await users.remove("ada")
    await users.add(NewUser(name="ada", password="another one", role=UserRole.VIEWER))
    assert await desks.pages.all("ada") == []
    assert [work.by for work in await desks.works.all("ada", "home")] == ["the account"]
    assert len(desks.on_disk) == 4
    await asyncio.to_thread(desks.keeper.sweep)
    assert len(desks.on_disk) == 2
    users.close()
    assert (await desks.pages.get("the account", "home")).lost == []
