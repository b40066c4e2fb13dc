from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from starlette.requests import Request
from starlette.types import Message

from jupyter_crispdm.base.errors import BadRequest, TooLarge
from jupyter_crispdm.serving.inference.errors import UnsupportedMedia
from jupyter_crispdm.serving.inference.protocols.forms import Form, read_form, upload
from jupyter_crispdm.serving.inference.settings import RequestLimits


async def read(content: bytes, kind: str) -> Form:
    async def receive() -> Message:
        return {"type": "http.request", "body": content, "more_body": False}

    scope = {"type": "http", "method": "POST", "path": "/", "headers": [(b"content-type", kind.encode())]}
    return await read_form(Request(scope, receive), RequestLimits())


async def sent(**fields: Any) -> Form:
    request = httpx.Request("POST", "http://x/", **fields)
    return await read(request.read(), request.headers["content-type"])


@pytest.mark.proves("serving.predict")
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
    assert (await sent(files={"file": ("../../a.zip", data)})).files == {"file": [data]}


async def test_an_empty_body_has_no_fields() -> None:
    assert (await read(b"", "")).texts("images") == []


@pytest.mark.proves("json.bad")
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


@pytest.mark.proves("serving.windows-zips")
@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
async def test_issue_7_json_with_a_byte_order_mark_is_read(codec: str) -> None:
    body = '{"images": ["é"]}'.encode(codec)
    assert (await read(body, "application/json")).texts("images") == ["é"]
    assert (await sent(data={"images": '\ufeff["é"]'})).texts("images") == ['\ufeff["é"]']


@pytest.mark.parametrize(
    "kind", ["application/json; charset=utf-8", "application/vnd.x+json", "text/plain;charset=UTF-8"]
)
async def test_content_types_of_json(kind: str) -> None:
    assert (await read(b'{"images": "a"}', kind)).texts("images") == ["a"]


@pytest.mark.parametrize(
    "kind",
    [
        "application/json; charset=latin-1", "multipart/form-data; boundary=x; charset=nonsense", "image/png",
        "application/zip", "application/x-www-form-urlencoded; charset=utf-16", "application/octet-stream",
    ],
)  # fmt: skip
async def test_what_is_not_read_is_said(kind: str) -> None:
    with pytest.raises(UnsupportedMedia, match="Content-Type"):
        await read(b"{}", kind)


async def test_an_unknown_field_is_named_with_what_was_meant() -> None:
    form = await sent(data={"image": "a", "create_images": "True"})
    with pytest.raises(BadRequest, match=r"no field 'image' here, but 'images', 'create_images'\. Did you mean"):
        form.only("images", "create_images")
    file = await sent(files={"zip": b"x"})
    with pytest.raises(BadRequest, match="no field 'zip'"):
        file.only("file")


async def test_a_file_or_a_text_is_taken_once() -> None:
    assert upload(await sent(files={"file": b"x"}), "file") == b"x"
    assert upload(await sent(data={"file": "{}"}), "file") == "{}"
    with pytest.raises(BadRequest, match="sent 2 times"):
        upload(await sent(files=[("file", b"x"), ("file", b"y")]), "file")
    with pytest.raises(BadRequest, match="multipart field 'file'; the body has 'other'"):
        upload(await sent(data={"other": "x"}), "file")
    with pytest.raises(BadRequest, match="the body is empty"):
        upload(Form({}), "file")


async def test_a_field_with_two_values_is_not_guessed() -> None:
    with pytest.raises(BadRequest, match="'algorithm' was sent 2 times"):
        (await sent(data={"algorithm": ["a", "b"]})).text("algorithm")


@pytest.mark.proves("door.multipart")
async def test_too_many_files_are_told_with_the_limit() -> None:
    with pytest.raises(TooLarge, match="256 files"):
        await sent(files=[("images", b"x")] * 257)


@pytest.mark.proves("json.bad")
async def test_numbers_of_thousands_of_digits_are_no_json_of_ours() -> None:
    form = await read(b'{"algorithm": ' + b"9" * 4000 + b"}", "application/json")
    assert len(form.text("algorithm") or "") >= 1
    with pytest.raises(BadRequest, match="no valid JSON"):
        await read(b'{"algorithm": ' + b"9" * 10_000 + b"}", "application/json")
