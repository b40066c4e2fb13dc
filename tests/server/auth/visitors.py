"""Browsers that visit the server under test."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

from tornado.httpclient import HTTPRequest, HTTPResponse
from tornado.websocket import WebSocketClientConnection, websocket_connect

PASSWORD = "correct horse"
SERVER_TOKEN = "the-server's-own-token"


class Browser:
    """Keeps cookies, follows no redirect, and sends addresses exactly as they are written."""

    def __init__(self, client: Any, base_url: str, port: int) -> None:
        self._client = client
        self.base_url = base_url
        self.port = port
        self.cookies: dict[str, str] = {}
        self.sockets: list[WebSocketClientConnection] = []

    @property
    def cookie_header(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    @property
    def session_cookie(self) -> str:
        return next(name for name in self.cookies if name.startswith("username-"))

    async def fetch(
        self,
        path: str,
        method: str = "GET",
        body: Any = None,
        headers: dict[str, str] | None = None,
        xsrf: bool = True,
        **options: Any,
    ) -> HTTPResponse:
        sent = {"Cookie": self.cookie_header} if self.cookies else {}
        if xsrf and "_xsrf" in self.cookies:
            sent["X-XSRFToken"] = self.cookies["_xsrf"]
        if isinstance(body, dict):
            body, sent["Content-Type"] = json.dumps(body), "application/json"
        answer: HTTPResponse = await self._client.fetch(
            self.base_url + path,
            method=method,
            body=body,
            headers={**sent, **(headers or {})},
            follow_redirects=False,
            raise_error=False,
            allow_nonstandard_methods=True,
            **options,
        )
        assert answer.code != 599, (method, path)
        for line in answer.headers.get_list("Set-Cookie"):
            for morsel in SimpleCookie(line).values():
                self.cookies[morsel.key] = morsel.value
        return answer

    async def log_in(self, name: str, password: str = PASSWORD, next_url: str = "") -> HTTPResponse:
        await self.fetch("login")
        form = {"username": name, "password": password, "next": next_url, "_xsrf": self.cookies["_xsrf"]}
        return await self.fetch("login", "POST", urlencode(form))

    async def socket(self, path: str, protocols: list[str] | None = None, **headers: str) -> WebSocketClientConnection:
        url = f"ws://127.0.0.1:{self.port}{self.base_url}{path}"
        request = HTTPRequest(url, headers={"Cookie": self.cookie_header, **headers}, connect_timeout=60)
        opened = await websocket_connect(request, subprotocols=protocols)
        self.sockets.append(opened)
        return opened


OpenBrowser = Callable[[], Browser]
OpenAs = Callable[[str], Coroutine[Any, Any, Browser]]
