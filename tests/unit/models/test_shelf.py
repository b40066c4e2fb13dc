"""Files and tables change together: what fails in between leaves one truth, that of the files."""

from __future__ import annotations

import asyncio
import json
from itertools import pairwise
from typing import Any

import pytest

from jupyter_crispdm.base.errors import NotFound
from jupyter_crispdm.models.types import Registration, SpanStart, TrustDecision

from .conftest import Registry, torch_file
from .formats.writing import node, skops


async def registered(registry: Registry, versions: int = 2) -> None:
    (registry.root / "m.pt").write_bytes(torch_file("collections OrderedDict"))
    for _ in range(versions):
        await registry.manager.register(Registration(name="digits", path="m.pt"))


def broken(*_: Any) -> Any:
    raise OSError(5, "the disk is broken")


@pytest.mark.proves("http.models-history")
async def test_the_index_says_aliases_and_their_history(registry: Registry) -> None:
    await registered(registry)
    await registry.manager.aliases.point("digits", "best", 1, "ada")
    await registry.manager.aliases.point("digits", "best", 2, "bob")
    index = json.loads((registry.directory / "digits" / "index.json").read_text())
    assert (index["last"], index["aliases"]) == (2, {"best": 2})
    assert [(span["version"], span["by"], span["ended_by"]) for span in index["history"]] == [
        (1, "ada", "bob"), (2, "bob", None),
    ]  # fmt: skip


async def test_an_index_of_before_the_history_was_kept_is_taken_up(registry: Registry) -> None:
    await registered(registry)
    index = registry.directory / "digits" / "index.json"
    index.write_text('{"last": 2, "aliases": {"best": 1}}')
    await registry.manager.start()
    [span] = (await registry.manager.aliases.history("digits")).history
    assert (span.alias, span.version, span.how, span.by) == ("best", 1, SpanStart.known, "")
    await registry.manager.aliases.point("digits", "best", 2, "ada")
    assert (await registry.manager.aliases.history("digits")).back == {"best": 1}


@pytest.mark.parametrize("text", ["{", "[]", '{"history": [{}]}', '{"aliases": {"../x": 1}}', "", "\xff"])
async def test_a_damaged_index_costs_the_aliases_and_no_version(registry: Registry, text: str) -> None:
    await registered(registry)
    await registry.manager.aliases.point("digits", "best", 1)
    (registry.directory / "digits" / "index.json").write_bytes(text.encode("latin-1"))
    await registry.manager.start()
    model = await registry.manager.show("digits")
    assert ([version.version for version in model.versions], model.aliases) == ([2, 1], {})


async def test_a_record_of_before_knows_less(registry: Registry) -> None:
    await registered(registry, 1)
    path = registry.directory / "digits" / "1" / "model.json"
    record = json.loads(path.read_text())
    old = ("name", "version", "format", "task", "classes", "signature", "metadata", "job", "environment", "created",
           "size", "sha256")  # fmt: skip
    path.write_text(json.dumps({name: record[name] for name in old}))
    await registry.manager.start()
    [version] = (await registry.manager.show("digits")).versions
    assert (version.owner, version.metrics, version.trust, version.lineage.job) == ("", {}, None, None)


async def test_an_alias_that_cannot_be_written_down_stays_where_it_was(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    await registered(registry)
    await registry.manager.aliases.point("digits", "best", 1)
    told = registry.told.changes
    monkeypatch.setattr(registry.files, "write_index", broken)
    for change in (
        registry.manager.aliases.point("digits", "best", 2),
        registry.manager.aliases.remove("digits", "best"),
        registry.manager.delete_version("digits", 1),
    ):
        with pytest.raises(OSError, match="broken"):
            await change
    assert (await registry.manager.show("digits")).aliases == {"best": 1}
    assert registry.told.changes == told


async def test_a_decision_that_cannot_be_written_down_is_none(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    (registry.root / "m.skops").write_bytes(skops(node("a.B")))
    await registry.manager.register(Registration(name="tree", path="m.skops", format="skops"))
    monkeypatch.setattr(registry.files, "write_record", broken)
    with pytest.raises(OSError, match="broken"):
        await registry.manager.trust.decide("tree", 1, TrustDecision(types=["a.B"], reason="why"), "root")
    assert (await registry.manager.get("tree", 1)).untrusted == ["a.B"]


async def test_many_who_point_one_alias_at_once_leave_one_line_of_spans(registry: Registry) -> None:
    await registered(registry, 3)
    moves = [registry.manager.aliases.point("digits", "best", number % 3 + 1, f"p{number}") for number in range(20)]
    await asyncio.gather(*moves)
    history = (await registry.manager.aliases.history("digits")).history
    assert sum(span.until is None for span in history) == 1
    for newer, older in pairwise(history):
        assert (older.ended_by, older.version != newer.version) == (newer.by, True)


async def test_a_version_is_found_by_number_and_alias(registry: Registry) -> None:
    await registered(registry)
    await registry.manager.aliases.point("digits", "best", 1)
    found = [(await registry.manager.get("digits", key)).version for key in (None, "latest", 1, "best")]
    assert found == [2, 2, 1, 1]
    for key in (3, "worst"):
        with pytest.raises(NotFound):
            await registry.manager.get("digits", key)
