"""What passes between a browser and a kernel: well-formed frames, and for viewers only widget traffic."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection

from jupyter_crispdm.base.budget import TALLY, Shared
from jupyter_crispdm.base.sockets import Rates, SocketBudget, meter
from jupyter_crispdm.base.tasks import spawn

from ...roles import Role, role_of
from . import frames

_VIEWER_SENDS = frozenset({"comm_open", "comm_close", "comm_msg", "comm_info_request", "kernel_info_request"})
_VIEWER_CHANNELS = frozenset({"shell", "control"})
_VIEWER_GETS = frozenset({
    "comm_open", "comm_close", "comm_msg", "comm_info_reply", "kernel_info_reply", "status", "stream",
    "display_data", "update_display_data", "execute_result", "clear_output", "iopub_welcome",
})
_MEBIBYTE = 2**20
VIEWERS = Rates(
    frames=100, frames_at_once=400, bytes=2 * _MEBIBYTE, bytes_at_once=8 * _MEBIBYTE, largest=_MEBIBYTE)
OTHERS = Rates(frames=1000, frames_at_once=4000, bytes=64 * _MEBIBYTE, bytes_at_once=256 * _MEBIBYTE)
BUDGETS: Mapping[Rates, Shared[SocketBudget]] = {
    rates: Shared(partial(SocketBudget, rates)) for rates in (VIEWERS, OTHERS)}


class CrispdmKernelWebsocket(ZMQChannelsWebsocketConnection):
    """Jupyter's connection behind a strict reader.

    A viewer gets outputs and widget messages but no source code, and no tracebacks, which quote it.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._dropped = 0

    @property
    def _for_viewer(self) -> bool:
        role = role_of(self.websocket_handler.current_user, self.websocket_handler)
        return role is None or not role.includes(Role.ANALYST)

    def connect(self) -> asyncio.Future[None] | None:  # type: ignore[override]  # the two above it differ
        """Connect to the kernel, and hold what comes from the browser to its caller's budget."""
        rates = VIEWERS if self._for_viewer else OTHERS
        caller = getattr(self.websocket_handler.current_user, "username", "")
        meter(self.websocket_handler, BUDGETS[rates].of(caller), rates.largest)
        return super().connect()

    @classmethod
    def tell_end(cls, kernel_id: str) -> None:
        """Tell the pages of a kernel that it is no more: nothing else does, and they would wait for it."""
        for connection in [one for one in cls._open_sockets if one.kernel_id == kernel_id and one.channels]:
            with suppress(Exception):  # a page that has just gone must not keep the kernel
                connection._send_status_message("dead")  # type: ignore[no-untyped-call]

    def handle_incoming_message(self, incoming_msg: str | bytes) -> None:
        """Pass on what is well formed and allowed; drop and note the rest."""
        frame = frames.parse(incoming_msg, self.subprotocol)
        if frame is None:
            return self._drop("malformed kernel message")
        if not self._for_viewer:
            return super().handle_incoming_message(incoming_msg)  # type: ignore[arg-type]
        if frame.kind not in _VIEWER_SENDS or frame.channel not in _VIEWER_CHANNELS:
            return self._drop("kernel message refused", f"{frame.kind[:40]} on {frame.channel}")
        plain = frame.plain()
        if plain is None:
            return self._drop("kernel message refused", "binary message of the old protocol")
        return super().handle_incoming_message(plain)  # type: ignore[arg-type]

    def handle_outgoing_message(self, stream: Any, outgoing_msg: list[Any]) -> None:
        """Keep from a viewer what is not widget traffic or output."""
        if self._for_viewer and self._kind(outgoing_msg) not in _VIEWER_GETS:
            return
        super().handle_outgoing_message(stream, outgoing_msg)

    def _kind(self, message: list[Any]) -> str:
        _, parts = self.session.feed_identities(message)
        return str(self.session.unpack(parts[1])["msg_type"])

    def _drop(self, event: str, detail: str = "") -> None:
        """Note the 1st, 10th, 100th… of a connection: a flood must not fill the log either."""
        self._dropped += 1
        TALLY.add("kernel messages dropped")
        if str(self._dropped).strip("0") != "1":
            return
        user = getattr(self.websocket_handler.current_user, "username", "")
        self.log.warning("%s: user=%r %r (%d so far)", event, user, detail, self._dropped)
        users = getattr(self.websocket_handler.identity_provider, "users", None)
        if users is not None:
            spawn("audit log", users.note(event, user, f"{detail} ({self._dropped} so far)"))
