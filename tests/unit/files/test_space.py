"""Room for files: the disk's, and a home's."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_crispdm.auth.types import Role
from jupyter_crispdm.base.errors import StorageFull, TooLarge
from jupyter_crispdm.files import space as module
from jupyter_crispdm.files.folders import Folders, Person
from jupyter_crispdm.files.space import Space
from tests.support import FakeClock

ANNA = Person("anna", Role.VIEWER)
ANALYST = Person("ben", Role.ANALYST)
BLOCK = 4096


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    (tmp_path / "team").mkdir()
    return Folders(tmp_path, "people/{user}", {"team": "write"})


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def fill(folders: Folders, size: int) -> None:
    (folders.look(ANNA, "people/anna/file").real).write_bytes(b"x" * size)


@pytest.mark.proves("files.room-left")
async def test_a_home_takes_no_more_than_its_quota(folders: Folders, clock: FakeClock) -> None:
    space = Space(folders, clock, quota=10 * BLOCK, keep_free=0)
    fill(folders, 4 * BLOCK)
    place = folders.fill(ANNA, "people/anna")
    await space.require(ANNA, place, 4 * BLOCK)
    with pytest.raises(TooLarge) as refused:
        await space.require(ANNA, place, 8 * BLOCK)
    assert refused.value.details["limit"] == 10 * BLOCK
    assert 4 * BLOCK <= refused.value.details["used"] <= 6 * BLOCK


async def test_what_was_written_counts_before_it_is_measured_again(folders: Folders, clock: FakeClock) -> None:
    space = Space(folders, clock, quota=10 * BLOCK, keep_free=0)
    place = folders.fill(ANNA, "people/anna")
    await space.require(ANNA, place, 6 * BLOCK)
    space.wrote(place, 6 * BLOCK)
    with pytest.raises(TooLarge):
        await space.require(ANNA, place, 6 * BLOCK)
    clock.advance(60)  # measured anew: nothing of it is there
    await space.require(ANNA, place, 6 * BLOCK)


async def test_neither_shared_folders_nor_people_with_lab_have_a_quota(folders: Folders, clock: FakeClock) -> None:
    space = Space(folders, clock, quota=1, keep_free=0)
    await space.require(ANNA, folders.fill(ANNA, "team"), BLOCK)
    await space.require(ANALYST, folders.fill(ANALYST, "people/ben"), BLOCK)


@pytest.mark.proves("files.room-left")
async def test_the_disk_keeps_some_room(
    folders: Folders, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_free", lambda folder: 1000)
    space = Space(folders, clock, quota=None, keep_free=600)
    place = folders.fill(ANALYST, "")
    await space.require(ANALYST, place, 400)
    with pytest.raises(StorageFull):
        await space.require(ANALYST, place, 401)
    assert (await space.of(ANNA)).free == 400


@pytest.mark.proves("files.folders")
async def test_people_are_told_what_they_have_left(folders: Folders, clock: FakeClock) -> None:
    space = Space(folders, clock, quota=100 * BLOCK, keep_free=0)
    fill(folders, 3 * BLOCK)
    left = await space.of(ANNA)
    assert left.quota == 100 * BLOCK
    assert 3 * BLOCK <= left.used <= 5 * BLOCK
    assert left.free > 0
    lab = await space.of(ANALYST)
    assert (lab.quota, lab.used) == (None, 0)


@pytest.mark.proves("files.room-left")
async def test_what_is_being_written_counts_and_what_failed_does_not(folders: Folders, clock: FakeClock) -> None:
    space = Space(folders, clock, quota=10 * BLOCK, keep_free=0)
    place = folders.fill(ANNA, "people/anna")

    async def fails() -> None:
        async with space.taken(ANNA, place, 6 * BLOCK):
            with pytest.raises(TooLarge):
                await space.require(ANNA, place, 6 * BLOCK)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fails()
    async with space.taken(ANNA, place, 6 * BLOCK):
        pass
    with pytest.raises(TooLarge):
        await space.require(ANNA, place, 6 * BLOCK)
