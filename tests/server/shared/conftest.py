"""People whose kernels, dashboards and jobs share values."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest

from jupyter_crispdm.client import connect
from jupyter_crispdm.shared import ServerState
from jupyter_crispdm.shared.session import Ports
from tests.server.auth.conftest import as_user, browser, jp_server_config, people, root
from tests.server.auth.test_kernel_user import says
from tests.server.auth.test_kernels import start
from tests.server.auth.visitors import SERVER_TOKEN, Browser, OpenAs, OpenBrowser

__all__ = ["OpenBrowser", "as_user", "browser", "jp_server_config", "people", "root"]

_T = TypeVar("_T")


class Kernel:
    """A real kernel of somebody, and what its code prints."""

    def __init__(self, browser: Browser, id: str) -> None:
        self.browser, self.id = browser, id

    async def run(self, code: str) -> str:
        """What the code prints, which is something."""
        return (await says(self.browser, self.id, f"{code}\nprint('done')")).removesuffix("done\n").strip()

    async def shows(self, code: str) -> Any:
        """The value of an expression."""
        return json.loads(await says(self.browser, self.id, f"import json; print(json.dumps({code}))"))


@pytest.fixture
def kernel(crispdm: Any, as_user: OpenAs) -> Callable[[str], Any]:
    """Starts a kernel of somebody, in which `server_state` is at hand."""

    async def begin(name: str) -> Kernel:
        browser = await as_user(name)
        kernel = Kernel(browser, await start(browser))
        await kernel.run("from jupyter_crispdm import server_state")
        return kernel

    return begin


@pytest.fixture
def here(
    crispdm: Any, people: Any, http_server_client: Any, jp_base_url: str, jp_http_port: int
) -> Iterator[ServerState]:
    """The shared values, as a program of the operator sees them; the server runs on the test's loop."""
    url = f"http://127.0.0.1:{jp_http_port}{jp_base_url}"
    made = ServerState(Ports(lambda: connect(url, SERVER_TOKEN)))
    yield made
    made.close()


@pytest.fixture
def write_notebook(root: Path) -> Callable[[str, str], None]:
    """Writes a notebook of one cell."""

    def write(path: str, source: str) -> None:
        cell: dict[str, Any] = {"cell_type": "code", "source": source, "metadata": {}, "outputs": []}
        notebook = {"cells": [{**cell, "execution_count": None}], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
        (root / path).write_text(json.dumps(notebook))

    return write


async def apart(call: Callable[..., _T], *args: Any) -> _T:
    """Call something that waits for the server, on a thread that the server does not need."""
    with ThreadPoolExecutor(1) as own:
        return await asyncio.get_running_loop().run_in_executor(own, call, *args)
