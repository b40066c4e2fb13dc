"""Kernels of viewers and others: whose they are, what may be said to them, when they end."""

from __future__ import annotations

import asyncio
import json
import os
import uuid
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.serverapp import ServerApp
from jupyter_server.services.kernels.connection.base import (
    deserialize_msg_from_ws_v1,
    serialize_binary_message,
    serialize_msg_to_ws_v1,
)
from tornado.websocket import WebSocketClientConnection, WebSocketClosedError

from jupyter_crispdm.auth.jupyter.kernels import socket as kernel_socket
from jupyter_crispdm.auth.jupyter.kernels.frames import PROTOCOL_V1
from jupyter_crispdm.auth.jupyter.kernels.manager import CrispdmKernelManager
from jupyter_crispdm.auth.jupyter.kernels.socket import OTHERS, VIEWERS
from jupyter_crispdm.auth.manager import UserManager
from jupyter_crispdm.base import sockets
from jupyter_crispdm.base.budget import Shared
from jupyter_crispdm.base.sockets import SocketBudget
from tests.server.auth.visitors import Browser, OpenAs
from tests.support import TOO_BIG, FakeClock, eventually, soon

PAGE = "voila/render/dashboards/curves.ipynb"


class Talk:
    """A kernel WebSocket in one of the two wire protocols."""

    def __init__(self, socket: WebSocketClientConnection, protocol: str | None) -> None:
        self._socket = socket
        self._protocol = protocol
        self.kinds: list[str] = []

    async def send(self, kind: str, content: Any = None, channel: str = "shell", **odd: str) -> str:
        header = {
            "msg_id": uuid.uuid4().hex,
            "session": "s",
            "username": "",
            "version": "5.3",
            "date": "2026-11-21T13:00:00Z",
            "msg_type": kind,
            **odd,
        }
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content or {}}
        if self._protocol:
            parts = [json.dumps(part).encode() for part in message.values()]
            await self.raw(serialize_msg_to_ws_v1(parts, channel))  # type: ignore[no-untyped-call]
        else:
            await self.raw(json.dumps({**message, "channel": channel, "buffers": []}))
        return header["msg_id"]

    async def raw(self, data: Any) -> None:
        await self._socket.write_message(data, binary=isinstance(data, bytes))

    async def reply(self, kind: str, parent: str | None = None) -> dict[str, Any]:
        """Read until a message of that kind comes."""
        return await soon(self._until(lambda message: message["header"]["msg_type"] == kind, parent))

    async def _until(self, is_meant: Callable[[dict[str, Any]], bool], parent: str | None) -> dict[str, Any]:
        while True:
            data = await self._socket.read_message()
            assert data is not None, "closed"
            message = self._read(data)
            self.kinds.append(message["header"]["msg_type"])
            if parent in (None, message["parent_header"].get("msg_id")) and is_meant(message):
                return message

    async def printed(self, asked: str) -> str:
        """What a request prints until it is done: a kernel sends it in as many pieces as it likes."""
        pieces: list[str] = []
        while True:
            message = await soon(self._until(lambda _: True, asked))
            kind, content = message["header"]["msg_type"], message["content"]
            if kind == "stream":
                pieces.append(content["text"])
            elif kind == "status" and content["execution_state"] == "idle":
                return "".join(pieces)

    def _read(self, data: Any) -> dict[str, Any]:
        if not self._protocol:
            legacy: dict[str, Any] = json.loads(data)
            return legacy
        _, (header, parent, _, content, *_) = deserialize_msg_from_ws_v1(data)  # type: ignore[no-untyped-call]
        return {
            "header": json.loads(header),
            "parent_header": json.loads(parent),
            "content": json.loads(content),
        }

    async def ended(self) -> int | None:
        """Read to the end; why the server closed the socket."""
        while await asyncio.wait_for(self._socket.read_message(), 60) is not None:
            pass
        return self._socket.close_code

    def close(self) -> None:
        self._socket.close()


