"""The tus protocol without sockets, clocks and files: what headers mean, and how much of what came counts.

::

    piece = Progress(length=100, offset=70).begin(at=70, announced=30)
    piece.take([b"...", b"..."])          # whoever stores it writes at the place that this returns
    piece.kept(stored=100, whole=True)    # the offset from now on
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jupyter_crispdm.base.errors import BadRequest, Conflict, TooLarge
from jupyter_crispdm.base.numbers import whole

from .checksums import ALGORITHMS, Checksum, read_checksum
from .errors import ChecksumMismatch, WrongMedia, WrongVersion
from .metadata import FIELD, Wanted, read_metadata, read_wanted

VERSION = "1.0.0"
MEDIA = "application/offset+octet-stream"
EXTENSIONS = ("creation", "creation-with-upload", "termination", "checksum", "expiration")
#: Of every answer, also of one that refuses.
HEADERS = {"Tus-Resumable": VERSION, "Tus-Version": VERSION}
ABOUT = {"Tus-Extension": ",".join(EXTENSIONS), "Tus-Checksum-Algorithm": ",".join(ALGORITHMS)}


@dataclass(frozen=True)
class Creation:
    """A file that somebody wants to upload. `metadata` is the header as it came."""

    length: int
    wanted: Wanted
    metadata: str


@dataclass(frozen=True)
class Append:
    """A piece that somebody is about to send: where it goes, how long they say it is, and its checksum."""

    at: int
    announced: int | None
    checksum: Checksum | None = None


def check_version(headers: Mapping[str, str], required: bool = True) -> None:
    """Raises WrongVersion for another version; for none too where one is required."""
    said = headers.get("Tus-Resumable", "" if required else VERSION)
    if said != VERSION:
        raise WrongVersion(f"'Tus-Resumable' must be {VERSION}.", field="Tus-Resumable", versions=[VERSION])


def read_creation(headers: Mapping[str, str], largest: int | None = None) -> Creation:
    """What a POST asks for. Raises BadRequest that names the header or the key, and TooLarge."""
    for name in ("Upload-Defer-Length", "Upload-Concat"):
        if name in headers:
            raise BadRequest(f"'{name}' is not understood here: the file comes whole, its length first.", field=name)
    if "Upload-Length" not in headers:
        raise BadRequest("'Upload-Length' is missing.", field="Upload-Length")
    length = whole(headers["Upload-Length"], "Upload-Length")
    if largest is not None and length > largest:
        raise TooLarge(f"A file may have {largest:,} bytes at most.", field="Upload-Length", limit=largest)
    metadata = headers.get(FIELD, "")
    return Creation(length, read_wanted(read_metadata(metadata)), metadata)


def read_append(headers: Mapping[str, str], announced: int | None) -> Append:
    """What a PATCH is about to send. Raises BadRequest, WrongMedia."""
    check_media(headers)
    if "Upload-Offset" not in headers:
        raise BadRequest("'Upload-Offset' is missing.", field="Upload-Offset")
    return Append(whole(headers["Upload-Offset"], "Upload-Offset"), announced, checksum_of(headers))


def read_first(headers: Mapping[str, str], announced: int | None) -> Append | None:
    """What a POST brings of the file itself; None where it brings nothing. Raises BadRequest, WrongMedia."""
    if announced == 0:
        return None
    check_media(headers)
    return Append(0, announced, checksum_of(headers))


def check_media(headers: Mapping[str, str]) -> None:
    """Raises WrongMedia for a body of another type."""
    if headers.get("Content-Type", "").partition(";")[0].strip().lower() != MEDIA:
        raise WrongMedia(f"'Content-Type' must be {MEDIA}.", field="Content-Type")


def checksum_of(headers: Mapping[str, str]) -> Checksum | None:
    """What a client promises of the body. Raises BadRequest."""
    return read_checksum(headers["Upload-Checksum"]) if "Upload-Checksum" in headers else None


class Piece:
    """One body on its way into the file, from an offset on."""

    def __init__(self, at: int, end: int, checksum: Checksum | None) -> None:
        self.at, self._end, self.checksum = at, end, checksum
        self._arrived = 0
        self._is_too_long = False

    def take(self, data: Sequence[bytes]) -> int:
        """Count what has come; the place where it belongs. Raises TooLarge for more than the file has."""
        place = self.at + self._arrived
        self._arrived += sum(map(len, data))
        if self.at + self._arrived > self._end:
            self._is_too_long = True
            raise TooLarge("More has come than the file's length.", field="Upload-Length", limit=self._end)
        if self.checksum is not None:
            for part in data:
                self.checksum.update(part)
        return place

    def kept(self, stored: int, whole: bool) -> int:
        """The offset from now on, of a file of which so many bytes are stored; `whole`: the body came to its end.

        What came before a cut counts, unless a checksum was promised: half a body has none. A body that is longer than
        the file belongs to another one, and nothing of it counts.
        """
        if self._is_too_long or (self.checksum is not None and not (whole and self.checksum.holds())):
            return self.at
        return max(self.at, min(stored, self.at + self._arrived))

    def check(self) -> None:
        """Of a body that came to its end. Raises ChecksumMismatch."""
        if self.checksum is not None and not self.checksum.holds():
            raise ChecksumMismatch("What came is not what was sent. Send it again.", field="Upload-Checksum")


@dataclass
class Progress:
    """How much of a file there is: the first `offset` of its `length` bytes."""

    length: int
    offset: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missing."""
        return self.offset == self.length

    def begin(self, append: Append) -> Piece:
        """Let a piece come. Raises Conflict for one from elsewhere, TooLarge for one that says it is too long."""
        if append.at != self.offset:
            raise Conflict(f"The upload is at {self.offset:,}.", field="Upload-Offset", offset=self.offset)
        if append.announced is not None and append.announced > self.length - self.offset:
            raise TooLarge("More is announced than the file's length.", field="Content-Length", limit=self.length)
        return Piece(self.offset, self.length, append.checksum)
