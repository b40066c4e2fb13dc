"""Deployments without a server: what shall run lies in a file, and the inference server is somebody else's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jupyter_crispdm.base.errors import Conflict
from jupyter_crispdm.serving.deployments.alone import KeptElsewhere, WantedFile, hand_over
from jupyter_crispdm.serving.store import Wanted


def wanted(name: str, version: int = 1, alias: str = "") -> Wanted:
    return Wanted(f"{name}@{alias}", name, version, "server", 1, "", 1.0, alias=alias)


async def test_what_is_changed_is_found_again_in_its_order(tmp_path: Path) -> None:
    hand_over(tmp_path, [wanted("a", alias="x"), wanted("b", alias="x")], [])
    await WantedFile(tmp_path).change(wanted("a", 2, "x"))
    assert [(one.model, one.version) for one in await WantedFile(tmp_path).all()] == [("a", 2), ("b", 1)]
    await WantedFile(tmp_path).change(wanted("c", 2, "x"))
    assert [one.model for one in await WantedFile(tmp_path).all()] == ["a", "b"]


async def test_one_is_added_once_and_removed(tmp_path: Path) -> None:
    hand_over(tmp_path, [], [])
    store = WantedFile(tmp_path)
    await store.add(wanted("a", alias="x"))
    with pytest.raises(Conflict):
        await store.add(wanted("a", 2, "x"))
    await store.add(wanted("b"))
    await store.remove("a@x")
    assert [one.model for one in await store.all()] == ["b"]


async def test_an_inference_server_that_is_kept_elsewhere_is_neither_started_nor_ended(tmp_path: Path) -> None:
    nobody: Any = None
    process = KeptElsewhere(tmp_path, nobody)
    assert process.alive()
    (tmp_path / "front.json").write_text('{"pid": 1, "address": "http://127.0.0.1:1"}')
    await process.stop()
    assert process.address == "http://127.0.0.1:1"
