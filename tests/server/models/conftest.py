"""People of each role at a registry of a real server."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.server.auth.conftest import as_user, browser, jp_server_config, people, root
from tests.server.auth.visitors import Browser, OpenAs

__all__ = ["as_user", "browser", "jp_server_config", "people", "root"]


class Caller:
    """Somebody who calls the API."""

    def __init__(self, opened: Browser) -> None:
        self._browser = opened

    async def __call__(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Any:
        """Status and answer, decoded where it is JSON."""
        answer = await self._browser.fetch(f"crispdm/api/{path}", method, body, headers=dict(headers or {}))
        is_json = "json" in answer.headers.get("Content-Type", "")
        return answer.code, json.loads(answer.body) if is_json and answer.body else answer.body


@pytest.fixture
def callers(crispdm: Any, as_user: OpenAs, jp_asyncio_loop: Any) -> tuple[Caller, Caller, Caller]:
    """A viewer, an analyst and an admin."""

    async def opened() -> tuple[Caller, Caller, Caller]:
        viewer, analyst, admin = [Caller(await as_user(name)) for name in ("viewer", "analyst", "admin")]
        return viewer, analyst, admin

    made: tuple[Caller, Caller, Caller] = jp_asyncio_loop.run_until_complete(opened())
    return made


@pytest.fixture
def folder(jp_root_dir: Path) -> Path:
    """The server's root directory."""
    return jp_root_dir
