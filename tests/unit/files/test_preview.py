"""A first look at files, also at those that were made to break whoever looks."""

from __future__ import annotations

import json
import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest
from PIL import Image

from jupyter_crispdm.auth.types import Role
from jupyter_crispdm.base.errors import BadRequest, NotFound
from jupyter_crispdm.files.folders import Folders, Person, Place
from jupyter_crispdm.files.showing import look_inside
from jupyter_crispdm.files.showing.looking import Looker
from jupyter_crispdm.files.showing.preview import Previewer
from jupyter_crispdm.files.types import FilePreview, PreviewKind

ANNA = Person("anna", Role.VIEWER)
See = Callable[..., Any]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "people/anna").mkdir(parents=True)
    return tmp_path / "people/anna"


@pytest.fixture
def at(home: Path) -> Callable[[str], Place]:
    folders = Folders(home.parent.parent)
    return lambda name: folders.look(ANNA, f"people/anna/{name}")


async def see(place: Place, rows: int = 5) -> FilePreview:
    return await Previewer(Looker()).preview(ANNA, place, rows)


@pytest.mark.proves("files.preview")
async def test_the_first_rows_of_a_parquet_file_are_shown(home: Path, at: Callable[[str], Place]) -> None:
    columns = {"n": list(range(1000)), "名": ["x"] * 1000, "big": [2**60] * 1000, "f": [float("nan")] * 1000}
    table = pyarrow.table(columns)
    pyarrow.parquet.write_table(table, home / "t.parquet")
    found = await see(at("t.parquet"))
    assert found.kind is PreviewKind.TABLE, found
    assert [(column.name, column.type) for column in found.columns][:2] == [("n", "int64"), ("名", "string")]
    assert (len(found.rows), found.total, found.truncated) == (5, 1000, True)
    assert found.rows[1] == [1, "x", str(2**60), "nan"]


@pytest.mark.proves("files.preview")
@pytest.mark.parametrize("raw", [b"", b"PAR1", b"PAR1" + b"\xff" * 100 + b"PAR1", b"\0" * 10_000])
async def test_a_broken_parquet_file_says_so(home: Path, at: Callable[[str], Place], raw: bytes) -> None:
    (home / "t.parquet").write_bytes(raw)
    found = await see(at("t.parquet"))
    assert found.kind is PreviewKind.NONE
    assert found.note
    assert str(home) not in found.note


@pytest.mark.proves("files.preview")
async def test_a_file_that_needs_more_memory_than_it_may_breaks_alone(
    home: Path, at: Callable[[str], Place]
) -> None:
    """A few kilobytes that are gigabytes in memory: one long text, five hundred times."""
    text = pyarrow.DictionaryArray.from_arrays([0] * 500, ["x" * 10_000_000]).cast(
        pyarrow.dictionary(pyarrow.int32(), pyarrow.string()))
    pyarrow.parquet.write_table(
        pyarrow.table({"t": text}), home / "bomb.parquet", compression="zstd", store_schema=False)
    assert (home / "bomb.parquet").stat().st_size < 1_000_000
    found = await Looker(memory=2 << 30).table(ANNA, at("bomb.parquet"), 500)
    assert list(found) == ["error"]


