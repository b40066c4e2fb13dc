"""How much may be on its way: uploads of a person, pieces at a time, room on the disk."""

from __future__ import annotations

import asyncio

import pytest

from jupyter_crispdm.base.budget import TALLY
from jupyter_crispdm.base.errors import StorageFull, TooLarge, TooManyRequests
from jupyter_crispdm.base.http.incoming import Incoming
from jupyter_crispdm.files.uploads.manager import Limits
from jupyter_crispdm.files.uploads.metadata import Taken, Wanted
from jupyter_crispdm.files.uploads.protocol import Append, Creation
from tests.support import eventually, soon

from .house import ANNA, BEN, CONTENT, House, OpenHouse, body, creation, send


@pytest.mark.proves("uploads.limits", "floods.uploads", "floods.told")
async def test_so_many_may_be_on_their_way_and_others_are_not_refused(open_house: OpenHouse) -> None:
    house = open_house(limits=Limits(most=2))
    uploads = await house.open()
    first = await uploads.create(ANNA, creation(name="1"))
    await uploads.create(ANNA, creation(name="2"))
    with pytest.raises(TooManyRequests) as caught:
        await uploads.create(ANNA, creation(name="3"))
    assert caught.value.details["retry_after"] > 0
    assert TALLY.told()["uploads refused"] > 0
    await uploads.create(BEN, creation(name="4"))
    await send(uploads, first, CONTENT)
    await uploads.create(ANNA, creation(name="3"))


@pytest.mark.proves("floods.uploads", "uploads.memory")
async def test_of_many_pieces_of_one_person_so_many_are_read_at_a_time(open_house: OpenHouse) -> None:
    house = open_house(limits=Limits(at_once=2))
    uploads = await house.open()
    made = [await uploads.create(ANNA, creation(name=str(number))) for number in range(4)]
    bodies = [Incoming(None) for _ in made]
    sending = [
        asyncio.ensure_future(uploads.append(ANNA, one.record.id, Append(0, None), coming))
        for one, coming in zip(made, bodies, strict=True)
    ]
    await eventually(lambda: bodies[0].asked.is_set() and bodies[1].asked.is_set())
    theirs = await uploads.create(BEN, Creation(3, Wanted("", (), "b", Taken.REFUSE), ""))
    await soon(uploads.append(BEN, theirs.record.id, Append(0, None), body(b"abc")))
    assert [coming.asked.is_set() for coming in bodies] == [True, True, False, False]
    for coming in bodies:
        coming.feed(CONTENT)
        coming.end()
    assert all(one.is_placed for one in await soon(asyncio.gather(*sending)))


@pytest.mark.proves("uploads.limits", "files.room-left")
async def test_what_is_on_its_way_has_been_promised_its_room(open_house: OpenHouse) -> None:
    house = open_house(quota=100_000)
    uploads = await house.open()
    await uploads.create(ANNA, creation(50_000, "1"))
    with pytest.raises(TooLarge):
        await uploads.create(ANNA, creation(50_001, "2"))
    await uploads.create(BEN, creation(10**6, "people with Lab have no quota"))
    with pytest.raises(StorageFull):
        await uploads.create(BEN, creation(2**60, "3"))


async def test_the_disk_is_asked_again_while_a_file_comes(house: House) -> None:
    uploads = await house.open()
    upload = await uploads.create(ANNA, creation())
    house.space._keep_free = 2**62
    with pytest.raises(StorageFull):
        await send(uploads, upload, CONTENT)
    house.space._keep_free = 0
    await send(uploads, upload, CONTENT)
    assert house.files() == {"a.bin": CONTENT}
