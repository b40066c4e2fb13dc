"""What clients send is read strictly."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.base.errors import BadRequest
from jupyter_crispdm.base.live.commands import decode, identity, seen
from jupyter_crispdm.base.live.core.log import Place
from jupyter_crispdm.base.live.core.message import Message


def test_commands() -> None:
    told = decode('{"subscribe": "jobs", "since": 5, "epoch": "a-1", "period": 0.5}')
    assert (told.subscribe, told.place, told.period) == ("jobs", Place(5, "a-1"), 0.5)
    assert decode(b'{"unsubscribe": "jobs"}').unsubscribe == "jobs"
    assert decode('{"heartbeat": 2}').heartbeat == 2


@pytest.mark.parametrize(("command", "field"), [
    ({}, "subscribe"), ({"subscribe": "a", "unsubscribe": "b"}, "subscribe"),
    ({"subscribe": "a", "heartbeat": 1}, "subscribe"),
    ({"subscribe": "a", "period": -1}, "period"), ({"subscribe": "a", "since": -1}, "since"),
    ({"subscribe": "a", "epoch": "x" * 101}, "epoch"), ({"subscribe": "a", "epoch": "a b"}, "epoch"),
    ({"heartbeat": 0.1}, "heartbeat"), ({"heartbeat": 1e9}, "heartbeat"),
])  # fmt: skip
def test_what_is_wrong_with_a_command_is_named(command: dict[str, Any], field: str) -> None:
    with pytest.raises(BadRequest) as refused:
        decode(json.dumps(command))
    assert refused.value.details["field"] == field


@pytest.mark.parametrize("text", ["{", "[]", '{"subscribe": 1}', '{"subscribe": "a", "odd": 1}', "[" * 50_000, b"\xff"])
def test_what_is_no_command_is_refused(text: str | bytes) -> None:
    with pytest.raises(BadRequest):
        decode(text)


def test_where_a_stream_goes_on() -> None:
    assert seen(["a"], "", "") == {}
    assert seen(["a"], "5", "") == {"a": Place(5)}
    assert seen(["a"], "5", "e") == {"a": Place(5, "e")}
    assert seen(["a"], "5@f", "e") == {"a": Place(5, "f")}
    assert seen(["a", "b"], '{"a": 5, "b": [6, "e"]}', "") == {"a": Place(5), "b": Place(6, "e")}


@pytest.mark.parametrize(
    "text", ["x", "-1", "²", "9" * 5000, "[[", '{"a": "b"}', '{"a": -1}', '{"a": [1, "x y"]}', "5@a b"]
)
def test_where_no_stream_goes_on(text: str) -> None:
    with pytest.raises(BadRequest) as refused:
        seen(["a"], text, "")
    assert refused.value.details["field"] in ("Last-Event-ID", "epoch")


@given(places=st.dictionaries(
    st.sampled_from(["jobs", "jobs/a/log", "models"]),
    st.tuples(st.integers(0, 2**62), st.none() | st.from_regex(r"[\w.-]{1,20}", fullmatch=True, alphabet="ab1.-_")),
    min_size=1,
))  # fmt: skip
def test_an_id_brings_a_stream_back_to_where_it_was(places: dict[str, tuple[int, str | None]]) -> None:
    wanted = {topic: Place(*place) for topic, place in places.items()}
    topic, (seq, epoch) = next(iter(places.items()))
    id = identity(wanted, Message(topic, seq, None, epoch)).decode()
    assert seen([*places], id, "") == wanted
