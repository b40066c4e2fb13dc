"""An upstream's answer as messages, and as what the caller gets."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest

from jupyter_crispdm.proxy.errors import UpstreamFailed, UpstreamTimeout
from jupyter_crispdm.proxy.messages import Message, error_of, form_of, messages, sent, transformed
from jupyter_crispdm.streaming import Stream


async def all_of(stream: Stream[Any]) -> list[Any]:
    return [item async for item in stream]


async def values(pieces: list[bytes], form: Any) -> list[Any]:
    return [message.value for message in await all_of(messages(Stream(pieces), form))]


@pytest.mark.parametrize(
    ("kind", "asked", "form"),
    [
        ("text/event-stream", "json", "sse"),
        ("application/x-ndjson", None, "ndjson"),
        ("application/jsonl", "sse", "ndjson"),
        ("application/json", "sse", "json"),
        ("application/problem+json", None, "json"),
        ("text/plain", None, "text"),
        ("text/plain", "ndjson", "ndjson"),
        ("", "json", "json"),
        ("", None, "text"),
    ],
)
def test_an_answer_is_read_as_what_it_says_it_is(kind: str, asked: Any, form: str) -> None:
    assert form_of(cast(Any, SimpleNamespace(media_type=kind)), asked) == form


async def test_events_keep_their_ids_and_names() -> None:
    pieces = [b'id: 1\nevent: token\ndata: {"a"', b": 1}\n\ndata: plain text\n\ndata: [DONE]\n\n"]
    assert await all_of(messages(Stream(pieces), "sse")) == [
        Message({"a": 1}, "1", "token"),
        Message("plain text", "1"),
    ]


async def test_each_form_may_be_cut_anywhere() -> None:
    assert await values([b'{"a":', b"1}\n[2]\n", b"3"], "ndjson") == [{"a": 1}, [2], 3]
    assert await values([b'[{"a":', b"1},[2]", b",3]"], "json") == [{"a": 1}, [2], 3]
    assert await values(["é".encode()[:1], "é€".encode()[1:], b"\xff"], "text") == ["é€", "\ufffd"]
    assert await values([b"\xe2\x82"], "text") == ["\ufffd"]


async def test_a_transform_changes_values_and_leaves_out_what_it_returns_none_for() -> None:
    async def positive(value: int) -> int | None:
        return value * 10 if value > 0 else None

    stream = transformed(Stream([Message(1, "a", "n"), Message(-1, "b"), Message(2, "c")]), positive)
    assert await all_of(stream) == [Message(10, "a", "n"), Message(20, "c")]


async def test_messages_are_sent_as_events_or_as_lines() -> None:
    told = [Message({"a": 1}, "7", "token"), Message("two\nlines"), Message(None), Message(2**70)]
    assert b"".join(await all_of(sent(Stream(told), as_events=False))) == (
        b'{"a":1}\n"two\\nlines"\nnull\n1180591620717411303424\n'
    )
    assert b"".join(await all_of(sent(Stream(told), as_events=True))) == (
        b'id: 7\nevent: token\ndata: {"a":1}\n\ndata: two\ndata: lines\n\n'
        b"data: null\n\ndata: 1180591620717411303424\n\n"
    )


@pytest.mark.parametrize("as_events", [False, True])
async def test_what_goes_wrong_is_the_last_message(as_events: bool) -> None:
    stream = sent(messages(Stream([b"1\n2\n{oops}\n3\n"]), "ndjson"), as_events)
    pieces = await all_of(stream)
    assert len(pieces) == 3
    begin = b'event: error\ndata: {"message":' if as_events else b'{"error":{"message":'
    assert pieces[-1].startswith(begin)
    assert b'"code":"upstream_failed"' in pieces[-1]


async def test_what_cannot_be_sent_is_told_too() -> None:
    async def odd(value: int) -> object:
        return object()

    stream = sent(transformed(Stream([Message(1)]), odd), as_events=False)
    assert b"could not be passed on: " in (await all_of(stream))[-1]


async def test_a_transform_that_fails_is_named() -> None:
    async def broken(value: int) -> int:
        return 1 // value

    pieces = await all_of(sent(transformed(Stream([Message(1), Message(0)]), broken), as_events=False))
    assert pieces[0] == b"1\n"
    assert b"map(broken): ZeroDivisionError" in pieces[1]


@pytest.mark.parametrize("form", ["sse", "ndjson", "json", "text"])
@pytest.mark.parametrize("as_events", [False, True])
async def test_a_stream_that_nobody_reads_closes_the_upstream(form: Any, as_events: bool) -> None:
    closed = []
    pieces = Stream([b""], close=lambda: closed.append(1))
    await sent(messages(pieces, form), as_events).aclose()
    assert closed != []


def test_errors_of_the_line_are_told_as_ours_and_others_are_not() -> None:
    assert isinstance(error_of(httpx.ReadTimeout("")), UpstreamTimeout)
    assert isinstance(error_of(httpx.RemoteProtocolError("cut")), UpstreamFailed)
    with pytest.raises(KeyError):
        error_of(KeyError("a mistake of ours"))
