"""Uploads without HTTP: pieces that come, break off and come again, servers that end, disks that fail."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.auth.types import Role
from jupyter_crispdm.base.budget import TALLY
from jupyter_crispdm.base.errors import (
    Conflict,
    CrispdmError,
    Forbidden,
    NotFound,
    NotReady,
    StorageFull,
    TooLarge,
    TooManyRequests,
    Unavailable,
)
from jupyter_crispdm.base.http.incoming import BodyCut, Incoming
from jupyter_crispdm.files.folders import Folders, Person
from jupyter_crispdm.files.space import Space
from jupyter_crispdm.files.uploads.errors import ChecksumMismatch, Gone
from jupyter_crispdm.files.uploads.manager import Limits, Upload, UploadManager
from jupyter_crispdm.files.uploads.metadata import Taken, Wanted
from jupyter_crispdm.files.uploads.protocol import Append, Creation
from tests.support import FakeClock, eventually, soon

from .test_protocol import sum_of

ANNA, BEN = Person("anna", Role.VIEWER), Person("ben", Role.ANALYST)
CONTENT = bytes(range(100))


class House:
    """A directory, and the server that looks after it; it can end at any moment and another one begin."""

    def __init__(
        self, path: Path, limits: Limits | None = None, quota: int | None = None, root: Path | None = None
    ) -> None:
        self.path, self.limits, self.quota = path, limits or Limits(), quota
        self.clock = FakeClock()
        self._managers: list[UploadManager] = []
        self.root = root or path / "root"
        (self.root / "people" / "anna").mkdir(parents=True, exist_ok=True)

    async def open(self) -> UploadManager:
        folders = Folders(self.root, "people/{user}", {})
        self.space = Space(folders, self.clock, self.quota, 0)
        manager = UploadManager(self.path / "data" / "uploads", folders, self.space, self.clock, self.limits)
        await manager.start()
        self._managers.append(manager)
        return manager

    async def forget(self) -> None:
        """Of servers that ended as by a kill nothing goes on."""
        for manager in self._managers:
            await manager._loop.close()

    @property
    def home(self) -> Path:
        return self.root / "people" / "anna"

    def files(self) -> dict[str, bytes]:
        return {str(path.relative_to(self.home)): path.read_bytes() for path in self.home.rglob("*") if path.is_file()}

    def left(self) -> list[str]:
        """What is kept of uploads."""
        return sorted(os.listdir(self.path / "data" / "uploads"))


OpenHouse = Callable[..., House]


@pytest.fixture
def open_house(tmp_path: Path, jp_asyncio_loop: Any) -> Iterator[OpenHouse]:
    opened: list[House] = []

    def make(name: str = "house", **options: Any) -> House:
        opened.append(House(tmp_path / name, **options))
        return opened[-1]

    yield make
    for one in opened:
        jp_asyncio_loop.run_until_complete(one.forget())


@pytest.fixture
def house(open_house: OpenHouse) -> House:
    return open_house()


def creation(length: int = len(CONTENT), name: str = "a.bin", taken: Taken = Taken.REFUSE) -> Creation:
    return Creation(length, Wanted("people/anna", (), name, taken), "")


def body(data: bytes, is_whole: bool = True) -> Incoming:
    """A body that has come, to its end or to a cut."""
    made = Incoming(None)
    for at in range(0, len(data), 7):
        made.feed(data[at : at + 7])
    if is_whole:
        made.end()
    else:
        made.cut("The sender has gone.")
    return made


async def send(uploads: UploadManager, upload: Upload, data: bytes, at: int | None = None, **more: Any) -> Upload:
    where = upload.progress.offset if at is None else at
    return await uploads.append(ANNA, upload.record.id, Append(where, None, **more), body(data))


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


async def test_nothing_is_said_of_uploads_before_they_are_known(house: House) -> None:
    folders = Folders(house.root)
    space = Space(folders, house.clock, None, 0)
    uploads = UploadManager(house.path / "data" / "uploads", folders, space, house.clock, Limits())
    for ask in (lambda: uploads.look(ANNA, "0" * 32), lambda: uploads.open_of(ANNA)):
        with pytest.raises(NotReady):
            ask()
    with pytest.raises(NotReady):
        await uploads.find(ANNA, "0" * 32)


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


FAILING = (
    "pwritev", "fsync", "fdatasync", "ftruncate", "link", "replace", "open", "chmod", "fchmod", "mkdir", "unlink",
)  # fmt: skip


class FailingDisk:
    """Of the calls that change something, the one with a number fails, and those after it work again."""

    def __init__(self, patch: pytest.MonkeyPatch, number: int, error: int) -> None:
        self._left, self._error = number, error
        self.has_failed = False
        for name in FAILING:
            patch.setattr(os, name, self._failing(getattr(os, name)))

    def _failing(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            self._left -= 1
            if self._left == 0:
                self.has_failed = True
                raise OSError(self._error, os.strerror(self._error))
            return real(*args, **kwargs)

        return call


@pytest.mark.proves("machine.disk-full", "uploads.kill", "files.upload-pieces")
@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize("taken", [Taken.REFUSE, Taken.OVERWRITE])
async def test_whatever_call_to_the_disk_fails_the_file_is_old_or_new_and_gets_there(
    open_house: OpenHouse, error: int, taken: Taken
) -> None:
    number, has_failed = 1, True
    while has_failed:
        house = open_house(f"{number}")
        if taken is Taken.OVERWRITE:
            (house.home / "a.bin").write_bytes(b"old")
        with pytest.MonkeyPatch.context() as patch:
            disk = FailingDisk(patch, number, error)
            await upload_somehow(house, taken)
        has_failed = disk.has_failed
        if not has_failed or house.files().get("a.bin") != CONTENT:
            assert house.files() in ({}, {"a.bin": b"old"}, {"a.bin": CONTENT}), number
            await upload_somehow(house, taken)
        assert house.files() == {"a.bin": CONTENT}, number
        number += 1
    assert number > 25, "there are so many calls"


async def upload_somehow(house: House, taken: Taken) -> None:
    """What a client does: begin or find, send, and ask where it is; it gives up after some tries."""
    uploads: UploadManager | None = None
    for _ in range(6):
        try:
            uploads = uploads or await house.open()
            going_on = uploads.open_of(ANNA)
            upload = going_on[0] if going_on else await uploads.create(ANNA, creation(taken=taken))
            await uploads.find(ANNA, upload.record.id)
            while not upload.is_placed:
                at = upload.progress.offset
                await send(uploads, upload, CONTENT[at : at + 40])
            break
        except CrispdmError:
            if house.files().get("a.bin") == CONTENT and not uploads:
                break
            if taken is Taken.REFUSE and house.files() == {"a.bin": CONTENT}:
                break
    if uploads is not None:
        await uploads.close()


kinds = st.sampled_from(["send", "cut", "summed", "wrong sum", "restart", "ask"])
steps = st.lists(st.tuples(kinds, st.integers(0, 60)), max_size=12)


@pytest.mark.proves("uploads.kill", "uploads.resume")
@given(st.binary(max_size=150), steps)
def test_through_cuts_and_restarts_the_file_is_what_was_sent(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, story: list[tuple[str, int]]
) -> None:
    asyncio.run(live_through(House(tmp_path_factory.mktemp("house")), content, story))


async def live_through(house: House, content: bytes, story: list[tuple[str, int]]) -> None:
    uploads = await house.open()
    id = (await uploads.create(ANNA, creation(len(content)))).record.id
    for kind, size in [*story, *(("send", 60) for _ in range(3))]:
        if kind == "restart":
            uploads = await house.open()
        upload = await uploads.find(ANNA, id)
        at = upload.progress.offset
        data = content[at : at + size]
        if kind in {"send", "cut", "summed", "wrong sum"}:
            checksum = sum_of(data, kind == "summed") if "sum" in kind else None
            await one_piece(uploads, id, Append(at, None, checksum), body(data, kind != "cut"))
    assert house.files() == {"a.bin": content}
    await house.forget()


async def one_piece(uploads: UploadManager, id: str, append: Append, coming: Incoming) -> None:
    with suppress(BodyCut, ChecksumMismatch):
        await uploads.append(ANNA, id, append, coming)
