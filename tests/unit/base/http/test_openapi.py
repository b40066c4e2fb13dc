"""The OpenAPI document: whole, and true to the table it is made from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from jupyter_crispdm.app import ROUTES, TOPICS
from jupyter_crispdm.base.http.openapi import About, document, page
from jupyter_crispdm.base.http.route import Route, Routes, route, tables
from jupyter_crispdm.base.wire import Body, Wire

TABLE = tables(ROUTES)
DOCUMENT = document(TABLE, TOPICS, "1.2.3")


class Wish(Body, frozen=True):
    """What a lamp shall be."""

    colour: str
    watts: int = 5


class Lamp(Wire, frozen=True):
    """How a lamp is.

    `on` says whether it shines.
    """

    colour: str
    on: bool


class Only(Body, frozen=True):
    """Which lamps."""

    on: bool | None = None


class Lamps(Routes):
    """A room as small as can be."""

    @route("GET", "lamps", query=Only, answer=list[Lamp], resource="lamps")
    async def index(self, request: Any, query: Only) -> list[Lamp]:
        """List <lamps> & more."""
        return []

    @route("POST", "lamps/{id}", body=Wish, answer=Lamp, status=201, resource="lamps", action="write")
    async def make(self, request: Any, id: str, body: Wish) -> Lamp:
        """Make a lamp."""
        return Lamp(body.colour, on=False)

    @route("DELETE", "lamps/{id}", resource="lamps", action="write")
    async def remove(self, request: Any, id: str) -> None:
        """Remove a lamp."""

    @route("GET", "lamps/{id}/picture", answer=bytes, resource="lamps", public=True)
    async def picture(self, request: Any, id: str) -> bytes:
        """Show a lamp."""
        return b""


SMALL = document(Lamps.table(), [], "0", About("lamps", "All lamps."))


def operations(described: dict[str, Any] = DOCUMENT) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Path, method and what is said of each call."""
    for path, verbs in described["paths"].items():
        for method, operation in verbs.items():
            yield path, method, operation


