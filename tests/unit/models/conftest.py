"""A registry on a database of its own, with a job directory made by hand."""

from __future__ import annotations

import asyncio
import io
import pickle
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from jupyter_crispdm.base.database import Database
from jupyter_crispdm.base.errors import NotFound
from jupyter_crispdm.models.files import ModelFiles
from jupyter_crispdm.models.manager import ModelManager
from jupyter_crispdm.models.store import ModelStore
from tests.support import FakeClock, Told


@dataclass(frozen=True)
class FakeJob:
    """A job as far as the registry cares."""

    id: str
    environment: str | None = "venv-1"
    owner: str = "ada"
    parameters: Mapping[str, Any] = field(default_factory=dict)
    source: str | None = None


@dataclass
class FakeJobs:
    """Jobs that are directories."""

    home: Path

    async def get(self, id: str) -> FakeJob:
        if not (self.home / id).is_dir():
            raise NotFound("no such job")
        return FakeJob(id)

    def directory(self, id: str) -> Path:
        return self.home / id


@dataclass
class Registry:
    """The manager and the places it works on."""

    manager: ModelManager
    store: ModelStore
    files: ModelFiles
    root: Path
    artifacts: Path
    directory: Path
    told: Told


async def opened(tmp_path: Path, database: Database) -> Registry:
    root, directory = tmp_path / "root", tmp_path / "data" / "models"
    artifacts = tmp_path / "jobs" / "j1" / "artifacts"
    root.mkdir()
    artifacts.mkdir(parents=True)
    await database.start()
    store, files, told = ModelStore(database), ModelFiles(directory), Told()
    manager = ModelManager(store, files, FakeJobs(tmp_path / "jobs"), root, FakeClock(), told)
    await manager.start()
    return Registry(manager, store, files, root, artifacts, directory, told)


@pytest.fixture
def registry(tmp_path: Path, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[Registry]:
    database = Database.in_directory(tmp_path / "data")
    registry = jp_asyncio_loop.run_until_complete(opened(tmp_path, database))
    yield registry
    jp_asyncio_loop.run_until_complete(registry.manager.close())
    jp_asyncio_loop.run_until_complete(database.close())


def torch_file(*imports: str, compress: bool = False) -> bytes:
    """A file as torch.save writes it, whose pickle imports these `module name`s."""
    pickled = b"\x80\x02}" + b"".join(b"c" + item.replace(" ", "\n").encode() + b"\n0" for item in imports) + b"."
    buffer = io.BytesIO()
    kind = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
    with zipfile.ZipFile(buffer, "w", kind) as archive:
        archive.writestr("model/data.pkl", pickled)
        archive.writestr("model/data/0", b"\0" * 16)
    return buffer.getvalue()


class Exploding:
    """Runs a command when it is unpickled by somebody careless."""

    def __reduce__(self) -> tuple[Any, ...]:
        import os

        return os.system, ("touch /tmp/exploded",)


def exploding_file() -> bytes:
    """A torch file with code inside, in the newest pickle protocol."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("model/data.pkl", pickle.dumps(Exploding(), protocol=4))
    return buffer.getvalue()