async def test_one_that_takes_too_long_is_ended(
    home: Path, at: Callable[[str], Place], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    slow = tmp_path / "slow.py"
    slow.write_text("import time\ntime.sleep(1000)")
    monkeypatch.setattr(look_inside, "__file__", str(slow))
    (home / "t.parquet").write_bytes(b"PAR1")
    found = await Looker(patience=0.2).table(ANNA, at("t.parquet"), 1)
    assert found == {"error": "It takes too long to be shown."}


@pytest.mark.parametrize("code", ["print('{')", "import os; os.kill(os.getpid(), 9)", "print('x' * 9_000_000)", ""])
async def test_only_a_whole_answer_is_believed(
    home: Path, at: Callable[[str], Place], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: str
) -> None:
    (tmp_path / "odd.py").write_text(code)
    monkeypatch.setattr(look_inside, "__file__", str(tmp_path / "odd.py"))
    (home / "t.parquet").write_bytes(b"PAR1")
    assert "error" in await Looker().table(ANNA, at("t.parquet"), 1)


@pytest.mark.proves("files.preview")
async def test_a_picture_has_its_size(home: Path, at: Callable[[str], Place]) -> None:
    Image.new("RGB", (30, 20)).save(home / "p.png")
    found = await see(at("p.png"))
    assert (found.kind, found.width, found.height) == (PreviewKind.PICTURE, 30, 20)


@pytest.mark.proves("files.preview")
async def test_a_picture_of_too_many_points_is_not_shown(home: Path, at: Callable[[str], Place]) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    points = chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    (home / "bomb.png").write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + points)
    found = await see(at("bomb.png"))
    assert (found.kind, found.width) == (PreviewKind.NONE, 60_000)
    assert "too many" in found.note


async def test_what_is_no_picture_says_so(home: Path, at: Callable[[str], Place]) -> None:
    (home / "p.png").write_text("no picture")
    assert (await see(at("p.png"))).note


@pytest.mark.proves("files.preview")
async def test_a_notebook_shows_its_cells(home: Path, at: Callable[[str], Place]) -> None:
    cells = [{"cell_type": "markdown", "source": ["# A", "b"]}, {"cell_type": "code", "source": "1 + 1"}, "odd", 3]
    (home / "n.ipynb").write_text(json.dumps({"cells": cells}))
    found = await see(at("n.ipynb"))
    assert [(cell.kind, cell.source) for cell in found.cells] == [("markdown", "# Ab"), ("code", "1 + 1")]


@pytest.mark.parametrize("raw", ["", "[]", "{", '{"cells": 3}', "[" * 100_000, '{"cells": [' * 5000])
async def test_a_broken_notebook_says_so(home: Path, at: Callable[[str], Place], raw: str) -> None:
    (home / "n.ipynb").write_text(raw)
    found = await see(at("n.ipynb"))
    assert (found.kind, bool(found.note)) == (PreviewKind.NONE, True)


@pytest.mark.proves("files.preview")
async def test_a_text_shows_its_head(home: Path, at: Callable[[str], Place]) -> None:
    (home / "log.txt").write_text("line\n" * 100_000)
    found = await see(at("log.txt"))
    assert (found.kind, found.truncated, len(found.text)) == (PreviewKind.TEXT, True, 64 * 1024)
    (home / "empty").touch()
    assert (await see(at("empty"))).text == ""


async def test_what_is_no_text_says_so(home: Path, at: Callable[[str], Place]) -> None:
    (home / "a.bin").write_bytes(b"\0\1\2")
    found = await see(at("a.bin"))
    assert (found.kind, bool(found.note)) == (PreviewKind.NONE, True)


async def test_a_table_of_text_is_one(home: Path, at: Callable[[str], Place]) -> None:
    (home / "t.csv").write_text("a;b\n" + "1;2\n" * 10)
    found = await see(at("t.csv"), 3)
    assert (found.kind, found.separator, len(found.rows), found.total) == (PreviewKind.TABLE, ";", 3, None)


async def test_what_is_no_file_is_not_waited_for(home: Path, at: Callable[[str], Place]) -> None:
    os.mkfifo(home / "pipe.csv")
    with pytest.raises(NotFound):
        await see(at("pipe.csv"))
    with pytest.raises(NotFound):
        await see(at("lost.parquet"))
    (home / "folder").mkdir()
    with pytest.raises(BadRequest):
        await see(at("folder"))


def test_values_travel_as_json_has_them() -> None:
    given = [None, True, 1, 2**60, 1.5, float("inf"), b"abc", "x" * 600, "\udc80"]
    assert [look_inside.plain(value) for value in given] == [
        None, True, 1, str(2**60), 1.5, "inf", "3 bytes", "x" * 500 + "…", "?"]
