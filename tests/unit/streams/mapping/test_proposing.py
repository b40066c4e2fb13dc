"""Columns that are proposed for some messages."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.streams.mapping import Mapper, Proposal, propose
from jupyter_crispdm.streams.sources.port import Message


def proposed(*payloads: Any) -> list[Proposal]:
    return propose([json.dumps(payload).encode() for payload in payloads])


def test_usual_names_get_their_meaning() -> None:
    assert proposed({"ts": 1, "v": 2.5, "p": 0.1, "machine": "A"}) == [
        Proposal("time", "$.ts", "number"),
        Proposal("value", "$.v", "number"),
        Proposal("probability", "$.p", "number"),
        Proposal("machine", "$.machine", "text"),
    ]


def test_a_name_of_its_own_goes_before_one_that_is_like_it() -> None:
    assert proposed({"v": 1, "value": 2})[1] == Proposal("value", "$.value", "number")
    assert proposed({"v": 1, "value": 2})[0] == Proposal("v", "$.v", "number")


def test_what_lies_deeper_is_proposed_by_its_path() -> None:
    assert proposed({"data": {"heat of it": [1, 2]}, "list": [{"x": 1}]}) == [
        Proposal("heat of it", "$.data['heat of it']", "number"),
        Proposal("x", "$.list[*].x", "number"),
    ]


def test_no_name_is_proposed_twice() -> None:
    assert [one.name for one in proposed({"a": {"x": 1}, "b": {"x": 1}, "seq": 4})] == ["x", "x_2", "source_seq"]


def test_all_messages_are_looked_at_and_rubbish_is_passed_over() -> None:
    assert [one.path for one in propose([b"\xff", b'{"a": 1}', b"7", b'{"b": "x"}'])] == ["$.a", "$", "$.b"]


def test_a_list_of_samples_is_one_message() -> None:
    assert proposed([{"v": 1}, {"w": 2}]) == [Proposal("value", "$.v", "number"), Proposal("w", "$.w", "number")]


NAMES = st.text(st.characters(blacklist_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=10)


@given(st.dictionaries(NAMES, st.integers(0, 9) | st.dictionaries(NAMES, st.text("ab"), max_size=3), max_size=6))
def test_every_proposal_reads_what_it_was_made_from(payload: dict[str, Any]) -> None:
    columns = proposed(payload)
    if columns:
        raw = json.dumps(payload).encode()
        mapper = Mapper({one.name: one.path for one in columns})
        result = mapper([Message(raw, 1.7e9)])
        assert {one.name for one in columns} - {"time"} <= result.columns.keys()
