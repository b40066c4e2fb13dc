"""The OpenAPI 3.1 document, made from the route table, and a page that shows it without asking any other host."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus
from inspect import cleandoc
from typing import Any, Protocol

import msgspec

from ..errors import ErrorBody
from .route import JSON, Route

EVENTS = "text/event-stream"
_REFERENCE = "#/components/schemas/{name}"


class Described(Protocol):
    """What a document tells of a topic; the wing of live facts stands above this one."""

    @property
    def pattern(self) -> str:
        """Its name, with placeholders."""

    @property
    def kind(self) -> Enum:
        """How it is followed."""

    @property
    def data(self) -> type[msgspec.Struct]:
        """The type of its messages' data."""

    @property
    def resource(self) -> str:
        """Whose facts they are."""

    @property
    def action(self) -> str:
        """What a reader must be allowed to do on the resource."""

    @property
    def summary(self) -> str:
        """What it tells, in a sentence."""


@dataclass(frozen=True)
class About:
    """What a document says of its API: its name, a sentence, and the path that all its routes stand below."""

    title: str
    description: str
    root: str = ""


WORKBENCH = About(
    "jupyter_crispdm", "Jobs, environments, models and live facts of a CRISP-DM workbench.", root="/crispdm"
)


def document(
    routes: Sequence[Route], topics: Sequence[Described], version: str, about: About = WORKBENCH
) -> dict[str, Any]:
    """The whole document for a route table and the topics of a live socket."""
    schemas, components = _schemas(routes, topics)
    paths: dict[str, dict[str, Any]] = {}
    for entry in sorted(routes, key=lambda r: (r.prefix, r.path)):
        paths.setdefault(f"{about.root}/{entry.template}", {})[entry.method.lower()] = _operation(entry, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": about.title, "version": version, "description": about.description},
        "paths": paths,
        "x-topics": {topic.pattern: _topic(topic, schemas) for topic in topics},
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "apiKey", "in": "header", "name": "Authorization",
                                          "description": "`token T`"}},
        },
        "security": [{"token": []}],
    }


def _topic(topic: Described, schemas: dict[int, Any]) -> dict[str, Any]:
    return {
        "kind": topic.kind.value,
        "summary": topic.summary,
        "schema": schemas[id(topic.data)],
        "x-resource": topic.resource,
        "x-action": topic.action,
    }


def _schemas(routes: Sequence[Route], topics: Sequence[Described]) -> tuple[dict[int, Any], dict[str, Any]]:
    kinds: list[Any] = [ErrorBody, *(topic.data for topic in topics)]
    for entry in routes:
        kinds += [kind for kind in (entry.body, entry.answer, entry.query) if kind not in (None, bytes)]
        kinds += [parameter.kind for parameter in entry.parameters]
    schemas, components = msgspec.json.schema_components(kinds, ref_template=_REFERENCE)
    for component in components.values():
        if "description" in component:  # dedented by the newest msgspec only
            component["description"] = cleandoc(component["description"])
    return {id(kind): schema for kind, schema in zip(kinds, schemas, strict=True)}, dict(components)


def _operation(entry: Route, schemas: dict[int, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": f"{entry.resource}_{entry.name}",
        "summary": entry.summary,
        "tags": [entry.resource],
        "parameters": [*_path_parameters(entry, schemas), *_query_parameters(entry)],
        "responses": {str(entry.status): _answer(entry, schemas), "default": _error(schemas)},
        "x-action": entry.action,
    }
    if entry.public:
        operation["security"] = []
    if entry.body is not None:
        operation["requestBody"] = {"required": True, "content": _body(entry, schemas)}
    return operation


def _body(entry: Route, schemas: dict[int, Any]) -> dict[str, Any]:
    if entry.body is bytes:
        kinds = ("application/octet-stream",) if entry.media == (JSON,) else entry.media
        return {media: {"schema": {"type": "string", "format": "binary"}} for media in kinds}
    return {media: {"schema": schemas[id(entry.body)]} for media in entry.media}


def _path_parameters(entry: Route, schemas: dict[int, Any]) -> list[dict[str, Any]]:
    return [{"name": parameter.name, "in": "path", "required": True, "schema": schemas[id(parameter.kind)]}
            for parameter in entry.parameters]


def _query_parameters(entry: Route) -> list[dict[str, Any]]:
    if entry.query is None:
        return []
    (told,), components = msgspec.json.schema_components([entry.query], ref_template=_REFERENCE)
    schema = components[told["$ref"].rpartition("/")[2]]
    return [{"name": name, "in": "query", "required": False, "schema": described}
            for name, described in schema["properties"].items()]


def _answer(entry: Route, schemas: dict[int, Any]) -> dict[str, Any]:
    described: dict[str, Any] = {"description": HTTPStatus(entry.status).phrase}
    if entry.answer is bytes:
        kinds = ("*/*",) if entry.answer_as == (JSON,) else entry.answer_as
        described["content"] = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in kinds}
    elif entry.answer is not None:
        schema = schemas[id(entry.answer)]
        described["content"] = {media: {"schema": _event(schema) if media == EVENTS else schema}
                                for media in entry.answer_as}
    return described


def _event(schema: dict[str, Any]) -> dict[str, Any]:
    """An event of a stream, as OpenAPI 3.2 describes one: its data is text that holds the answer."""
    data = {"type": "string", "contentMediaType": JSON, "contentSchema": schema}
    return {"type": "object", "required": ["data"], "properties": {"data": data, "id": {"type": "string"}}}


def _error(schemas: dict[int, Any]) -> dict[str, Any]:
    return {"description": "An error", "content": {"application/json": {"schema": schemas[id(ErrorBody)]}}}


_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} API</title><style>
:root{{color-scheme:light dark;font:15px/1.5 system-ui,sans-serif}}
body{{max-width:60rem;margin:2rem auto;padding:0 1rem}}
details{{border:1px solid color-mix(in srgb,currentColor 20%,transparent);
border-radius:6px;margin:.4rem 0;padding:.4rem .8rem}}
summary{{cursor:pointer}}code,pre{{font-family:ui-monospace,monospace;font-size:13px}}pre{{overflow:auto}}
b{{display:inline-block;min-width:4.5rem}}</style></head><body><h1>{title} API</h1>
<p>{count} calls. The same as data: <a href="openapi.json">openapi.json</a>.</p>{body}</body></html>"""


def page(routes: Sequence[Route], topics: Sequence[Described], version: str, about: About = WORKBENCH) -> str:
    """The document as a readable page."""
    described = document(routes, topics, version, about)
    parts: list[str] = []
    for path, verbs in described["paths"].items():
        for method, operation in verbs.items():
            detail = html.escape(msgspec.json.format(msgspec.json.encode(operation)).decode())
            parts.append(f"<details><summary><b>{method.upper()}</b> <code>{html.escape(path)}</code> "
                         f"{html.escape(operation['summary'])}</summary><pre>{detail}</pre></details>")
    return _PAGE.format(title=html.escape(about.title), count=len(parts), body="".join(parts))
