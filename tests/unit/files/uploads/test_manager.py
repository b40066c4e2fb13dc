"""Uploads without HTTP, from their beginning to their place: pieces that come, servers that end and begin."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from jupyter_crispdm.base.errors import Conflict, NotFound, TooLarge, Unavailable
from jupyter_crispdm.base.http.incoming import BodyCut, Incoming
from jupyter_crispdm.files.uploads.errors import Gone
from jupyter_crispdm.files.uploads.metadata import Taken, Wanted
from jupyter_crispdm.files.uploads.protocol import Append, Creation
from tests.support import eventually, soon

from .house import ANNA, CONTENT, House, OpenHouse, body, creation, send


@pytest.mark.proves("uploads.tus")
async def test_a_whole_file_is_in_its_place_and_its_upload_known_for_a_while(house: House) -> None:
    uploads = await house.open()
    upload = await uploads.create(ANNA, creation())
    await send(uploads, upload, CONTENT[:60])
    assert house.files() == {}
    assert [one.progress.offset for one in uploads.open_of(ANNA)] == [60]
    done = await send(uploads, upload, CONTENT[60:])
    assert done.record.placed == "people/anna/a.bin"
    assert house.files() == {"a.bin": CONTENT}
    assert uploads.open_of(ANNA) == []
    assert (await uploads.find(ANNA, upload.record.id)).progress.is_whole
    assert (await send(uploads, upload, b"")).is_placed, "an empty piece after the last does no harm"
    with pytest.raises(TooLarge):
        await uploads.append(ANNA, upload.record.id, Append(100, 1), body(b"x"))
    with pytest.raises(Conflict):
        await send(uploads, upload, b"x", at=0)
    await uploads.close()


@pytest.mark.proves("uploads.kill")
async def test_the_next_server_goes_on_where_the_last_one_ended(house: House) -> None:
    uploads = await house.open()
    upload = await uploads.create(ANNA, creation())
    await send(uploads, upload, CONTENT[:60])
    after = await house.open()  # the first one is just forgotten, as by a kill
    found = await after.find(ANNA, upload.record.id)
    assert found.progress.offset == 60
    await send(after, found, CONTENT[60:])
    assert house.files() == {"a.bin": CONTENT}
    third = await house.open()
    assert (await third.find(ANNA, upload.record.id)).record.placed == "people/anna/a.bin"


@pytest.mark.proves("uploads.kill", "uploads.placed")
async def test_a_file_that_was_whole_when_a_server_ended_gets_its_place(house: House, monkeypatch: Any) -> None:
    uploads = await house.open()
    upload = await uploads.create(ANNA, creation())

    def die(*_: object) -> str:
        raise OSError(errno.EIO, "the server ends here")

    with monkeypatch.context() as patch:
        patch.setattr("jupyter_crispdm.files.uploads.manager.put", die)
        with pytest.raises(Unavailable):
            await send(uploads, upload, CONTENT)
    assert house.files() == {}
    after = await house.open()
    assert house.files() == {"a.bin": CONTENT}
    assert (await after.find(ANNA, upload.record.id)).is_placed


@pytest.mark.proves("uploads.resume")
async def test_a_file_that_cannot_get_its_place_yet_gets_it_when_it_is_asked_for(house: House) -> None:
    uploads = await house.open()
    upload = await uploads.create(ANNA, Creation(3, Wanted("people/anna", ("in",), "a", Taken.REFUSE), ""))
    (house.home / "in").write_bytes(b"a file where a folder was to be")
    with pytest.raises(Conflict):
        await send(uploads, upload, b"abc")
    with pytest.raises(Conflict):
        await uploads.find(ANNA, upload.record.id)
    (house.home / "in").unlink()
    assert (await uploads.find(ANNA, upload.record.id)).is_placed
    assert house.files() == {"in/a": b"abc"}


@pytest.fixture
def other_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on another file system than `tmp_path`."""
    memory = Path("/dev/shm")
    if not memory.is_dir() or memory.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no second file system")
    with TemporaryDirectory(dir=memory) as name:
        yield Path(name)


@pytest.mark.proves("uploads.placed", "uploads.kill")
async def test_on_another_disk_the_bytes_wait_beside_their_place(open_house: OpenHouse, other_disk: Path) -> None:
    house = open_house(root=other_disk / "root")
    uploads = await house.open()
    (house.home / "in").mkdir()
    upload = await uploads.create(ANNA, Creation(100, Wanted("people/anna", ("in", "new"), "a", Taken.REFUSE), ""))
    await send(uploads, upload, CONTENT[:60])
    hidden = f"in/.crispdm-upload-{upload.record.id}"
    assert house.files() == {hidden: CONTENT[:60]}
    after = await house.open()
    found = await after.find(ANNA, upload.record.id)
    await send(after, found, CONTENT[60:])
    assert house.files() == {"in/new/a": CONTENT}
    dropped = await after.create(ANNA, creation())
    await send(after, dropped, CONTENT[:10])
    assert len(house.files()) == 2
    await after.remove(ANNA, dropped.record.id)
    assert house.files() == {"in/new/a": CONTENT}


async def test_what_a_server_left_that_cannot_be_read_is_removed(house: House) -> None:
    uploads = await house.open()
    upload = await uploads.create(ANNA, creation())
    await uploads.create(ANNA, creation(name="b.bin"))
    directory = house.path / "data" / "uploads"
    (directory / "odd").mkdir()
    (directory / "stray").write_bytes(b"x")
    (directory / upload.record.id / "part").unlink()
    after = await house.open()
    assert [one.record.wanted.name for one in after.open_of(ANNA)] == ["b.bin"]
    assert len(house.left()) == 1


@pytest.mark.proves("uploads.resume")
async def test_at_its_end_a_server_keeps_what_has_come(house: House) -> None:
    uploads = await house.open()
    upload = await uploads.create(ANNA, creation())
    coming = Incoming(None)
    coming.feed(CONTENT[:50])
    going_on = asyncio.ensure_future(uploads.append(ANNA, upload.record.id, Append(0, None), coming))
    await eventually(lambda: upload.body is not None)
    await soon(uploads.close())
    with pytest.raises(BodyCut):
        await soon(going_on)
    assert (await (await house.open()).find(ANNA, upload.record.id)).progress.offset == 50


@pytest.mark.proves("uploads.expires")
async def test_the_time_of_an_upload_begins_anew_with_each_byte(house: House) -> None:
    uploads = await house.open()
    upload = await uploads.create(ANNA, creation())
    upload.expires = house.clock.now() + 10
    house.clock.advance(11)
    with pytest.raises(Gone):
        await uploads.find(ANNA, upload.record.id)
    other = await uploads.create(ANNA, creation(name="b"))
    await uploads.sweep()
    assert house.left() == [other.record.id]
    with pytest.raises(NotFound):
        await uploads.find(ANNA, upload.record.id)
    before = other.expires
    await send(uploads, other, CONTENT[:5])
    assert other.expires > before, "by the clock of the disk"