def references(value: Any) -> Iterator[str]:
    """All schemas that a part of the document refers to."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "$ref":
                yield inner
            else:
                yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


@pytest.mark.proves("http.openapi")
def test_each_route_of_the_table_is_described_once() -> None:
    told = {(method.upper(), path) for path, method, _ in operations()}
    assert told == {(entry.method, f"/crispdm/{entry.template}") for entry in TABLE}
    assert len(list(operations())) == len(TABLE)


def test_every_reference_leads_to_a_schema() -> None:
    known = {f"#/components/schemas/{name}" for name in DOCUMENT["components"]["schemas"]}
    asked = set(references(DOCUMENT))
    assert asked
    assert asked - known == set()


def test_docstrings_are_told_without_the_indentation_of_the_code() -> None:
    schemas = document(tables([Lamps]), [], "1.2.3")["components"]["schemas"]
    assert schemas["Lamp"]["description"] == "How a lamp is.\n\n`on` says whether it shines."
    told = [schema.get("description", "") for schema in DOCUMENT["components"]["schemas"].values()]
    assert [text for text in told if "\n  " in text] == []


def test_every_call_has_a_name_of_its_own() -> None:
    names = [operation["operationId"] for _, _, operation in operations()]
    assert sorted(names) == sorted(set(names))


def test_every_call_says_in_a_sentence_what_it_does() -> None:
    assert [path for path, _, one in operations() if not re.fullmatch(r"[A-Z].+[.:]", one["summary"])] == []


def test_each_placeholder_of_a_path_is_described_with_what_it_may_be() -> None:
    for path, method, operation in operations():
        described = {one["name"]: one for one in operation["parameters"] if one["in"] == "path"}
        assert set(re.findall(r"{(\w+)}", path)) == set(described), (method, path)
        assert all(one["required"] and one["schema"] for one in described.values())


def test_only_public_calls_go_without_a_login() -> None:
    assert DOCUMENT["security"] == [{"token": []}]
    open_ones = {(path, method) for path, method, one in operations() if one.get("security") == []}
    assert open_ones == {(f"/crispdm/{entry.template}", entry.method.lower()) for entry in TABLE if entry.public}
    assert open_ones


def test_every_call_says_how_it_fails() -> None:
    for path, method, operation in operations():
        told = operation["responses"]["default"]["content"]["application/json"]["schema"]
        assert told == {"$ref": "#/components/schemas/ErrorBody"}, (method, path)


@pytest.mark.proves("live.typed")
def test_every_topic_says_what_it_carries_and_who_may_follow() -> None:
    assert set(DOCUMENT["x-topics"]) == {topic.pattern for topic in TOPICS}
    for told in DOCUMENT["x-topics"].values():
        assert told["kind"] in {"value", "table", "log"}
        assert told["summary"]
        assert told["x-resource"]
        assert list(references(told["schema"]))


def test_the_document_is_json_and_says_which_version_it_is_of() -> None:
    again = msgspec.json.decode(msgspec.json.encode(DOCUMENT))
    assert again["openapi"] == "3.1.0"
    assert again["info"]["version"] == "1.2.3"


def test_a_body_and_its_answer_are_described() -> None:
    made = SMALL["paths"]["/api/lamps/{id}"]["post"]
    assert made["requestBody"]["required"] is True
    assert made["requestBody"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Wish"}
    answer = made["responses"]["201"]
    assert answer["description"] == "Created"
    assert answer["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Lamp"}
    wish = SMALL["components"]["schemas"]["Wish"]
    assert wish["required"] == ["colour"]
    assert wish["properties"]["watts"]["default"] == 5


def test_a_query_is_described_field_by_field() -> None:
    [only] = SMALL["paths"]["/api/lamps"]["get"]["parameters"]
    assert (only["name"], only["in"], only["required"]) == ("on", "query", False)


def test_a_call_that_answers_nothing_describes_no_answer() -> None:
    told = SMALL["paths"]["/api/lamps/{id}"]["delete"]["responses"]["204"]
    assert told == {"description": "No Content"}


def test_bytes_are_binary() -> None:
    shown = SMALL["paths"]["/api/lamps/{id}/picture"]["get"]
    assert shown["responses"]["200"]["content"] == {"*/*": {"schema": {"type": "string", "format": "binary"}}}
    assert shown["security"] == []


def test_an_event_holds_the_answer_as_text() -> None:
    class Lines(Routes):
        @route("GET", "lines", answer=Lamp, answer_as=("application/json", "text/event-stream"), resource="lamps")
        async def lines(self, request: Any) -> Lamp:
            """Tell of a lamp as it changes."""
            raise NotImplementedError

    described = document(tables([Lines]), (), "1")["paths"]["/crispdm/api/lines"]["get"]["responses"]["200"]["content"]
    whole, event = (described[kind]["schema"] for kind in ("application/json", "text/event-stream"))
    assert event["required"] == ["data"]
    assert event["properties"]["data"] == {
        "type": "string", "contentMediaType": "application/json", "contentSchema": whole,
    }  # fmt: skip


def test_the_page_shows_every_call_and_runs_nothing_that_a_summary_holds() -> None:
    shown = page(Lamps.table(), [], "0", About("<lamps>", "All lamps."))
    assert "<h1>&lt;lamps&gt; API</h1>" in shown
    assert "List &lt;lamps&gt; &amp; more." in shown
    assert "<lamps>" not in shown
    assert "4 calls" in shown
    assert shown.count("<details>") == 4


def test_the_page_asks_no_other_host() -> None:
    shown = page(TABLE, TOPICS, "1")
    assert not re.search(r"(src|href)=\"(https?:)?//", shown)
    assert "<script" not in shown


def test_an_empty_table_is_a_document_too() -> None:
    nothing: list[Route] = []
    described = document(nothing, [], "0")
    assert described["paths"] == {}
    assert set(described["components"]["schemas"]) == {"ErrorBody"}