async def talk(browser: Browser, kernel_id: str, protocol: str | None) -> Talk:
    path = f"api/kernels/{kernel_id}/channels?session_id={uuid.uuid4().hex}"
    return Talk(await browser.socket(path, [protocol] if protocol else None), protocol)


async def start(browser: Browser) -> str:
    answer = await browser.fetch("api/kernels", "POST", {"name": "python3"})
    assert answer.code == 201, answer.body
    return str(json.loads(answer.body)["id"])


async def render(browser: Browser) -> None:
    """Open the dashboard as a browser does."""
    answer = await browser.fetch(PAGE)
    assert answer.code == 200, answer.body


@pytest.fixture
def manager(jp_serverapp: ServerApp) -> Any:
    return jp_serverapp.kernel_manager


@pytest.mark.proves("door.viewer-messages")
async def test_a_viewer_talks_widgets_to_the_kernel_of_his_page_and_nothing_else(
    as_user: OpenAs, manager: CrispdmKernelManager, people: UserManager, root: Path
) -> None:
    viewer, other = await as_user("viewer"), await as_user("analyst")
    await render(viewer)
    (kernel_id,) = manager.list_kernel_ids()
    assert manager.owner_of(kernel_id) == "viewer"
    for protocol in (PROTOCOL_V1, None):
        conversation = await talk(viewer, kernel_id, protocol)
        for kind, channel in (
            ("execute_request", "shell"),
            ("execute_request", "control"),
            ("inspect_request", "shell"),
            ("complete_request", "shell"),
            ("history_request", "shell"),
            ("is_complete_request", "shell"),
            ("debug_request", "control"),
            ("interrupt_request", "control"),
            ("shutdown_request", "control"),
            ("create_subshell_request", "control"),
            ("input_reply", "stdin"),
            ("comm_msg", "stdin"),
            ("Execute_Request", "shell"),
        ):
            await conversation.send(
                kind, {"code": "open('hacked', 'w')", "silent": False, "hist_access_type": "tail"}, channel
            )
        await conversation.send("comm_info_request", subshell_id="other", MSG_TYPE="execute_request")
        comms = (await conversation.reply("comm_info_reply"))["content"]["comms"]
        assert len(comms) == 3  # slider, its layout and its style
        asked = await conversation.send("comm_msg", {"comm_id": next(iter(comms)), "data": {"method": "request_state"}})
        await conversation.reply("comm_msg", asked)
        assert not {"execute_input", "execute_reply", "history_reply", "error"} & set(conversation.kinds)
        conversation.close()
    assert "hacked" not in str(list(os.walk(root)))

    async def is_noted() -> bool:
        entries = await people.audit()
        return any(one.event == "kernel message refused" and "execute_request" in one.detail for one in entries)

    await eventually(is_noted)
    assert (await viewer.fetch(f"api/kernels/{kernel_id}")).code == 200
    for method, path in (("DELETE", ""), ("POST", "/interrupt"), ("POST", "/restart")):
        assert (await viewer.fetch(f"api/kernels/{kernel_id}{path}", method, None if path == "" else {})).code == 403
    assert (await other.fetch(f"api/kernels/{kernel_id}")).code == 200
    assert (await viewer.fetch(f"voila/api/shutdown/{kernel_id}", "POST", {})).code == 204
    await eventually(lambda: kernel_id not in manager)


@pytest.mark.proves("door.viewer-kernels")
async def test_kernels_of_others_are_closed_to_a_viewer(as_user: OpenAs, manager: CrispdmKernelManager) -> None:
    analyst, viewer = await as_user("analyst"), await as_user("viewer")
    kernel_id = await start(analyst)
    assert manager.owner_of(kernel_id) == "analyst"
    assert (await viewer.fetch(f"api/kernels/{kernel_id}")).code == 403
    assert (await viewer.fetch(f"voila/api/shutdown/{kernel_id}", "POST", {})).code == 403
    with pytest.raises(Exception, match="403"):
        await viewer.socket(f"api/kernels/{kernel_id}/channels")
    assert kernel_id in manager


