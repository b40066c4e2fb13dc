"""What a run keeps with a step, followed: each piece once, whatever the lists go through."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_crispdm.base.live.core.log import Place, moved, step
from jupyter_crispdm.tracking.media.follow import MediaSource
from jupyter_crispdm.tracking.media.index import MOST_LISTED

from .test_media import line, run, write

__all__ = ["run"]


class Follower:
    """Reads a source as the hub does; `told` are names and steps, in the order in which they were told."""

    def __init__(self, source: MediaSource) -> None:
        self.source = source
        self.place = Place()
        self.resets = 0

    def read(self, over: bool = False) -> list[tuple[str, int]]:
        told: list[tuple[str, int]] = []
        state = self.source.look(over)
        while (what := step(self.place, state)) is not None:
            if not what.brings:
                self.place = moved(self.place, state, what.start or 0, what)
                continue
            found = self.source.read(what.start, state)
            assert found is not None
            fact, end = found
            self.resets += what.is_reset
            told += [(one.name, piece.step) for one in fact.media for piece in one.pieces]
            self.place = moved(self.place, state, end, what)
        return told


@pytest.fixture
def follower(run: Path) -> Follower:
    return Follower(MediaSource(run))


@pytest.mark.proves("training.media-live")
def test_each_piece_is_told_once_as_it_comes(run: Path, follower: Follower) -> None:
    assert follower.read() == []
    write(run, line(step=1), line(step=2))
    assert follower.read() == [("a", 1), ("a", 2)]
    assert follower.read() == []
    write(run, line(step=3), line(name="b", kind="text", file="media/1.txt"))
    assert follower.read() == [("a", 3), ("b", 0)]
    assert follower.resets == 0


@pytest.mark.proves("training.media-live")
def test_what_the_server_gathers_is_told_too(run: Path, follower: Follower) -> None:
    gathered = "gathered/media.jsonl"
    write(run, line(step=1, file="gathered/media/1.png"), name=gathered)
    assert follower.source.look(False).folder == run / "gathered"
    assert follower.read() == [("a", 1)]
    write(run, line(name="own", step=5))
    assert follower.read() == [("a", 1), ("own", 5)]  # another list is there now: all is told anew
    assert follower.resets == 1
    write(run, line(step=2, file="gathered/media/2.png"), name=gathered)
    write(run, line(name="own", step=6))
    assert follower.read() == [("a", 2), ("own", 6)]


def test_a_line_is_told_when_it_is_whole(run: Path, follower: Follower) -> None:
    whole = line(step=2)
    write(run, line(step=1), whole[:-7])
    assert follower.read() == [("a", 1)]
    write(run, whole[-7:])
    assert follower.read() == [("a", 2)]


def test_a_cursor_is_good_for_another_reader(run: Path, follower: Follower) -> None:
    write(run, line(step=1))
    follower.read()
    write(run, line(step=2))
    other = Follower(MediaSource(run))
    other.place = follower.place
    assert other.read() == [("a", 2)]


@pytest.mark.parametrize("how", ["cut", "replaced"])
def test_lists_that_become_others_are_told_anew(run: Path, follower: Follower, how: str) -> None:
    write(run, line(step=1), line(step=2))
    follower.read()
    if how == "cut":
        os.truncate(run / "media.jsonl", 0)
    else:
        (run / "other").write_bytes(line(step=8))
        (run / "other").replace(run / "media.jsonl")
    write(run, line(step=9))
    assert follower.read() == ([("a", 9)] if how == "cut" else [("a", 8), ("a", 9)])
    assert follower.resets == 1


def test_a_reader_of_lists_that_are_others_by_now_looks_again(run: Path) -> None:
    write(run, line(step=1))
    source = MediaSource(run)
    state = source.look(False)
    assert source.read(None, replace(state, epoch="other")) is None


@pytest.mark.proves("training.media-faults")
def test_a_pipe_or_a_link_in_place_of_a_list_is_told(run: Path, follower: Follower) -> None:
    os.mkfifo(run / "media.jsonl")
    assert "'media.jsonl' is a pipe" in follower.source.look(False).trouble
    (run / "media.jsonl").unlink()
    (run / "media.jsonl").symlink_to("/etc/passwd")
    assert "'media.jsonl' is a link" in follower.source.look(False).trouble
    (run / "media.jsonl").unlink()
    assert follower.source.look(False).trouble == ""
    write(run, line(step=1))
    assert follower.read() == [("a", 1)]


@pytest.mark.proves("training.media-faults")
@pytest.mark.parametrize("bad", [b"no JSON\n", b"x" * 700_000 + b"\n", line(step=1.5)])
def test_a_bad_line_spoils_no_other(run: Path, follower: Follower, bad: bytes) -> None:
    write(run, line(step=1))
    assert follower.read() == [("a", 1)]
    write(run, bad, line(step=2))
    assert follower.read() == [("a", 2)]


def test_of_very_many_at_once_some_are_told(run: Path, follower: Follower) -> None:
    write(run, *(line(step=one) for one in range(3000)))
    told = follower.read()
    assert (len(told), told[0], told[-1]) == (MOST_LISTED, ("a", 0), ("a", 2999))
    assert follower.read() == []


def test_who_follows_hears_of_the_end(run: Path, follower: Follower) -> None:
    write(run, line(step=1))
    assert follower.read(over=True) == [("a", 1)]
    assert follower.place.ended
