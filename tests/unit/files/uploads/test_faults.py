"""Whatever breaks on the way of an upload, a disk, a connection, a server, its file is old or new and gets there."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.base.errors import CrispdmError
from jupyter_crispdm.base.http.incoming import BodyCut, Incoming
from jupyter_crispdm.files.uploads.errors import ChecksumMismatch
from jupyter_crispdm.files.uploads.manager import UploadManager
from jupyter_crispdm.files.uploads.metadata import Taken
from jupyter_crispdm.files.uploads.protocol import Append

from .house import ANNA, CONTENT, House, OpenHouse, body, creation, send
from .test_protocol import sum_of

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