@pytest.mark.proves("door.malformed-frames")
async def test_malformed_frames_are_dropped_and_the_conversation_goes_on(as_user: OpenAs) -> None:
    analyst = await as_user("analyst")
    kernel_id = await start(analyst)
    for protocol, rubbish in (
        (PROTOCOL_V1, [b"", b"\xff" * 64, (2**62).to_bytes(8, "little") * 4, "text"]),
        (None, ["", "[]", "{}", b"\xff\xff\xff\xff", json.dumps({"header": {}, "channel": {}})]),
    ):
        conversation = await talk(analyst, kernel_id, protocol)
        for data in rubbish * 30:
            await conversation.raw(data)
        asked = await conversation.send(
            "execute_request",
            {
                "code": "1 + 1",
                "silent": False,
                "user_expressions": {},
                "allow_stdin": False,
                "store_history": False,
            },
        )
        assert (await conversation.reply("execute_result", asked))["content"]["data"]["text/plain"] == "2"
        conversation.close()


async def test_an_analyst_may_send_binary_messages_of_the_old_protocol(as_user: OpenAs) -> None:
    analyst = await as_user("analyst")
    conversation = await talk(analyst, await start(analyst), None)
    header = {
        "msg_id": "1",
        "session": "s",
        "username": "",
        "version": "5.3",
        "msg_type": "kernel_info_request",
        "date": "2026-11-21T13:00:00Z",
    }
    await conversation.raw(
        serialize_binary_message(  # type: ignore[no-untyped-call]
            {
                "header": header,
                "parent_header": {},
                "metadata": {},
                "content": {},
                "channel": "shell",
                "buffers": [b"abc"],
            }
        )
    )
    await conversation.reply("kernel_info_reply", "1")
    conversation.close()


