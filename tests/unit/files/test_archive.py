"""A zip that is made while it is sent."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from jupyter_crispdm.auth.types import Role
from jupyter_crispdm.base.errors import NotFound, TooLarge
from jupyter_crispdm.base.files.regular import regular_file
from jupyter_crispdm.files.folders import Folders, Person, Place
from jupyter_crispdm.files.moving import tree
from jupyter_crispdm.files.showing.archive import archived, name_of, pieces

ARCHIVE = archived.__module__
ANNA = Person("anna", Role.VIEWER)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for folder in ("people/anna/run/empty", "people/anna/other", "data", "private"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "people/anna/run/数据.csv").write_text("a,b\n" * 1000)
    (tmp_path / "people/anna/run/old.png").write_bytes(os.urandom(500))
    (tmp_path / "people/anna/run/.hidden").write_text("h")
    (tmp_path / "people/anna/run/link").symlink_to(tmp_path / "private")
    (tmp_path / "people/anna/other/run").write_text("a file")
    (tmp_path / "private/secret").write_text("secret")
    os.utime(tmp_path / "people/anna/run/old.png", (1, 1))
    return tmp_path


def place(root: Path, path: str) -> Place:
    return Folders(root, "people/{user}", {"data": "read"}).look(ANNA, path)


def opened(*places: Place) -> ZipFile:
    return ZipFile(io.BytesIO(b"".join(pieces(places))))


@pytest.mark.proves("files.archive")
def test_a_folder_comes_with_all_that_everybody_may_see(root: Path) -> None:
    with opened(place(root, "people/anna/run")) as found:
        assert found.testzip() is None
        assert sorted(found.namelist()) == ["run/", "run/empty/", "run/old.png", "run/数据.csv"]
        assert found.read("run/数据.csv") == b"a,b\n" * 1000
        assert found.getinfo("run/数据.csv").compress_size < 1000
        assert found.getinfo("run/old.png").date_time == (1980, 1, 1, 0, 0, 0)


@pytest.mark.proves("files.archive")
def test_several_come_under_names_of_their_own(root: Path) -> None:
    chosen = [place(root, "people/anna/run"), place(root, "people/anna/other/run")]
    with opened(*chosen) as found:
        assert found.read("run (2)") == b"a file"
    assert (name_of(chosen), name_of(chosen[:1])) == ("files.zip", "run.zip")


def test_a_large_file_comes_in_pieces(root: Path) -> None:
    (root / "people/anna/other/big.bin").write_bytes(os.urandom(3_000_000))
    got = list(pieces([place(root, "people/anna/other")]))
    assert len(got) > 5
    assert max(map(len, got)) < 600_000


def test_what_disappears_meanwhile_is_left_out(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:

    def and_remove(folder: Place) -> Iterator[Any]:
        for entry in list(tree.entries(folder)):
            if entry.path == "old.png":
                (root / "people/anna/run/old.png").unlink()
                (root / "people/anna/run/old.png").symlink_to(root / "private/secret")
            yield entry

    monkeypatch.setattr(f"{ARCHIVE}.entries", and_remove)
    with opened(place(root, "people/anna/run")) as found:
        assert "run/old.png" not in found.namelist()
        assert found.testzip() is None


def test_what_is_not_there_or_too_much_is_refused(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotFound):
        list(pieces([place(root, "people/anna/lost")]))
    monkeypatch.setattr(tree, "MOST", 1)
    with pytest.raises(TooLarge):
        list(pieces([place(root, "people/anna/run")]))


@pytest.mark.proves("files.archive")
async def test_nothing_is_made_for_a_reader_that_left(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(20):
        (root / "people/anna/other" / f"{number:02}.bin").write_bytes(os.urandom(400_000))
    read: list[str] = []

    def noted(path: Path, *, below: Path) -> Any:
        read.append(path.name)
        return regular_file(path, below=below)

    monkeypatch.setattr(f"{ARCHIVE}.regular_file", noted)
    making = archived(ANNA, [place(root, "people/anna/other")])
    assert await making.__anext__()
    await making.aclose()
    assert 0 < len(read) < 4
