from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest

from jupyter_crispdm.base.errors import BadRequest, CrispdmError, Gone, NotFound, Unavailable, Unprocessable
from jupyter_crispdm.serving.inference.protocols.generation import Generation
from jupyter_crispdm.serving.inference.text_types import GenerateRequest
from jupyter_crispdm.streaming import Event, Stream
from jupyter_crispdm.streaming.events import EventParser

from ..pens import Pen, Spec, writers

ASKED = GenerateRequest("Once", "7", {"max_tokens": 8, "seed": 1})
ME = "user me"


async def events(stream: Stream[bytes], most: int = 1000) -> list[Event]:
    """So many events of a stream; then its reader leaves."""
    parser, found = EventParser(), list[Event]()
    async for data in stream:
        found += parser.feed(data)
        if len(found) >= most:
            break
    await stream.aclose()
    return found[:most]


def text_of(found: list[Event]) -> str:
    return "".join(msgspec.json.decode(event.data)["text_output"] for event in found)


async def begin(generation: Generation, last_event_id: str = "", caller: str = ME) -> Stream[bytes]:
    return await generation.stream(ASKED, "pen", None, caller, last_event_id)


@pytest.mark.proves("text.generate")
async def test_a_text_comes_whole_with_how_it_ended() -> None:
    pen = Pen()
    reply = await Generation(writers(pen)).generate(ASKED, "pen", None, ME)
    assert msgspec.to_builtins(reply) == {
        "model_name": "pen", "model_version": "3", "text_output": "abcdefgh", "id": "7",
        "details": {"finish_reason": "length", "prompt_tokens": 4, "completion_tokens": 8},
    }  # fmt: skip
    assert pen.asked == [{"prompt": "Once", "max_tokens": 8, "seed": 1, "caller": ME}]
    assert pen.open == 0


@pytest.mark.proves("text.generate-stream")
async def test_a_text_comes_piece_by_piece_and_the_last_one_says_how_it_ended() -> None:
    found = await events(await begin(Generation(writers(Pen()))))
    said = [msgspec.json.decode(event.data) for event in found]
    assert [piece["text_output"] for piece in said] == [*"abcdefgh", ""]
    assert [piece.get("details") for piece in said[:-1]] == [None] * 8
    assert said[-1]["details"]["finish_reason"] == "length"
    assert {(piece["model_name"], piece["model_version"], piece["id"]) for piece in said} == {("pen", "3", "7")}
    assert len({event.id for event in found}) == 9, "each event has an id of its own"


async def test_a_model_that_says_nothing_of_its_end_stopped_there() -> None:
    reply = await Generation(writers(Pen("ab", tells_usage=False))).generate(ASKED, "pen", None, ME)
    assert reply.details is not None
    assert (reply.details.finish_reason, reply.details.completion_tokens) == ("stop", 2)


async def test_a_model_that_never_ends_is_ended() -> None:
    class Endless(Pen):
        async def stream(self, parameters: Any, caller: str) -> Any:
            while True:
                yield {"text": "x" * 2**18}

    reply = await Generation(writers(Endless())).generate(ASKED, "pen", None, ME)
    assert reply.details is not None
    assert reply.details.finish_reason == "length"
    assert len(reply.text_output) < 2**21


@pytest.mark.proves("text.resumed")
async def test_a_stream_that_was_cut_goes_on_after_the_last_event() -> None:
    pen = Pen()
    generation = Generation(writers(pen))
    first = await events(await begin(generation), 3)
    assert pen.open == 0, "the model does not write for nobody"
    assert pen.written == 3
    rest = await events(await begin(generation, first[-1].id))
    assert text_of([*first, *rest]) == "abcdefgh"
    assert pen.asked[1]["written"] == "abc"
    assert pen.written == 8, "nothing is written twice"


@pytest.mark.proves("text.resumed")
async def test_a_stream_that_is_cut_again_and_again_arrives_exactly_once() -> None:
    text = "".join(chr(ord("a") + place % 26) for place in range(1000))
    generation, found, last = Generation(writers(Pen(text))), list[Event](), ""
    while not found or not msgspec.json.decode(found[-1].data).get("details"):
        found += await events(await begin(generation, last), 1 + len(found) % 37)
        last = found[-1].id
    assert text_of(found) == text
    assert len({event.id for event in found}) == len(found) == 1001


async def test_events_that_were_sent_and_not_read_are_sent_again() -> None:
    generation = Generation(writers(Pen()))
    first = await events(await begin(generation), 5)
    again = await events(await begin(generation, first[1].id))
    assert again[:3] == first[2:]
    assert text_of([*first[:2], *again]) == "abcdefgh"


