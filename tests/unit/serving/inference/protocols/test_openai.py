"""OpenAI's calls without HTTP; their own client speaks to a real server in tests/server/serving/inference."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from jupyter_crispdm.base.errors import Unavailable, Unprocessable
from jupyter_crispdm.base.http.route import Reply
from jupyter_crispdm.serving.inference.protocols.openai import OpenAI
from jupyter_crispdm.streaming.events import EventParser

from ..pens import Pen, Spec, writers

ME = "user me"


def told(reply: Reply) -> Any:
    return msgspec.to_builtins(reply.value)


async def streamed(reply: Reply) -> list[str]:
    """The data of the events of an answer."""
    parser, found = EventParser(), []
    async for data in reply.value:
        found += [event.data for event in parser.feed(data)]
    return found


async def chat(pen: Pen, **asked: Any) -> Reply:
    given = {"model": "pen", "messages": [{"role": "user", "content": "Once"}], **asked}
    return await OpenAI(writers(pen)).chat(msgspec.json.encode(given), ME)


async def complete(pen: Pen, **asked: Any) -> Reply:
    given = {"model": "pen", "prompt": "Once", **asked}
    return await OpenAI(writers(pen)).completions(msgspec.json.encode(given), ME)


@pytest.mark.proves("text.openai-models")
def test_the_models_that_write_are_listed_once_each() -> None:
    pens = [Pen(), Pen(spec=Spec(version=2)), Pen(spec=Spec("unet"), streams=False), Pen(spec=Spec("new"), ready=False)]
    calls = OpenAI(writers(*pens))
    assert msgspec.to_builtins(calls.models()) == {
        "object": "list",
        "data": [{"id": "pen", "object": "model", "created": 1700000000, "owned_by": "crispdm"}],
    }
    assert told(calls.model("pen"))["id"] == "pen"
    assert calls.model("nobody").status == 404
    assert calls.model("unet").status == 400


@pytest.mark.proves("text.openai-completions")
async def test_a_completion_has_the_shape_that_clients_read() -> None:
    answer = told(await complete(Pen()))
    assert answer.pop("id").startswith("cmpl-")
    assert answer.pop("created") > 1_700_000_000
    assert answer == {
        "object": "text_completion", "model": "pen",
        "choices": [{"text": "abcdefgh", "index": 0, "logprobs": None, "finish_reason": "length"}],
        "usage": {"prompt_tokens": 4, "completion_tokens": 8, "total_tokens": 12},
    }  # fmt: skip


@pytest.mark.proves("text.openai-chat")
async def test_a_chat_has_the_shape_that_clients_read() -> None:
    answer = told(await chat(Pen()))
    assert answer.pop("id").startswith("chatcmpl-")
    assert answer.pop("created") > 1_700_000_000
    assert answer == {
        "object": "chat.completion", "model": "pen",
        "choices": [{
            "index": 0, "message": {"role": "assistant", "content": "abcdefgh", "refusal": None},
            "logprobs": None, "finish_reason": "length",
        }],
        "usage": {"prompt_tokens": 4, "completion_tokens": 8, "total_tokens": 12},
    }  # fmt: skip


@pytest.mark.proves("text.openai-completions")
async def test_what_is_chosen_reaches_the_model() -> None:
    pen, chosen = Pen(), {"max_tokens": 5, "temperature": 0.5, "top_p": 0.9, "top_k": 3, "stop": ["x"], "seed": 7}
    await complete(pen, **chosen)
    assert pen.asked == [{"prompt": "Once", **chosen, "caller": ME}]


async def test_a_completion_is_short_where_nothing_is_said_and_a_chat_as_long_as_the_model_likes() -> None:
    pen = Pen()
    await complete(pen)
    await chat(pen)
    await chat(pen, max_tokens=3)
    await chat(pen, max_tokens=3, max_completion_tokens=4)
    assert [asked.get("max_tokens") for asked in pen.asked] == [16, None, 3, 4]


async def test_a_model_hears_the_conversation_and_its_text() -> None:
    pen = Pen()
    parts = [{"type": "text", "text": "Good "}, {"type": "text", "text": "day"}]
    said = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": parts}]
    await chat(pen, messages=[*said, {"role": "assistant", "content": None, "name": "x"}])
    assert pen.asked[0]["prompt"] == "Be kind.\n\nGood day\n\n"
    assert pen.asked[0]["messages"][1] == {"role": "user", "content": "Good day"}


async def test_a_list_of_one_prompt_is_one_prompt() -> None:
    pen = Pen()
    await complete(pen, prompt=["Twice"])
    assert pen.asked[0]["prompt"] == "Twice"


@pytest.mark.proves("text.openai-chat")
async def test_a_streamed_chat_says_who_speaks_then_what_then_how_it_ended() -> None:
    reply = await chat(Pen("ab"), stream=True)
    assert reply.headers["Content-Type"].startswith("text/event-stream")
    *chunks, done = await streamed(reply)
    assert done == "[DONE]"
    found = [msgspec.json.decode(chunk) for chunk in chunks]
    assert [chunk["choices"][0]["delta"] for chunk in found] == [
        {"role": "assistant", "content": ""}, {"content": "a"}, {"content": "b"}, {},
    ]  # fmt: skip
    assert [chunk["choices"][0]["finish_reason"] for chunk in found] == [None, None, None, "length"]
    assert {chunk["object"] for chunk in found} == {"chat.completion.chunk"}
    assert len({chunk["id"] for chunk in found}) == 1


@pytest.mark.proves("text.openai-completions")
async def test_a_streamed_completion_tells_the_usage_where_it_is_wanted() -> None:
    reply = await complete(Pen("ab"), stream=True, stream_options={"include_usage": True})
    *chunks, done = await streamed(reply)
    found = [msgspec.json.decode(chunk) for chunk in chunks]
    assert done == "[DONE]"
    assert "".join(chunk["choices"][0]["text"] for chunk in found[:-1]) == "ab"
    assert found[-1]["choices"] == []
    assert found[-1]["usage"] == {"prompt_tokens": 4, "completion_tokens": 2, "total_tokens": 6}


async def test_without_options_no_chunk_is_without_a_choice() -> None:
    for options in (None, {}, {"include_usage": False}):
        chunks = (await streamed(await chat(Pen("ab"), stream=True, stream_options=options)))[:-1]
        assert all(msgspec.json.decode(chunk)["choices"] for chunk in chunks)


@pytest.mark.proves("text.openai-errors")
@pytest.mark.parametrize(
    ("asked", "param"),
    [
        ({"n": 2}, "n"),
        ({"logprobs": 1}, "logprobs"),
        ({"echo": True}, "echo"),
        ({"suffix": "end"}, "suffix"),
        ({"best_of": 3}, "best_of"),
        ({"prompt": []}, "prompt"),
        ({"prompt": ["a", "b"]}, "prompt"),
        ({"prompt": [1, 2]}, "prompt"),
        ({"max_tokens": "many"}, "max_tokens"),
        ({"model": 7}, "model"),
    ],
)
async def test_what_cannot_be_done_is_a_bad_request_that_names_the_field(asked: dict[str, Any], param: str) -> None:
    reply = await complete(Pen(), **asked)
    assert reply.status == 400
    error = told(reply)["error"]
    assert error["type"] == "invalid_request_error"
    assert param in error["param"]


@pytest.mark.proves("text.openai-errors")
@pytest.mark.parametrize(
    "asked",
    [
        {"messages": []},
        {"messages": "hello"},
        {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}]},
        {"tools": [{"type": "function"}]},
        {"response_format": {"type": "json_object"}},
        {"logprobs": True},
        {"n": 0},
    ],
)
async def test_a_chat_that_cannot_be_held_is_a_bad_request(asked: dict[str, Any]) -> None:
    assert (await chat(Pen(), **asked)).status == 400


async def test_what_is_as_usual_may_be_said() -> None:
    usual = {
        "n": 1, "logprobs": False, "tools": [], "response_format": {"type": "text"}, "user": "me", "store": False,
        "frequency_penalty": 0, "metadata": {"a": "b"}, "stream": None, "seed": None,
    }  # fmt: skip
    assert told(await chat(Pen(), **usual))["object"] == "chat.completion"


@pytest.mark.proves("text.openai-errors")
@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b'{"model": NaN}', b"[" * 1000, b'{"prompt": "a"}'])
async def test_a_body_that_is_no_request_is_a_bad_request(body: bytes) -> None:
    calls = OpenAI(writers(Pen()))
    for reply in (await calls.completions(body, ME), await calls.chat(body, ME)):
        assert reply.status == 400
        assert told(reply)["error"]["type"] == "invalid_request_error"


@pytest.mark.proves("text.openai-errors")
async def test_a_model_that_is_not_there_is_told_as_clients_know_it() -> None:
    reply = await complete(Pen(), model="gpt-4o")
    assert reply.status == 404
    assert (told(reply)["error"]["code"], told(reply)["error"]["param"]) == ("model_not_found", "model")


@pytest.mark.proves("text.openai-errors")
@pytest.mark.parametrize("stream", [False, True])
async def test_what_the_model_refuses_names_the_field_and_being_busy_says_when_to_come_again(stream: bool) -> None:
    refused = await chat(Pen(breaks=(0, Unprocessable("'seed' must be …", field="seed"))), stream=stream)
    assert (refused.status, told(refused)["error"]["param"]) == (400, "seed")
    busy = await chat(Pen(breaks=(0, Unavailable("Busy.", retry_after=2))), stream=stream)
    assert (busy.status, busy.headers["Retry-After"]) == (503, "2")
    assert told(busy)["error"]["type"] == "server_error"


async def test_what_goes_wrong_in_the_middle_is_told_there_and_nothing_is_done() -> None:
    found = await streamed(await complete(Pen(breaks=(1, Unavailable("Died."))), stream=True))
    assert msgspec.json.decode(found[-1])["error"]["message"] == "Died."
    assert "[DONE]" not in found


@pytest.mark.proves("text.left")
async def test_a_reader_who_leaves_ends_the_work() -> None:
    pen = Pen()
    reply = await chat(pen, stream=True)
    async for _ in reply.value:
        break
    await reply.value.aclose()
    assert pen.open == 0
    assert pen.written <= 2
