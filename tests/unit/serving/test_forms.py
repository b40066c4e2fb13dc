from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from starlette.requests import Request
from starlette.types import Message

from jupyter_crispdm.base.errors import BadRequest
from jupyter_crispdm.serving.front.forms import Form, read_form
from jupyter_crispdm.serving.front.settings import Limits


async def read(content: bytes, kind: str) -> Form:
    async def receive() -> Message:
        return {"type": "http.request", "body": content, "more_body": False}

    scope = {"type": "http", "method": "POST", "path": "/", "headers": [(b"content-type", kind.encode())]}
    return await read_form(Request(scope, receive), Limits())


async def sent(**fields: Any) -> Form:
    request = httpx.Request("POST", "http://x/", **fields)
    return await read(request.read(), request.headers["content-type"])


@pytest.mark.parametrize(
    "fields",
    [
        {"data": {"images": ["a", "b"], "create_images": "True"}},
        {"json": {"images": ["a", "b"], "create_images": True}},
        {"json": {"images": ["a", "b"], "create_images": "true"}},
        {"data": {"images": '["a", "b"]', "create_images": "1"}},
        {"files": [("images", (None, "a")), ("images", (None, "b")), ("create_images", (None, "True"))]},
    ],
)
async def test_all_ways_to_send_fields_are_one(fields: dict[str, Any]) -> None:
    form = await sent(**fields)
    assert form.texts("images") == ["a", "b"]
    assert form.flag("create_images") is True
    assert form.flag("return_weights") is False
    assert form.text("algorithm") is None


async def test_base64_survives_a_form() -> None:
    value = "a+b/c=="
    assert (await read(urlencode({"images": value}).encode(), "application/x-www-form-urlencoded")).texts("images") == [
        value
    ]


async def test_a_large_file_stays_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: Any, **__: Any) -> None:
        raise AssertionError("a file was opened on disk")

    monkeypatch.setattr("tempfile.TemporaryFile", never)
    data = b"x" * (5 * 2**20)
    assert (await sent(files={"file": ("../../a.zip", data)})).files == {"file": data}


async def test_an_empty_body_has_no_fields() -> None:
    assert (await read(b"", "")).texts("images") == []


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"[]", "application/json"),
        (b'"text"', "application/json"),
        (b'{"a": NaN}', "application/json"),
        (b'{"a": "\xff"}', "application/json"),
        (b"[" * 100_000, "application/json"),
        (b'{"a":' * 5_000, "application/json"),
        (b"a=%ff", "application/x-www-form-urlencoded"),
        (b"a=\xff", "application/x-www-form-urlencoded"),
        (b"&".join(b"a=1" for _ in range(3000)), "application/x-www-form-urlencoded"),
        (b"rubbish", "multipart/form-data"),
        (b"rubbish", "multipart/form-data; boundary=x"),
        (b"--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--", "multipart/form-data; boundary=x"),
    ],
)
async def test_bad_bodies(content: bytes, kind: str) -> None:
    with pytest.raises(BadRequest):
        await read(content, kind)


@pytest.mark.parametrize("value", [[1], {"a": 1}, [None, 1]])
async def test_values_of_the_wrong_type(value: Any) -> None:
    form = await sent(json={"images": value, "create_images": [[]], "algorithm": {}})
    with pytest.raises(BadRequest, match="'images'"):
        form.texts("images")
    with pytest.raises(BadRequest, match="'create_images'"):
        form.flag("create_images")
    with pytest.raises(BadRequest, match="'algorithm'"):
        form.text("algorithm")


async def test_a_flag_is_yes_or_no() -> None:
    with pytest.raises(BadRequest, match="True or False"):
        (await sent(data={"create_images": "perhaps"})).flag("create_images")
