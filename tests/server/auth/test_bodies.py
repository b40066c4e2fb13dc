"""Bodies that strangers send."""

from __future__ import annotations

import asyncio

from tests.server.auth.visitors import SERVER_TOKEN, Browser, OpenAs, OpenBrowser


async def announce(browser: Browser, *headers: str) -> bytes:
    """Send headers that announce a body which never comes; what the server says."""
    reader, writer = await asyncio.open_connection("127.0.0.1", browser.port)
    lines = [f"PUT {browser.base_url}api/contents/x.txt HTTP/1.1", f"Host: 127.0.0.1:{browser.port}", *headers]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    try:
        return await asyncio.wait_for(reader.read(), 5)
    except asyncio.TimeoutError:
        return b"waits for the body"
    finally:
        writer.close()


async def test_large_and_endless_bodies_of_strangers_are_refused_on_the_headers(browser: OpenBrowser) -> None:
    visitor = browser()
    for headers in (
        ["Content-Length: 2000000"],
        ["Content-Length: 500000000"],
        ["Transfer-Encoding: chunked"],
        ["Content-Length: 2000000", "Authorization: token wrong"],
        ["Content-Length: 2000000", "Cookie: username-127-0-0-1=2|1:0|10:1|4:name|4:abcd|beef"],
    ):
        assert (await announce(visitor, *headers)).startswith(b"HTTP/1.1 403"), headers


async def test_those_who_are_known_may_send_them(as_user: OpenAs) -> None:
    analyst = await as_user("analyst")
    for credential in (f"Cookie: {analyst.cookie_header}", f"Authorization: token {SERVER_TOKEN}"):
        assert await announce(analyst, "Content-Length: 2000000", credential) == b"waits for the body"
    content = {"type": "file", "format": "text", "content": "x" * 2_000_000}
    assert (await analyst.fetch("api/contents/big.txt", "PUT", content)).code == 201
