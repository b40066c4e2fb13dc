"""The Python client's noun, against a real server."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import pytest

from jupyter_crispdm.auth.manager import UserManager
from jupyter_crispdm.auth.types import NewToken, Scope
from jupyter_crispdm.base.errors import Conflict, NotFound, TooLarge
from jupyter_crispdm.client import Client, connect

BIG = ["x" * 1000] * 100


@pytest.fixture
def address(http_server_client: Any, jp_http_port: int, jp_base_url: str) -> str:
    return f"http://127.0.0.1:{jp_http_port}{jp_base_url}"


def use(client: Client, colleague: Client) -> None:
    """What a notebook does with it, from first to last."""
    snapshots = client.snapshots
    with pytest.raises(NotFound, match="Nothing of the page 'train' is saved"):
        snapshots.get("train")
    saved = snapshots.put("train", {"epochs": 12, "data": BIG}, base=None)
    with pytest.raises(Conflict) as caught:
        snapshots.put("train", {}, base=None)
    assert caught.value.details["current"]["values"]["epochs"] == 12
    snapshots.patch("train", {"rate": 0.5})
    merged = snapshots.patch("train", {"epochs": 20}, saved.revision)
    assert merged.others == {"rate": 0.5}
    assert snapshots.get("train").values == {"epochs": 20, "rate": 0.5, "data": BIG}
    assert [(one.page, one.revision) for one in snapshots.list()] == [("train", merged.revision)]

    work = snapshots.save("train", "5/5 <good>", note="night", shared=True)
    assert (work.name, work.by, work.note, work.shared) == ("5/5 <good>", "analyst", "night", True)
    with pytest.raises(Conflict):
        snapshots.save("train", "5/5 <good>", {}, replace=False)
    assert colleague.snapshots.load("train", "5/5 <good>", by="analyst").values["data"] == BIG
    snapshots.rename("train", "5/5 <good>", "best")
    assert snapshots.change("train", "best", shared=False).note == "night"
    assert [list(colleague.snapshots.saved("train")), len(snapshots.saved("train"))] == [[], 1]
    snapshots.remove("train", "best")
    with pytest.raises(NotFound):
        snapshots.load("train", "best")

    snapshots.delete("train")
    snapshots.put("other", {})
    snapshots.forget()
    assert list(snapshots.list()) == []
    with pytest.raises(TooLarge, match="over the limit"):
        snapshots.put("train", {"data": "x" * (5 << 20)})


@pytest.mark.proves("snapshots.client")
async def test_a_notebook_saves_and_loads(crispdm: Any, people: UserManager, address: str) -> None:
    secrets = {
        name: (await people.create_token(NewToken(name=f"{name}-token", scope=scope, owner=name))).token
        for name, scope in (("analyst", Scope.WRITE), ("viewer", Scope.READ))
    }

    def both() -> None:
        with contextlib.ExitStack() as opened:
            use(*(opened.enter_context(connect(address, secrets[name])) for name in ("analyst", "viewer")))

    await asyncio.to_thread(both)
