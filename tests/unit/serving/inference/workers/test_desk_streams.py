"""Streams at the desk: they have places, and wait for them in turn."""

from __future__ import annotations

import pytest

from jupyter_crispdm.base.errors import Unavailable
from jupyter_crispdm.serving.inference.errors import WorkerDied

from .room import Played, Room, turn


async def test_streams_have_places_and_wait_for_them_in_turn() -> None:
    worker = Played()
    room = Room(worker, streams=2)
    streams = [room.desk.stream({"n": number}, "ada") for number in range(4)]
    await turn()
    assert list(worker.streams.values()) == streams[:2]
    assert room.desk.waiting == 2
    streams[2].leave()
    assert room.desk.waiting == 1
    del worker.streams[0]
    worker.freed()
    assert list(worker.streams.values()) == [streams[1], streams[3]]
    assert room.desk.streams == 2


async def test_a_process_s_end_is_the_end_of_its_streams() -> None:
    worker = Played()
    room = Room(worker)
    stream = room.desk.stream({}, "ada")
    await turn()
    stream.came({"text": "a"})
    room.lose(worker)
    assert await stream.next() == {"text": "a"}
    with pytest.raises(WorkerDied):
        await stream.next()


async def test_streams_are_refused_when_too_many_wait() -> None:
    room = Room(waiting=1, waiting_each=1)
    room.desk.stream({}, "ada")
    with pytest.raises(Unavailable, match="1 requests wait"):
        room.desk.stream({}, "ada")


async def test_who_waits_too_long_for_a_place_is_told() -> None:
    worker = Played()
    room = Room(worker, streams=1)
    open_, waiting, patient = (room.desk.stream({"n": number}, "ada") for number in range(3))
    await turn()
    waiting.deadline = 0.0
    room.desk._alarm.ring()
    with pytest.raises(Unavailable, match="Try again in"):
        await waiting.next()
    assert room.desk.waiting == 1
    del worker.streams[0]
    worker.freed()
    assert list(worker.streams.values()) == [patient]
    room.desk.close(Unavailable("over"))
    assert open_.room
