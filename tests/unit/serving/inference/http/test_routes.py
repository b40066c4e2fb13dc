from __future__ import annotations

import subprocess
import sys

import msgspec
import pytest
from openapi_spec_validator import validate

from jupyter_crispdm.base.http.openapi import page
from jupyter_crispdm.serving.inference.http.routes import _ABOUT, TABLE, openapi


@pytest.mark.proves("serving.openapi")
def test_the_openapi_document_is_valid_and_names_every_call() -> None:
    document = msgspec.json.decode(msgspec.json.encode(openapi()))
    validate(document)
    assert all(operation["summary"] for path in document["paths"].values() for operation in path.values())
    assert set(document["paths"]) == {f"/{entry.path}" for entry in TABLE}
    shown = page(TABLE, (), "1", _ABOUT)
    assert all(f"/{entry.path}" in shown for entry in TABLE)


def test_what_is_asked_and_answered_is_typed() -> None:
    schemas = openapi()["components"]["schemas"]
    pair = schemas["Predictions"]["properties"]["Responses"]["items"]["prefixItems"][0]
    assert pair == {"$ref": "#/components/schemas/PictureAnswer"}
    assert {"ModelMetadata", "InferRequest", "InferReply", "IndexEntry", "ModelQuestion", "Upload"} <= set(schemas)
    untyped = {entry.path for entry in TABLE if entry.answer in (None, bytes, dict)}
    assert untyped == {"results/{name}", "metrics", "openapi.json", "docs"}


def test_every_verb_has_a_name_of_its_own() -> None:
    assert len({entry.name for entry in TABLE}) == len(TABLE)


def test_the_table_costs_the_jupyter_server_no_image_library_and_no_second_web_framework() -> None:
    told = (
        "import sys, jupyter_crispdm.serving.inference.http.routes\n"
        "print({'starlette', 'PIL', 'uvicorn', 'tornado'} & {*sys.modules})"
    )
    ran = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"
