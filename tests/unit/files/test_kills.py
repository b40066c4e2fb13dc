"""A server killed in the middle of moving files: each is where it was or where it goes, whole, and none is lost."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_crispdm.auth.types import Role
from jupyter_crispdm.files.folders import Folders, Person
from jupyter_crispdm.files.moving.trash import Trash
from jupyter_crispdm.files.moving.tree import STAGE, clear_stages
from jupyter_crispdm.files.space import Space
from tests.support import FakeClock

ANNA = Person("anna", Role.VIEWER)
ROUNDS = 12
SIZE = 3_000_000
CONTENT = b"0123456789" * (SIZE // 10)
WORKER = """
import asyncio, sys
from pathlib import Path
from jupyter_crispdm.auth.types import Role
from jupyter_crispdm.base.clock import SystemClock
from jupyter_crispdm.files.folders import Folders, Person
from jupyter_crispdm.files.moving.mover import Mover
from jupyter_crispdm.files.moving.trash import Trash
from jupyter_crispdm.files.space import Space
from jupyter_crispdm.files.types import OnConflict, Restore, Transfer

root, anna = Path(sys.argv[1]), Person("anna", Role.VIEWER)
folders = Folders(root, "people/{user}", {"team": "write"})
space = Space(folders, SystemClock(), None, 0)
trash = Trash(root.parent / "trash", folders, space, SystemClock(), limit=None, days=None)
mover = Mover(folders, space)

async def trashing():
    while True:
        done = await trash.put(anna, ["people/anna/file", "people/anna/folder"])
        print("once", flush=True)
        for one in done:
            if one.status == 200:
                await trash.restore(anna, one.to, Restore())

async def copying():
    while True:
        paths = ["people/anna/file", "people/anna/folder"]
        await mover.copy(anna, Transfer(paths=paths, to="team", conflict=OnConflict.RENAME))
        print("once", flush=True)
        await trash.put(anna, [f"team/{path.name}" for path in (root / "team").iterdir()], forever=True)

asyncio.run(trashing() if sys.argv[2] == "trash" else copying())
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    (root / "people/anna/folder/inner").mkdir(parents=True)
    (root / "team").mkdir()
    (root / "people/anna/file").write_bytes(CONTENT)
    (root / "people/anna/folder/inner/file").write_bytes(CONTENT)
    return root


def killed(root: Path, work: str, seed: int) -> None:
    """Let it work, and kill it after it has begun, somewhere in the middle."""
    process = subprocess.Popen([sys.executable, "-c", WORKER, str(root), work], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"once\n"
    for _ in range(random.Random(seed).randrange(3)):
        process.stdout.readline()
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()


def looked_for(home: Path, trash: Trash, name: str, inside: str) -> list[bytes]:
    """Every copy of something, in the home and in the trash."""
    lying = [path / inside for path in home.iterdir() if path.name.startswith(name)]
    thrown = [one / "item" / inside for one in trash_of(trash) if (one / "item" / inside).is_file()]
    return [path.read_bytes() for path in [*lying, *thrown] if path.is_file()]


def trash_of(trash: Trash) -> list[Path]:
    folder = trash._of(ANNA)
    return list(folder.iterdir()) if folder.is_dir() else []


@pytest.mark.proves("files.trash")
def test_what_is_thrown_away_is_never_lost(root: Path, tmp_path: Path) -> None:
    folders = Folders(root, "people/{user}", {"team": "write"})
    clock = FakeClock()
    trash = Trash(tmp_path / "trash", folders, Space(folders, clock, None, 0), clock, limit=None, days=None)
    for seed in range(ROUNDS):
        killed(root, "trash", seed)
        for name, inside in (("file", ""), ("folder", "inner/file")):
            found = looked_for(root / "people/anna", trash, name, inside)
            assert CONTENT in found, (seed, name)
            assert set(found) == {CONTENT}, (seed, name)
        put_in_order(root)


def put_in_order(root: Path) -> None:
    """As it was: each thing once, in the home."""
    subprocess.run(["rm", "-rf", str(root.parent / "trash"), str(root / "people/anna")], check=True)
    (root / "people/anna/folder/inner").mkdir(parents=True)
    (root / "people/anna/file").write_bytes(CONTENT)
    (root / "people/anna/folder/inner/file").write_bytes(CONTENT)


@pytest.mark.proves("files.several")
def test_a_copy_is_whole_or_not_there(root: Path) -> None:
    folders = Folders(root, "people/{user}", {"team": "write"})
    for seed in range(ROUNDS):
        killed(root, "copy", seed)
        copies = [path for path in (root / "team").rglob("file*") if path.is_file() and STAGE not in path.parts]
        assert all(path.stat().st_size == SIZE for path in copies), seed
        clear_stages(folders.everything())
        assert not list(root.rglob(STAGE))
