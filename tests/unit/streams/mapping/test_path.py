"""Where a value stands in a message."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.base.errors import BadRequest
from jupyter_crispdm.streams.mapping.path import Path, find, parse_path

MESSAGE = {"ts": 1, "a name": {"b'c": 2}, "list": [{"v": 3}, {"v": 4}], "€": 5}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$.ts", 1),
        ("$['ts']", 1),
        ('$["a name"]["b\'c"]', 2),
        (r"$['a name']['b\'c']", 2),
        ("$.list[0].v", 3),
        ("$.list[-1].v", 4),
        ("$.€", 5),
        ("$", MESSAGE),
    ],
)
def test_a_path_leads_to_one_place(text: str, value: object) -> None:
    assert find(MESSAGE, parse_path(text).steps) == value


@pytest.mark.parametrize("text", ["$.nothing", "$.ts.deeper", "$.list[2]", "$.list[-3]", "$.list.v", "$.ts[0]"])
def test_what_is_not_there_is_none(text: str) -> None:
    assert find(MESSAGE, parse_path(text).steps) is None


def test_all_of_an_array_are_asked_for_once() -> None:
    assert parse_path("$.list[*].v") == Path("$.list[*].v", ("list",), ("v",))
    assert parse_path("$[*]") == Path("$[*]", (), ())


def test_what_is_about_the_message_has_paths_too() -> None:
    assert parse_path("@topic") == Path("@topic", about="topic")
    assert parse_path("@topic[-1]") == Path("@topic[-1]", about="topic", part=-1)
    assert parse_path("@received") == Path("@received", about="received")


@pytest.mark.parametrize(
    "text",
    [
        "", "ts", ".ts", "$ts", "$.", "$..ts", "$.*", "$[?(@.v>1)]", "$[0:2]", "$['a','b']", "$.a[*].b[*]", "$[']",
        "$.list[1.5]", "$.list[]", "$.a b", "$.__import__('os')", "@", "@received[1]", "@topic.x", "$" + ".a" * 21,
        "$." + "a" * 500, "$.list[99999999999]", "$.a\n",
    ],
)  # fmt: skip
@pytest.mark.proves("streams.mapping-safe")
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(BadRequest, match=r"is no path such as \$\.name") as caught:
        parse_path(text, "fields.value")
    assert caught.value.details == {"field": "fields.value"}


@given(st.text(max_size=60))
@pytest.mark.proves("streams.mapping-safe")
def test_no_text_breaks_the_reader_of_paths(text: str) -> None:
    try:
        path = parse_path(text)
    except BadRequest:
        return
    assert path.about or text.startswith("$")


@given(st.lists(st.text(min_size=1, max_size=8), max_size=5))
def test_every_name_can_be_quoted(names: list[str]) -> None:
    quoted = "".join("['" + name.replace("\\", "\\\\").replace("'", "\\'") + "']" for name in names)
    try:
        path = parse_path("$" + quoted)
    except BadRequest:
        assert any(character in name for name in names for character in "\n\r\x85\u2028\u2029\x0b\x0c\x1c\x1d\x1e")
        return
    assert path.steps == tuple(names)
