"""What travels can always be written down."""

from __future__ import annotations

import os

import msgspec

from jupyter_crispdm.base.wire import Wire, encode


class Folder(Wire, frozen=True):
    name: str
    inside: list[str] = []
    sizes: dict[str, int] = {}


def test_a_name_that_is_no_text_does_not_spoil_its_list() -> None:
    odd = os.fsdecode(b"r\xe9sum\xe9")
    told = msgspec.json.decode(encode([Folder("good"), Folder(odd, [odd], {odd: 1})]))
    assert told == [
        {"name": "good", "inside": [], "sizes": {}},
        {"name": "r\ufffdsum\ufffd", "inside": ["r\ufffdsum\ufffd"], "sizes": {"r\ufffdsum\ufffd": 1}},
    ]


def test_what_is_text_travels_as_it_is() -> None:
    value = Folder("grüße \N{SNOWMAN}")
    assert encode(value) == msgspec.json.encode(value)