async def test_a_stream_begins_with_the_model_that_was_chosen_for_it() -> None:
    """A trial chooses once for each request; asked for by its version, the text was nobody's to compare."""
    pen = Pen()
    desk = writers(pen)
    asked: list[int | None] = []
    found = desk.find

    def find(model: str, version: int | None = None) -> Any:
        asked.append(version)
        return found(model, version)

    desk.find = find  # type: ignore[method-assign]
    generation = Generation(desk)
    first = await events(await begin(generation), 3)
    assert asked == [None]
    await events(await begin(generation, first[-1].id))
    assert asked == [None, 3]


@pytest.mark.proves("text.resumed")
async def test_an_empty_id_begins_anew() -> None:
    generation = Generation(writers(Pen()))
    first = await events(await begin(generation), 2)
    anew = await events(await begin(generation, ""))
    assert text_of(anew) == "abcdefgh"
    assert {event.id for event in first}.isdisjoint(event.id for event in anew)


async def test_a_stream_that_is_over_can_still_be_read_again() -> None:
    pen = Pen()
    generation = Generation(writers(pen))
    first = await events(await begin(generation))
    assert await events(await begin(generation, first[-1].id)) == []
    assert text_of(await events(await begin(generation, first[3].id))) == "efgh"
    assert len(pen.asked) == 1


async def test_a_model_that_cannot_go_on_says_so_instead_of_writing_something_twice() -> None:
    generation = Generation(writers(Pen(signature={})))
    first = await events(await begin(generation), 3)
    with pytest.raises(Gone, match="Begin anew"):
        await begin(generation, first[-1].id)


async def test_what_was_written_goes_on_with_the_same_version_only() -> None:
    old, new = Pen(), Pen(spec=Spec(version=4))
    generation = Generation(writers(old, new))
    first = await events(await begin(generation), 3)
    rest = await events(await begin(generation, first[-1].id))
    assert {msgspec.json.decode(event.data)["model_version"] for event in [*first, *rest]} == {"3"}
    assert new.asked == []


@pytest.mark.proves("text.resumed")
@pytest.mark.parametrize("last_event_id", ["7", "x" * 5000, "0" * 16 + "-1x", "é"])
async def test_an_id_that_is_none_of_ours_is_refused(last_event_id: str) -> None:
    with pytest.raises(BadRequest, match="Last-Event-ID"):
        await begin(Generation(writers(Pen())), last_event_id)


async def test_somebody_elses_stream_is_nobodys_to_go_on_with() -> None:
    generation = Generation(writers(Pen()))
    first = await events(await begin(generation), 2)
    with pytest.raises(Gone):
        await begin(generation, first[-1].id, "user other")


@pytest.mark.proves("text.refused")
@pytest.mark.parametrize("error", [Unprocessable("No.", field="seed"), Unavailable("Busy.", retry_after=1)])
async def test_what_is_refused_before_anything_is_written_is_told_by_its_status(error: CrispdmError) -> None:
    generation = Generation(writers(Pen(breaks=(0, error))))
    with pytest.raises(type(error)):
        await begin(generation)
    with pytest.raises(type(error)):
        await generation.generate(ASKED, "pen", None, ME)


@pytest.mark.proves("text.refused")
async def test_what_goes_wrong_in_the_middle_is_an_event() -> None:
    pen = Pen(breaks=(2, Unavailable("The model's process died.", retry_after=1)))
    found = await events(await begin(Generation(writers(pen))))
    assert [event.name for event in found] == ["", "", "error"]
    assert msgspec.json.decode(found[-1].data)["message"] == "The model's process died."


@pytest.mark.proves("text.refused")
async def test_only_models_that_write_are_asked() -> None:
    generation = Generation(writers(Pen(streams=False)))
    with pytest.raises(Unprocessable, match="writes no text"):
        await generation.generate(ASKED, "pen", None, ME)
    with pytest.raises(NotFound):
        await generation.generate(ASKED, "pencil", None, ME)
    with pytest.raises(NotFound):
        await begin(Generation(writers()))


@pytest.mark.proves("text.left")
async def test_whoever_is_cancelled_while_they_wait_leaves_nothing_behind() -> None:
    pen = Pen()
    generation = Generation(writers(pen))
    waiting = asyncio.ensure_future(begin(generation))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert pen.open == 0


@pytest.mark.proves("text.left")
async def test_a_stream_that_nobody_begins_to_read_is_let_go() -> None:
    pen = Pen()
    stream = await begin(Generation(writers(pen)))
    assert pen.open == 1
    await stream.aclose()
    assert pen.open == 0
