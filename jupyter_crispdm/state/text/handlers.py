"""The verbs of shared text: parse, call, answer."""

from __future__ import annotations

import binascii
from base64 import b64decode

from jupyter_crispdm.auth.types import Role
from jupyter_crispdm.base.errors import BadRequest
from jupyter_crispdm.base.http.request import Request
from jupyter_crispdm.base.http.route import Routes, route

from ..entries import Writer
from ..limits import Budgets
from ..types import Key
from .manager import TextManager
from .types import SharedText, TextChange, TextUpdate


class TextRoutes(Routes):
    """``state/{key}/text``: text that several people write at once. Who may is said by the value of the same key."""

    def __init__(self, texts: TextManager, budgets: Budgets) -> None:
        self._texts, self._budgets = texts, budgets

    @route("GET", "state/{key}/text", answer=SharedText, resource="state")
    async def show_text(self, request: Request, key: Key) -> SharedText:
        """Show a shared text and the whole of its Yjs document; empty where nobody has written."""
        return await self._texts.get(key, Role(request.role))

    @route("POST", "state/{key}/text", body=TextUpdate, answer=TextChange, resource="state", action="write")
    async def write_text(self, request: Request, key: Key, body: TextUpdate) -> TextChange:
        """Write into a shared text by an update of its Yjs document; one that comes twice changes nothing."""
        await self._budgets.spend(request.owner, len(body.update))
        return await self._texts.write(key, _decoded(body.update), _writer(request, body.session))

    @route("DELETE", "state/{key}/text", resource="state", action="write")
    async def empty_text(self, request: Request, key: Key) -> None:
        """Delete all that a shared text says; who has it open sees it go."""
        await self._budgets.spend(request.owner)
        await self._texts.empty(key, _writer(request))


def _writer(request: Request, session: str = "") -> Writer:
    return Writer(request.owner, Role(request.role), session)


def _decoded(update: str) -> bytes:
    try:
        return b64decode(update, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadRequest(f"'update' must be base64: {error}", field="update") from error
