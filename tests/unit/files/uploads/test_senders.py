"""Who sends: one at a time goes on with an upload, who may write nowhere begins none; what is damaged is dropped."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from jupyter_crispdm.auth.types import Role
from jupyter_crispdm.base.errors import Conflict, Forbidden, NotFound
from jupyter_crispdm.base.http.incoming import BodyCut, Incoming
from jupyter_crispdm.files.folders import Person
from jupyter_crispdm.files.uploads.errors import ChecksumMismatch
from jupyter_crispdm.files.uploads.manager import Upload
from jupyter_crispdm.files.uploads.metadata import Taken, Wanted
from jupyter_crispdm.files.uploads.protocol import Append, Creation
from tests.support import eventually, soon

from .house import ANNA, BEN, CONTENT, House, body, creation, send
from .test_protocol import sum_of


@pytest.mark.proves("uploads.takes-over")
async def test_who_comes_later_takes_over_and_the_former_keeps_what_it_brought(house: House) -> None:
    uploads = await house.open()
    upload = await uploads.create(ANNA, creation())
    first, id = Incoming(None), upload.record.id
    first.feed(CONTENT[:30])
    hanging = asyncio.ensure_future(uploads.append(ANNA, id, Append(0, None), first))
    await eventually(lambda: Path(upload.record.part).stat().st_size == 30)
    assert (await soon(uploads.find(ANNA, id))).progress.offset == 30
    with pytest.raises(BodyCut, match="Another request"):
        await soon(hanging)
    second, third = Incoming(None), body(CONTENT[40:])
    second.feed(CONTENT[30:40])
    slow = asyncio.ensure_future(uploads.append(ANNA, id, Append(30, None), second))
    await eventually(lambda: Path(upload.record.part).stat().st_size == 40)
    assert (await soon(uploads.append(ANNA, id, Append(40, None), third))).is_placed
    with pytest.raises(BodyCut):
        await soon(slow)
    assert house.files() == {"a.bin": CONTENT}


async def test_of_several_that_wait_the_last_one_goes_on(house: House) -> None:
    uploads = await house.open()
    upload = await uploads.create(ANNA, creation())
    requests = [uploads.append(ANNA, upload.record.id, Append(0, None), body(CONTENT)) for _ in range(5)]
    answers = await soon(asyncio.gather(*requests, return_exceptions=True))
    assert sum(isinstance(one, Upload) for one in answers) == 1
    assert all(isinstance(one, Upload | Conflict | BodyCut) for one in answers), answers
    assert house.files() == {"a.bin": CONTENT}


async def test_an_upload_is_cancelled_while_it_comes(house: House) -> None:
    uploads = await house.open()
    upload, coming = await uploads.create(ANNA, creation()), Incoming(None)
    coming.feed(CONTENT[:50])
    going_on = asyncio.ensure_future(uploads.append(ANNA, upload.record.id, Append(0, None), coming))
    await eventually(lambda: upload.body is not None)
    late = asyncio.ensure_future(uploads.remove(ANNA, upload.record.id))
    waiting = asyncio.ensure_future(uploads.find(ANNA, upload.record.id))
    with pytest.raises(BodyCut):
        await soon(going_on)
    await soon(late)
    with pytest.raises(NotFound):
        await soon(waiting)
    assert house.left() == []
    assert house.files() == {}


@pytest.mark.proves("uploads.roles")
async def test_where_somebody_may_not_write_nothing_begins(house: House) -> None:
    uploads = await house.open()
    (house.root / "private").mkdir()
    for folder in ("private", "", "people", "people/ben", "people/anna/none"):
        with pytest.raises((NotFound, Forbidden)):
            await uploads.create(ANNA, Creation(1, Wanted(folder, (), "a", Taken.REFUSE), ""))
    with pytest.raises(Conflict):
        await uploads.create(BEN, Creation(1, Wanted("people", (), "anna", Taken.OVERWRITE), ""))
    upload = await uploads.create(ANNA, creation())
    for ask in (uploads.find(BEN, upload.record.id), uploads.remove(BEN, upload.record.id)):
        with pytest.raises(NotFound):
            await ask


@pytest.mark.proves("uploads.roles")
async def test_who_lost_a_folder_on_the_way_gets_no_file_into_it(house: House) -> None:
    uploads = await house.open()
    (house.root / "lab").mkdir()
    was_analyst = Person("anna", Role.ANALYST)
    upload = await uploads.create(was_analyst, Creation(3, Wanted("lab", (), "a", Taken.REFUSE), ""))
    with pytest.raises(NotFound):
        await send(uploads, upload, b"abc")
    assert list((house.root / "lab").iterdir()) == []


@pytest.mark.proves("uploads.checksum")
async def test_a_piece_that_is_not_what_was_promised_is_dropped(house: House) -> None:
    uploads = await house.open()
    upload = await uploads.create(ANNA, creation())
    with pytest.raises(ChecksumMismatch):
        await send(uploads, upload, CONTENT[:50], checksum=sum_of(CONTENT[:50], False))
    assert upload.progress.offset == 0
    await send(uploads, upload, CONTENT[:50], checksum=sum_of(CONTENT[:50]))
    assert upload.progress.offset == 50