@pytest.mark.proves("floods.frames", "limits.frames")
async def test_a_viewers_flood_of_frames_is_slowed_and_a_large_one_ends_the_socket(
    as_user: OpenAs, manager: CrispdmKernelManager, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    still = {rates: Shared(partial(SocketBudget, rates, FakeClock())) for rates in (VIEWERS, OTHERS)}
    monkeypatch.setattr(kernel_socket, "BUDGETS", still)
    monkeypatch.setattr(sockets.meter, "__defaults__", (None, sleep))
    viewer = await as_user("viewer")
    await render(viewer)
    (kernel_id,) = manager.list_kernel_ids()
    first, second = [await talk(viewer, kernel_id, PROTOCOL_V1) for _ in range(2)]
    for number in range(600):
        await (first, second)[number % 2].raw(b"rubbish")
    asked = await first.send("kernel_info_request")
    await first.reply("kernel_info_reply", asked)
    await eventually(lambda: len(waits) >= 600 + 1 - VIEWERS.frames_at_once)
    assert waits[-1] > 1, "one budget for both sockets"
    with suppress(WebSocketClosedError):  # it may be closed before all is sent
        await second.raw(b"x" * (2**20 + 1))
    assert await second.ended() in TOO_BIG
    second.close()
    asked = await first.send("kernel_info_request")
    await first.reply("kernel_info_reply", asked)
    first.close()


@pytest.mark.proves("door.secrets")
async def test_a_kernel_sees_no_secret_of_the_server(as_user: OpenAs, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("JUPYTER_TOKEN", "CRISPDM_TOKEN", "CRISPDM_SERVING_TOKEN", "RAY_AUTH_TOKEN", "JUPYTERHUB_API_TOKEN"):
        monkeypatch.setenv(name, "hush")
    monkeypatch.setenv("HARMLESS", "hello")
    analyst = await as_user("analyst")
    conversation = await talk(analyst, await start(analyst), PROTOCOL_V1)
    asked = await conversation.send(
        "execute_request",
        {
            "code": "import os; e = os.environ; print([k for k in e if e[k] == 'hush'], e['HARMLESS'])",
            "silent": False,
            "user_expressions": {},
            "allow_stdin": False,
            "store_history": False,
        },
    )
    assert await conversation.printed(asked) == "[] hello\n"
    conversation.close()


@pytest.mark.proves("door.secrets")
async def test_a_terminal_sees_no_secret_either(jp_serverapp: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hush")
    monkeypatch.setenv("HARMLESS", "hello")
    environ = jp_serverapp.web_app.settings["terminal_manager"].make_term_env()
    assert (environ["HARMLESS"], "HF_TOKEN" in environ) == ("hello", False)


@pytest.mark.proves("settings.kernels", "door.many-pages")
async def test_kernels_are_counted_per_user_and_in_all(as_user: OpenAs, manager: CrispdmKernelManager) -> None:
    manager.max_kernels_per_user, manager.max_kernels = 1, 2
    analyst, admin, viewer = [await as_user(name) for name in ("analyst", "admin", "viewer")]
    first = await start(analyst)
    for method, path, body in (
        ("POST", "api/kernels", {}),
        ("GET", PAGE, None),
        ("POST", "api/sessions", {"path": "x", "type": "notebook", "name": "x", "kernel": {}}),
    ):
        refused = await analyst.fetch(path, method, body)
        assert (refused.code, refused.headers["Retry-After"]) == (503, "30"), path
    await start(admin)
    refused = await viewer.fetch(PAGE)
    assert (refused.code, refused.headers["Retry-After"]) == (503, "30")
    assert (await analyst.fetch(f"api/kernels/{first}", "DELETE")).code == 204
    assert manager.has_room("analyst")
    await start(analyst)


@pytest.mark.proves("door.many-pages")
async def test_many_pages_at_once_do_not_slip_through_the_quota(as_user: OpenAs, manager: CrispdmKernelManager) -> None:
    manager.max_kernels_per_user = 2
    viewer = await as_user("viewer")
    answers = await asyncio.gather(*(viewer.fetch(PAGE) for _ in range(8)))
    assert sorted(answer.code for answer in answers) == [200, 200, *[503] * 6]
    assert all("Retry-After" in answer.headers for answer in answers if answer.code == 503)


@pytest.mark.proves("settings.kernels", "door.many-pages")
async def test_the_kernel_of_a_page_that_never_connected_ends(as_user: OpenAs, manager: CrispdmKernelManager) -> None:
    clock = manager.clock = FakeClock()
    viewer = await as_user("viewer")
    await render(viewer)
    (kernel_id,) = manager.list_kernel_ids()
    await manager.end_abandoned()
    clock.advance(29)
    await manager.end_abandoned()
    assert kernel_id in manager
    clock.advance(2)
    await manager.end_abandoned()
    assert kernel_id not in manager
    assert manager.owner_of(kernel_id) is None


@pytest.mark.proves("settings.kernels")
async def test_the_kernel_of_a_page_that_went_away_waits_for_it_then_ends(
    as_user: OpenAs, manager: CrispdmKernelManager
) -> None:
    clock = manager.clock = FakeClock()
    viewer = await as_user("viewer")
    await render(viewer)
    (kernel_id,) = manager.list_kernel_ids()
    conversation = await talk(viewer, kernel_id, PROTOCOL_V1)
    await conversation.reply("status")
    clock.advance(10_000)
    await manager.end_abandoned()
    assert kernel_id in manager
    conversation.close()
    await eventually(lambda: manager._kernel_connections[kernel_id] == 0)
    await manager.end_abandoned()
    clock.advance(599)
    await manager.end_abandoned()
    assert kernel_id in manager
    clock.advance(2)
    await manager.end_abandoned()
    assert kernel_id not in manager


async def test_kernels_of_notebooks_are_never_ended_for_being_alone(
    as_user: OpenAs, manager: CrispdmKernelManager
) -> None:
    clock = manager.clock = FakeClock()
    kernel_id = await start(await as_user("analyst"))
    for _ in range(3):
        await manager.end_abandoned()
        clock.advance(10_000)
    assert kernel_id in manager
