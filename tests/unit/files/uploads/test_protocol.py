"""The protocol: whatever is cut, doubled, late or wrong, what is stored is the file's beginning, and in the end all."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.base.errors import BadRequest, Conflict, CrispdmError, TooLarge
from jupyter_crispdm.files.uploads.checksums import Checksum
from jupyter_crispdm.files.uploads.errors import ChecksumMismatch, WrongMedia, WrongVersion
from jupyter_crispdm.files.uploads.metadata import Taken
from jupyter_crispdm.files.uploads.protocol import (
    MEDIA,
    Append,
    Progress,
    check_version,
    read_append,
    read_creation,
    read_first,
)


def pair(key: str, value: str) -> str:
    return f"{key} {b64encode(value.encode()).decode()}"


NAMED = pair("filename", "scan.png")


@dataclass
class Shop:
    """A server without sockets: bytes, how many count, and what it does with a piece that comes so far."""

    length: int
    stored: bytearray = field(default_factory=bytearray)
    progress: Progress = field(init=False)

    def __post_init__(self) -> None:
        self.progress = Progress(self.length)

    def patch(self, append: Append, body: bytes, steps: list[int], cut_at: int | None = None) -> None:
        """One request; what of it arrives comes in steps, and ends at a cut."""
        piece = self.progress.begin(append)
        arriving, whole = (body, True) if cut_at is None or cut_at >= len(body) else (body[:cut_at], False)
        try:
            while arriving:
                size = steps[len(arriving) % len(steps)] if steps else len(arriving)
                data, arriving = arriving[:size], arriving[size:]
                place = piece.take([data[:1], data[1:]])
                self.stored[place : place + len(data)] = data
        except CrispdmError:
            whole = False
            raise
        finally:
            self.progress.offset = piece.kept(len(self.stored), whole)
            del self.stored[self.progress.offset :]
        if whole:
            piece.check()


def sum_of(data: bytes, is_right: bool = True) -> Checksum:
    return Checksum("sha1", hashlib.sha1(data if is_right else data + b"?").digest())


Act = tuple[str, int, int | None, bool, list[int]]
actions = st.tuples(
    st.sampled_from(["on", "again", "elsewhere", "too long", "wrong sum"]),
    st.integers(0, 60),  # bytes of the body
    st.one_of(st.none(), st.integers(0, 60)),  # where the line is cut
    st.booleans(),  # with a checksum
    st.lists(st.integers(1, 7), min_size=1, max_size=4),
)


@pytest.mark.proves("files.upload-pieces", "uploads.resume")
@given(st.binary(max_size=200), st.lists(actions, max_size=40))
def test_what_counts_is_always_a_beginning_of_the_file(content: bytes, story: list[Act]) -> None:
    shop = Shop(len(content))
    for kind, size, cut_at, has_sum, steps in story:
        before = shop.progress.offset
        act(shop, content, kind, size, cut_at, has_sum, steps)
        assert before <= shop.progress.offset <= len(content)
        assert bytes(shop.stored) == content[: shop.progress.offset]
    while not shop.progress.is_whole:
        at = shop.progress.offset
        shop.patch(Append(at, None), content[at : at + 64], [64])
    assert bytes(shop.stored) == content


def act(
    shop: Shop, content: bytes, kind: str, size: int, cut_at: int | None, has_sum: bool, steps: list[int]
) -> None:
    """One thing that a client does: as it should, or not."""
    at = shop.progress.offset
    body = content[at : at + size]
    if kind == "on":
        shop.patch(Append(at, len(body), sum_of(body) if has_sum else None), body, steps, cut_at)
    elif kind == "again":  # an old request that comes once more, after its bytes have come
        early = max(0, at - size)
        if early < at:
            with pytest.raises(Conflict):
                shop.patch(Append(early, None), content[early:at], steps)
    elif kind == "elsewhere":
        with pytest.raises(Conflict):
            shop.patch(Append(at + 1 + size, None), body, steps)
    elif kind == "too long":
        with pytest.raises(TooLarge):
            shop.patch(Append(at, None), content[at:] + b"x" * (size + 1), steps)
        with pytest.raises(TooLarge):
            shop.patch(Append(at, len(content) - at + 1), b"", steps)
    elif cut_at is not None and cut_at < len(body):
        shop.patch(Append(at, len(body), sum_of(body, False)), body, steps, cut_at)
        assert shop.progress.offset == at
    else:
        with pytest.raises(ChecksumMismatch):
            shop.patch(Append(at, len(body), sum_of(body, False)), body, steps)
        assert shop.progress.offset == at


@pytest.mark.proves("uploads.resume")
@given(st.binary(min_size=1, max_size=100), st.lists(st.integers(0, 100), max_size=20))
def test_cut_anywhere_what_came_is_kept(content: bytes, cuts: list[int]) -> None:
    shop, sent = Shop(len(content)), 0
    for cut in cuts:
        at = shop.progress.offset
        shop.patch(Append(at, len(content) - at), content[at:], [3], cut)
        sent += min(cut, len(content) - at)
        assert shop.progress.offset == sent


@pytest.mark.proves("uploads.checksum")
@given(st.binary(min_size=2, max_size=100), st.data())
def test_half_a_body_with_a_checksum_counts_nothing(content: bytes, data: st.DataObject) -> None:
    shop = Shop(len(content))
    cut = data.draw(st.integers(0, len(content) - 1))
    shop.patch(Append(0, len(content), sum_of(content)), content, [5], cut)
    assert (shop.progress.offset, bytes(shop.stored)) == (0, b"")
    shop.patch(Append(0, len(content), sum_of(content)), content, [5])
    assert shop.progress.is_whole


def test_what_a_disk_did_not_take_does_not_count() -> None:
    piece = Progress(100, 10).begin(Append(10, 50))
    piece.take([b"x" * 50])
    assert piece.kept(stored=35, whole=True) == 35
    assert piece.kept(stored=5, whole=True) == 10, "what stood before stands"
    assert piece.kept(stored=100, whole=True) == 60, "what an older request left behind does not"


def test_a_conflict_says_where_the_upload_is() -> None:
    with pytest.raises(Conflict) as caught:
        Progress(100, 70).begin(Append(0, 30))
    assert caught.value.details == {"field": "Upload-Offset", "offset": 70}


@pytest.mark.proves("uploads.tus")
def test_another_version_is_refused() -> None:
    check_version({"Tus-Resumable": "1.0.0"})
    check_version({}, required=False)
    for headers in ({}, {"Tus-Resumable": "0.2.2"}, {"Tus-Resumable": ""}, {"Tus-Resumable": "1.0.0, 0.2.2"}):
        with pytest.raises(WrongVersion) as caught:
            check_version(headers)
        assert caught.value.status == 412


@pytest.mark.proves("uploads.tus")
def test_a_creation_is_its_length_and_its_metadata() -> None:
    metadata = ",".join([NAMED, pair("path", "people/anna"), "overwrite", pair("filetype", "image/png")])
    creation = read_creation({"Upload-Length": "12", "Upload-Metadata": metadata})
    assert (creation.length, creation.metadata) == (12, metadata)
    assert (creation.wanted.path, creation.wanted.taken) == ("people/anna/scan.png", Taken.OVERWRITE)


@pytest.mark.parametrize("length", ["", "-1", "1.5", "1e3", "²", "9" * 40, "0x10", "1_000", " 1", "1, 1"])
def test_odd_lengths_are_refused_by_name(length: str) -> None:
    with pytest.raises(BadRequest) as caught:
        read_creation({"Upload-Length": length, "Upload-Metadata": NAMED})
    assert caught.value.details["field"] == "Upload-Length"


@pytest.mark.parametrize(
    ("headers", "field"),
    [
        ({"Upload-Metadata": NAMED}, "Upload-Length"),
        ({"Upload-Length": "1"}, "filename"),
        ({"Upload-Length": "1", "Upload-Defer-Length": "1", "Upload-Metadata": NAMED}, "Upload-Defer-Length"),
        ({"Upload-Concat": "partial", "Upload-Length": "1", "Upload-Metadata": NAMED}, "Upload-Concat"),
    ],
)
def test_what_is_missing_or_not_understood_is_named(headers: dict[str, str], field: str) -> None:
    with pytest.raises(BadRequest) as caught:
        read_creation(headers)
    assert caught.value.details["field"] == field


def test_a_file_over_the_limit_is_refused() -> None:
    headers = {"Upload-Length": "11", "Upload-Metadata": NAMED}
    assert read_creation(headers, largest=11).length == 11
    with pytest.raises(TooLarge):
        read_creation(headers, largest=10)


@pytest.mark.proves("uploads.tus")
def test_a_piece_is_its_offset_its_type_and_its_checksum() -> None:
    headers = {"Upload-Offset": "5", "Content-Type": MEDIA}
    assert read_append(headers, 7) == Append(5, 7)
    summed = read_append({**headers, "Upload-Checksum": f"sha1 {b64encode(bytes(20)).decode()}"}, None)
    assert summed.checksum is not None
    assert summed.checksum.algorithm == "sha1"
    assert read_append({**headers, "Content-Type": f"{MEDIA.upper()}; x=y"}, 7).at == 5
    for kind in ("", "application/octet-stream", "text/plain"):
        with pytest.raises(WrongMedia):
            read_append({**headers, "Content-Type": kind}, 7)
    for offset in ({}, {"Upload-Offset": "-1"}, {"Upload-Offset": "x"}):
        with pytest.raises(BadRequest) as caught:
            read_append({"Content-Type": MEDIA, **offset}, 7)
        assert caught.value.details["field"] == "Upload-Offset"


def test_a_first_piece_may_come_with_the_creation() -> None:
    assert read_first({}, 0) is None
    assert read_first({"Content-Type": MEDIA}, None) == Append(0, None)
    with pytest.raises(WrongMedia):
        read_first({"Content-Type": "application/json"}, 2)
