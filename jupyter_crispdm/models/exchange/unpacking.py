"""A zip from elsewhere, unpacked into a directory of ours: what is not exactly an export of a version is refused."""

from __future__ import annotations

import hashlib
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

import msgspec

from jupyter_crispdm.base.errors import BadRequest, Unprocessable

from ..files import FILE_NAMES, LOCK_NAME, SCRIPT_NAME
from ..formats.scripts import MOST_BYTES
from ..formats.zips import opened, read
from ..registering.checking import check_details
from ..sources import ModelSource, Parts
from ..types import MODEL_NAME, AliasSpan, ModelVersion, Registration
from .packing import HISTORY, RECORD

ORIGIN = "origin.json"
_WRITER = "an export of a version"
_MOST_RECORD = 2**20
_MOST_LOCK = 4 * 2**20
_PIECE = 2**20
_SCRIPT = re.compile(r"[A-Za-z0-9_][\w.-]{0,90}\.py", re.ASCII)


@dataclass(frozen=True)
class Package:
    """What came: the version as it was elsewhere, and its parts."""

    version: ModelVersion
    parts: Parts


def unpacked(path: Path, into: Path) -> Package:
    """What a zip holds, its files laid into an empty directory. Raises Unprocessable, OSError."""
    with opened(path, _WRITER) as archive:
        names = set(archive.namelist())
        version = _record(archive, names)
        model = FILE_NAMES[version.format]
        _check_names(names, model, version)
        source = _file(archive, model, into, (version.size, version.sha256))
        script = _script(archive, into, version) if version.script is not None else None
        texts = _texts(archive, names)
    return Package(version, Parts(source, script, texts))


def _record(archive: zipfile.ZipFile, names: set[str]) -> ModelVersion:
    if RECORD not in names:
        raise Unprocessable(f"The archive is not {_WRITER}: it has no {RECORD}.")
    try:
        version = msgspec.json.decode(read(archive, RECORD, _MOST_RECORD), type=ModelVersion)
        MODEL_NAME.check(version.name, "name")
        check_details(_registration(version))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, BadRequest) as error:
        raise Unprocessable(f"The {RECORD} in the archive cannot be read: {str(error)[:200]}") from None
    if not 0 <= version.size < 2**63 or (version.script is not None and not _SCRIPT.fullmatch(version.script)):
        raise Unprocessable(f"The {RECORD} in the archive says what cannot be.")
    return version


def _registration(version: ModelVersion) -> Registration:
    return Registration(
        name=version.name, path="", classes=version.classes, signature=version.signature, metadata=version.metadata,
        metrics=version.metrics, input_example=version.input_example, code=version.lineage.code,
    )  # fmt: skip


def _check_names(names: set[str], model: str, version: ModelVersion) -> None:
    wanted = {RECORD, model, *([SCRIPT_NAME] if version.script is not None else [])}
    missing, strange = wanted - names, names - wanted - {HISTORY, LOCK_NAME, ORIGIN}
    if missing:
        raise Unprocessable(f"The archive has no '{min(missing)}', which its {RECORD} speaks of.")
    if strange:
        raise Unprocessable(f"The archive holds '{min(strange)[:100]}', which is no part of a version.")


def _file(archive: zipfile.ZipFile, name: str, into: Path, said: tuple[int, str]) -> ModelSource:
    """A member as a file, of the size and hash that were said."""
    total, size, target = hashlib.sha256(), 0, into / name
    if archive.getinfo(name).file_size != said[0]:
        raise _other(name)
    with archive.open(name) as reading, target.open("xb") as writing:
        while size <= said[0] and (piece := reading.read(_PIECE)):
            size += writing.write(piece)
            total.update(piece)
    if (size, total.hexdigest()) != said:
        raise _other(name)
    return ModelSource(target, into, "body")


def _script(archive: zipfile.ZipFile, into: Path, version: ModelVersion) -> ModelSource:
    data = read(archive, SCRIPT_NAME, MOST_BYTES)
    return _file(archive, SCRIPT_NAME, into, (len(data), version.script_sha256 or ""))


def _texts(archive: zipfile.ZipFile, names: set[str]) -> dict[str, str]:
    """The lock, and the history that it had elsewhere, which is none of ours."""
    texts = {LOCK_NAME: _text(archive, LOCK_NAME, _MOST_LOCK)} if LOCK_NAME in names else {}
    if HISTORY in names:
        told = _text(archive, HISTORY, _MOST_RECORD)
        try:
            msgspec.json.decode(told, type=list[AliasSpan])
        except (msgspec.MsgspecError, RecursionError):
            raise Unprocessable(f"The {HISTORY} in the archive cannot be read.") from None
        texts[ORIGIN] = told
    return texts


def _text(archive: zipfile.ZipFile, name: str, most: int) -> str:
    try:
        return read(archive, name, most).decode()
    except UnicodeDecodeError:
        raise Unprocessable(f"'{name}' in the archive is no text.") from None


def _other(name: str) -> Unprocessable:
    return Unprocessable(f"'{name}' in the archive is not the file that its {RECORD} speaks of: size or hash differ.")
