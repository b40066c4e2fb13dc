"""The registry on disk: `models/<name>/<n>/` holds a model's file and its record, whole or not at all.

models/unet_digits/index.json     the last number given, the aliases and their history
models/unet_digits/1/model.json   what is known about version 1
models/unet_digits/1/model.pt     its weights
models/unet_digits/1/script.py    the user's code that serves it, where there is any
models/unet_digits/1/lock.txt     the packages of the environment that it was made in
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import tempfile
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import msgspec

from jupyter_crispdm.base.clock import utc
from jupyter_crispdm.base.errors import BadRequest, NotFound
from jupyter_crispdm.base.files.atomic import storage_errors, sync_directory, write_atomic
from jupyter_crispdm.base.files.regular import read_regular

from .formats import inspect
from .formats.scripts import check_script
from .history import current, reconciled
from .sources import ModelSource, Parts
from .types import ALIAS, LATEST, MODEL_NAME, AliasSpan, Model, ModelFormat, ModelVersion

_log = logging.getLogger(__name__)
_CHUNK = 2**20
FILE_NAMES = {
    ModelFormat.torch: "model.pt",
    ModelFormat.safetensors: "model.safetensors",
    ModelFormat.onnx: "model.onnx",
    ModelFormat.skops: "model.skops",
    ModelFormat.torchscript: "model.torchscript",
    ModelFormat.exported: "model.pt2",
    ModelFormat.pickle: "model.pkl",
    ModelFormat.script: "model.bin",
}
SCRIPT_NAME = "script.py"
LOCK_NAME = "lock.txt"
_INCOMING = ".incoming-"


class Index(msgspec.Struct):
    """What belongs to a model as a whole; the spans of its history are the oldest first."""

    last: int = 0
    aliases: dict[str, int] = {}
    history: list[AliasSpan] = []


class Kept(NamedTuple):
    """A model as it lies on the disk."""

    model: Model
    history: list[AliasSpan]


class ModelFiles:
    """Reads and writes the registry's directory; every method blocks and belongs in a thread."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def path(self, version: ModelVersion) -> Path:
        """Where a version's file lies."""
        return self._directory / version.name / str(version.version) / FILE_NAMES[version.format]

    def script_path(self, version: ModelVersion) -> Path | None:
        """Where the user's code that was registered with it lies, if there is any."""
        return None if version.script is None else self.path(version).with_name(SCRIPT_NAME)

    def add(self, version: ModelVersion, parts: Parts) -> ModelVersion:
        """Copy a version's parts in; nothing is seen of it until all is written and looked into.

        Raises NotFound, StorageFull, Unprocessable.
        """
        home = self._directory / version.name
        with storage_errors(home / str(version.version)):
            home.mkdir(parents=True, exist_ok=True)
            staging = Path(tempfile.mkdtemp(dir=home, prefix=f".{version.version}-"))
            try:
                done = self._fill(staging, version, parts)
                os.rename(staging, home / str(version.version))
                sync_directory(home)
            except BaseException:
                shutil.rmtree(staging, ignore_errors=True)
                with suppress(OSError):
                    home.rmdir()  # the first version of a model that was refused leaves nothing
                raise
        return done

    def staging(self) -> Path:
        """A new directory beside the models, for what is being taken in. Raises StorageFull."""
        with storage_errors(self._directory):
            self._directory.mkdir(parents=True, exist_ok=True)
            return Path(tempfile.mkdtemp(dir=self._directory, prefix=_INCOMING))

    def lock(self, version: ModelVersion) -> str | None:
        """The packages of the environment that a version was made in, if they were noted."""
        try:
            text = read_regular(self.path(version).with_name(LOCK_NAME), below=self._directory)
        except OSError:
            return None
        return text.decode("utf-8", "replace")

    def remove(self, name: str, number: int) -> None:
        """Delete a version's directory; a crash in between leaves it whole or gone."""
        home = self._directory / name
        doomed = Path(tempfile.mkdtemp(dir=home, prefix=f".gone-{number}-"))
        try:
            os.rename(home / str(number), doomed / "version")
        except FileNotFoundError:
            _log.warning("The directory of version %d of the model %s was gone already.", number, name)
        shutil.rmtree(doomed, ignore_errors=True)

    def write_index(self, name: str, last: int, history: list[AliasSpan]) -> None:
        """Record what belongs to a model as a whole. Raises StorageFull."""
        index = Index(last, current(history), history)
        write_atomic(self._directory / name / "index.json", msgspec.json.encode(index))

    def read_all(self) -> list[Kept]:
        """Every model found on disk; what was half-written is removed, what is damaged is left and said."""
        if not self._directory.is_dir():
            return []
        for leftover in self._directory.glob(f"{_INCOMING}*"):
            _discard(leftover)
        homes = sorted(item for item in self._directory.iterdir() if item.is_dir())
        found = (self._read_model(home) for home in homes)
        return [kept for kept in found if kept is not None]

    def find(self, name: str, version: int | str | None = None) -> ModelVersion:
        """A version by number or alias, the newest when neither is given; nothing is tidied up, whoever owns it.

        Raises NotFound.
        """
        home = self._directory / name
        number = version
        if version is None or version == LATEST:
            names = [item.name for item in home.iterdir()] if home.is_dir() else []
            number = max((int(one) for one in names if one.isdecimal()), default=None)
        elif isinstance(version, str):
            number = _read_index(home / "index.json")[0].aliases.get(version)
        found = self._read_version(home, number) if isinstance(number, int) else None
        if found is None:
            label = f"model '{name[:100]}'" if version is None else f"version '{version}' of the model '{name[:100]}'"
            raise NotFound(f"There is no {label} in {self._directory}.", model=name[:100])
        return found

    def write_record(self, version: ModelVersion) -> None:
        """Write anew what is known about a version. Raises StorageFull."""
        write_atomic(self.path(version).with_name("model.json"), _record(version))

    def _fill(self, staging: Path, version: ModelVersion, parts: Parts) -> ModelVersion:
        """Look at the copies, not at what is copied: that may be changed between a look and the copying."""
        copy = staging / FILE_NAMES[version.format]
        size, digest = _copy(parts.model, copy)
        seen = inspect(copy, version.format)
        done = msgspec.structs.replace(version, size=size, sha256=digest, types=seen.types)
        if not version.signature:
            done = msgspec.structs.replace(done, signature=seen.signature)
        if parts.script is not None:
            _, script = _copy(parts.script, staging / SCRIPT_NAME)
            check_script(staging / SCRIPT_NAME)
            done = msgspec.structs.replace(done, script=done.script or parts.script.path.name, script_sha256=script)
        for name, text in parts.texts.items():
            write_atomic(staging / name, text.encode())
        write_atomic(staging / "model.json", _record(done))
        return done

    def _read_model(self, home: Path) -> Kept | None:
        for leftover in home.glob(".*"):
            _discard(leftover)
        index, written = _read_index(home / "index.json")
        numbers = sorted((int(item.name) for item in home.iterdir() if item.name.isdecimal()), reverse=True)
        read = (self._read_version(home, number) for number in numbers)
        versions = [version for version in read if version is not None]
        if not versions and not index.last:
            return None
        known = {version.version for version in versions}
        aliases = {alias: number for alias, number in index.aliases.items() if number in known}
        history = reconciled(index.history, aliases, written)
        return Kept(Model(home.name, max([index.last, *known]), current(history), versions), history)

    def _read_version(self, home: Path, number: int) -> ModelVersion | None:
        record = home / str(number) / "model.json"
        try:
            version = msgspec.json.decode(read_regular(record, below=self._directory), type=ModelVersion)
            MODEL_NAME.check(version.name, "name")
            if (version.name, version.version) != (home.name, number) or not self.path(version).is_file():
                raise NotFound("the record does not fit the directory")
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError, BadRequest, NotFound) as error:
            _log.warning("The model version in %s is left out: %s", record.parent, error)
            return None
        return version


def _record(version: ModelVersion) -> bytes:
    """A version's record; the aliases stand in the index alone."""
    return msgspec.json.encode(msgspec.structs.replace(version, aliases=[]))


def _copy(source: ModelSource, target: Path) -> tuple[int, str]:
    sum_, size = hashlib.sha256(), 0
    with source.open() as reader, target.open("xb") as writer:
        while chunk := reader.read(_CHUNK):
            sum_.update(chunk)
            size += writer.write(chunk)
        writer.flush()
        os.fsync(writer.fileno())
    return size, sum_.hexdigest()


def _discard(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _read_index(path: Path) -> tuple[Index, datetime]:
    """The index, and when it was written."""
    try:
        index = msgspec.json.decode(read_regular(path), type=Index)
        for alias in [*index.aliases, *(span.alias for span in index.history)]:
            ALIAS.check(alias, "alias")
        return index, utc(path.stat().st_mtime)
    except FileNotFoundError:
        pass
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError, BadRequest) as error:
        _log.warning("The aliases in %s are lost: %s", path, error)
    return Index(), utc(0)
