"""What a run kept with a step, as the server reads it: every line is what a program wrote, and may be anything."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from jupyter_crispdm.base.errors import NotFound
from jupyter_crispdm.tracking.media import index
from jupyter_crispdm.tracking.media.index import MOST_LISTED, MediaIndex
from jupyter_crispdm.tracking.media.manager import MediaManager
from jupyter_crispdm.tracking.media.types import MediaKind, MediaQuery, PieceQuery


@pytest.fixture
def run(tmp_path: Path) -> Path:
    directory = tmp_path / "run"
    (directory / "gathered").mkdir(parents=True)
    return directory


def line(**fields: Any) -> bytes:
    whole = {"name": "a", "kind": "image", "step": 0, "file": "media/1.png", "time": 5.5, "bytes": 3, **fields}
    return json.dumps({key: value for key, value in whole.items() if value is not ...}).encode() + b"\n"


def write(run: Path, *lines: bytes, name: str = "media.jsonl") -> None:
    with (run / name).open("ab") as file:
        file.writelines(lines)


async def listed(run: Path, **query: Any) -> list[tuple[str, str, list[int]]]:
    found = await MediaManager().list_of(run, MediaQuery(**query))
    return [(one.name, one.kind.value, [piece.step for piece in one.pieces]) for one in found.media]


@pytest.mark.proves("training.media")
async def test_pieces_are_listed_by_name_kind_and_step(run: Path) -> None:
    write(run, line(step=7), line(step=2), line(name="b", kind="table", file="media/2.json", rows=3, columns=2))
    write(run, line(kind="text", file="media/3.txt"), line(step=2, index=1, caption="second", width=4, height=3))
    assert await listed(run) == [("a", "image", [2, 2, 7]), ("a", "text", [0]), ("b", "table", [0])]
    assert await listed(run, name="a") == [("a", "image", [2, 2, 7]), ("a", "text", [0])]
    assert await listed(run, kind=MediaKind.table) == [("b", "table", [0])]
    assert await listed(run, name="nothing") == []
    found = await MediaManager().list_of(run, MediaQuery(name="a"))
    second = found.media[0].pieces[1]
    assert (second.index, second.caption, second.width, second.height, second.time) == (1, "second", 4, 3, 5.5)


@pytest.mark.proves("training.media")
async def test_what_the_server_found_elsewhere_stands_beside_it(run: Path) -> None:
    write(run, line())
    write(run, line(step=1, file="gathered/media/x.png"), name="gathered/media.jsonl")
    assert await listed(run) == [("a", "image", [0, 1])]
    piece = await MediaManager().piece(run, "a", PieceQuery())
    assert (piece.path, piece.media_type) == (run / "gathered" / "media" / "x.png", "image/png")


@pytest.mark.proves("training.media-version")
@pytest.mark.parametrize("other", [{"file": "media/2.png"}, {"time": 6.5}, {"bytes": 4}])
async def test_what_takes_the_place_of_another_piece_has_another_version(run: Path, other: dict[str, Any]) -> None:
    media = MediaManager()

    async def version() -> str:
        [series] = (await media.list_of(run, MediaQuery())).media
        [piece] = series.pieces
        return piece.version

    write(run, line())
    first = await version()
    write(run, line(**other))
    assert first != await version()
    write(run, line())
    assert first == await version()  # an address stays while the piece does


async def test_the_newest_line_of_a_piece_counts(run: Path) -> None:
    write(run, line(step=3, bytes=1), line(step=3, bytes=2, file="media/2.png"))
    piece = await MediaManager().piece(run, "a", PieceQuery(step=3))
    assert piece.path.name == "2.png"
    assert await listed(run) == [("a", "image", [3])]


async def test_a_piece_is_found_by_step_kind_and_index(run: Path) -> None:
    write(run, line(step=1), line(step=9, file="media/9.gif"), line(step=9, index=1, file="media/9b.webp"))
    write(run, line(step=4, kind="text", file="media/t.txt"), line(step=5, kind="figure", file="media/f.exe"))
    media = MediaManager()

    async def found(**query: Any) -> tuple[str, str]:
        piece = await media.piece(run, "a", PieceQuery(**query))
        return piece.path.name, piece.media_type

    assert await found() == ("9.gif", "image/gif")
    assert await found(index=1) == ("9b.webp", "image/webp")
    assert await found(step=1) == ("1.png", "image/png")
    assert await found(kind=MediaKind.text) == ("t.txt", "text/plain; charset=utf-8")
    assert await found(kind=MediaKind.figure) == ("f.exe", "application/octet-stream")
    for query in ({"step": 2}, {"index": 7}, {"kind": MediaKind.table}):
        with pytest.raises(NotFound):
            await found(**query)
    with pytest.raises(NotFound):
        await media.piece(run, "b", PieceQuery())


@pytest.mark.proves("training.media-faults")
@pytest.mark.parametrize(
    "bad",
    [
        b"no JSON\n", b"[]\n", b"{}\n", b"\xff\xfe\n", b"\n", b"[" * 5000 + b"\n",
        b'{"name": "a' + b"x" * 40_000 + b"\n", b"x" * 700_000 + b"\n",
        line(name=""), line(name="x" * 400), line(name=3), line(kind="html"), line(kind=...), line(step=2**64),
        line(step=1.5), line(step=...), line(bytes=-1), line(index=2**40), line(caption="x" * 1000),
        line(file="media/../../../etc/passwd"), line(file="/etc/passwd"), line(file="media/"),
        line(file="media/.hidden"),
        line(file="media/a/b"), line(file="other/a.png"), line(file="media/a\n.png"), line(file="media/a.png\n"),
        line(file=...), line(file="gathered/../media/a.png"), line(time="now"),
    ],
)  # fmt: skip
async def test_a_bad_line_spoils_no_other(run: Path, bad: bytes) -> None:
    write(run, line(step=1), bad, line(step=2))
    assert await listed(run) == [("a", "image", [1, 2])]


@pytest.mark.proves("training.media-faults")
async def test_a_line_that_is_still_being_written_is_seen_when_it_is_whole(run: Path) -> None:
    media = MediaManager()
    write(run, line(step=1), line(step=2)[:-10])
    assert [len(one.pieces) for one in (await media.list_of(run, MediaQuery())).media] == [1]
    write(run, line(step=2)[-10:])
    assert [len(one.pieces) for one in (await media.list_of(run, MediaQuery())).media] == [2]


@pytest.mark.proves("training.media-faults")
async def test_a_link_or_a_pipe_in_place_of_the_list_is_told(run: Path) -> None:
    os.mkfifo(run / "media.jsonl")
    found = await MediaManager().list_of(run, MediaQuery())
    assert (found.media, found.trouble) == (
        [], "Some of what was kept cannot be read: 'media.jsonl' is a pipe, not a file."
    )  # fmt: skip
    (run / "media.jsonl").unlink()
    (run / "media.jsonl").symlink_to("/etc/passwd")
    assert "'media.jsonl' is a link" in (await MediaManager().list_of(run, MediaQuery())).trouble


async def test_of_many_pieces_some_are_listed_the_first_and_the_last_among_them(run: Path) -> None:
    write(run, *(line(step=step) for step in range(2000)), line(name="b", kind="text", file="media/t.txt"))
    found = await MediaManager().list_of(run, MediaQuery())
    many, few = found.media
    steps = [piece.step for piece in many.pieces]
    assert (len(steps), steps[0], steps[-1], many.left_out) == (MOST_LISTED, 0, 1999, 2000 - MOST_LISTED)
    assert steps == sorted(set(steps))
    assert (len(few.pieces), few.left_out) == (1, 0)


async def test_names_without_number_are_listed_in_bounded_size(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "MOST_PIECES", 50)
    write(run, *(line(name=f"n{number}") for number in range(60)))
    found = await MediaManager().list_of(run, MediaQuery())
    assert len(found.media) == 50
    assert found.trouble == "'media.jsonl' is too long: its first 50 pieces are shown."


def test_a_run_that_kept_nothing_has_no_trouble(run: Path) -> None:
    for directory in (run, run / "nowhere"):
        found = MediaIndex.whole(directory)
        assert (found.pieces, found.trouble) == ({}, "")
