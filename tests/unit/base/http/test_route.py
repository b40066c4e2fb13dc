"""The route table: declared on methods, read by whoever serves it, and turned back into addresses."""

from __future__ import annotations

import re
import subprocess
import sys
from contextlib import suppress
from enum import Enum
from typing import Annotated, Any
from urllib.parse import unquote

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openapi_spec_validator import validate

from jupyter_crispdm.app import ROUTES
from jupyter_crispdm.base.errors import NotFound
from jupyter_crispdm.base.http.decode import decode_path
from jupyter_crispdm.base.http.openapi import About, document
from jupyter_crispdm.base.http.route import Parameter, Routes, route, route_of, tables

Short = Annotated[str, msgspec.Meta(pattern="^[a-z]{1,3}$")]


class Colour(str, Enum):
    red = "red"


class Toys(Routes):
    """A room of toys."""

    prefix = "play"

    @route("GET", "toys/{id}/parts/{number}", answer=dict, resource="toys")
    async def part(self, request: Any, id: str, number: int) -> dict[str, Any]:
        """Show a part."""
        return {"id": id, "number": number}

    @route("GET", "files/{path:path}", answer=bytes, resource="toys")
    async def file(self, request: Any, path: str) -> bytes:
        """Read a file."""
        return path.encode()

    @route("DELETE", "colours/{colour}/{short}", resource="toys")
    async def paint(self, request: Any, colour: Colour, short: Short) -> None:
        """Paint over."""


PART, FILE, PAINT = (route_of(verb) for verb in (Toys.part, Toys.file, Toys.paint))


def test_the_table_stands_without_tornado_and_jupyter_server() -> None:
    code = (
        "import sys, jupyter_crispdm.base.http.openapi, jupyter_crispdm.base.http.decode\n"
        "print([name for name in ('tornado', 'jupyter_server', 'sqlalchemy') if name in sys.modules])"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == "[]"


def test_a_verb_is_declared_with_the_types_of_its_placeholders() -> None:
    assert PART.parameters == [Parameter("id"), Parameter("number", int)]
    assert FILE.parameters == [Parameter("path", str, takes_slashes=True)]
    assert [entry.name for entry in Toys.table()] == ["part", "file", "paint"]
    assert Toys.table()[0] == PART


def test_a_placeholder_that_the_verb_does_not_take_is_refused_where_it_is_declared() -> None:
    async def lost(self: Any, request: Any) -> None: ...

    with pytest.raises(TypeError, match=r"must take and annotate \['id'\]"):
        route("GET", "toys/{id}", resource="toys")(lost)


@pytest.mark.parametrize(
    ("entry", "arguments", "expected"),
    [
        (PART, {"id": "a", "number": "7"}, {"id": "a", "number": 7}),
        (FILE, {"path": "a/b.png"}, {"path": "a/b.png"}),
        (PAINT, {"colour": "red", "short": "ab"}, {"colour": Colour.red, "short": "ab"}),
    ],
)
def test_placeholders_arrive_in_their_types(entry: Any, arguments: Any, expected: Any) -> None:
    assert decode_path(arguments, entry.parameters) == expected


@pytest.mark.parametrize(
    ("entry", "arguments", "field"),
    [
        (PART, {"id": "a", "number": text}, "number")
        for text in ("x", "", "-1", "+1", "1.0", "²", "１２", "1_0", "9" * 30, "0x1", "1e3", "true", "null")
    ]
    + [(PART, {"id": text, "number": "1"}, "id") for text in ("..", ".", "a\x00", "\n")]
    + [(PAINT, {"colour": "blue", "short": "a"}, "colour"), (PAINT, {"colour": "red", "short": "long"}, "short")],
)
def test_what_does_not_fit_names_nothing_and_the_error_names_the_field(
    entry: Any, arguments: Any, field: str
) -> None:
    with pytest.raises(NotFound) as caught:
        decode_path(arguments, entry.parameters)
    assert caught.value.details["field"] == field
    assert field in caught.value.message


def test_an_address_is_made_from_the_verb_and_its_arguments() -> None:
    assert PART.url(id="a/b ?#%é", number=3) == "toys/a%2Fb%20%3F%23%25%C3%A9/parts/3"
    assert FILE.url(path="a b/c?.png") == "files/a%20b/c%3F.png"
    assert PAINT.url(colour=Colour.red, short="ab") == "colours/red/ab"
    assert PART.template == "play/toys/{id}/parts/{number}"
    assert FILE.template == "play/files/{path}"


@pytest.mark.parametrize(
    ("entry", "arguments"),
    [
        (PART, {"id": "a"}),
        (PART, {"id": "a", "number": 1, "more": 2}),
        (PART, {"id": "a", "number": "1"}),
        (PART, {"id": "", "number": 1}),
        (PART, {"id": "..", "number": 1}),
        (FILE, {"path": "a/../b"}),
        (PAINT, {"colour": "blue", "short": "a"}),
        (PAINT, {"colour": Colour.red, "short": "long"}),
    ],
)
def test_an_address_that_the_route_would_refuse_is_not_made(entry: Any, arguments: Any) -> None:
    with pytest.raises(ValueError, match=r"takes|cannot be"):
        entry.url(**arguments)


@given(id=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1), number=st.integers(0, 2**63 - 1))
def test_an_address_leads_back_to_its_arguments(id: str, number: int) -> None:
    if id in {".", ".."}:
        return
    found = re.fullmatch(PART.pattern, PART.url(id=id, number=number))
    assert found is not None
    arguments = {name: unquote(value) for name, value in found.groupdict().items()}
    assert decode_path(arguments, PART.parameters) == {"id": id, "number": number}


def test_the_document_gives_the_types_of_placeholders_below_the_root_of_the_api() -> None:
    made = document(Toys.table(), [], "1", About("toys", "Toys."))
    validate(made)
    paths = made["paths"]
    described = paths["/play/toys/{id}/parts/{number}"]["get"]["parameters"]
    assert [one["schema"]["type"] for one in described] == ["string", "integer"]
    colour, short = paths["/play/colours/{colour}/{short}"]["delete"]["parameters"]
    assert colour["schema"]["$ref"] == "#/components/schemas/Colour"
    assert short["schema"]["pattern"] == "^[a-z]{1,3}$"


def test_every_verb_of_the_workbench_has_an_address_of_its_own() -> None:
    table = tables(ROUTES)
    assert len({(entry.method, entry.template) for entry in table}) == len(table)


def test_a_path_is_spelled_in_one_way_so_that_its_methods_meet_in_one_handler() -> None:
    spellings: dict[str, set[str]] = {}
    for entry in tables(ROUTES):
        spellings.setdefault(re.sub(r"{\w+}", "{}", entry.template), set()).add(entry.template)
    assert [ways for ways in spellings.values() if len(ways) > 1] == []


def test_no_id_can_be_a_word_that_stands_for_something_else_at_its_place() -> None:
    table, taken = tables(ROUTES), []
    words = {entry.template for entry in table if not entry.parameters}
    for entry in table:
        before, brace, _ = entry.template.rpartition("/{")
        for word in (word for word in words if brace and len(entry.parameters) == 1 and word.startswith(f"{before}/")):
            with suppress(NotFound):
                decode_path({entry.parameters[0].name: word.removeprefix(f"{before}/")}, entry.parameters)
                taken.append((entry.template, word))
    assert taken == []
