"""The registry's tables: what goes in comes out, numbers are given once, and files can rebuild all of it."""

from __future__ import annotations

import asyncio
from datetime import datetime, timezone
from typing import Any

import msgspec
import pytest

from jupyter_crispdm.models.store import ModelStore
from jupyter_crispdm.models.types import (
    AliasSpan,
    Code,
    Lineage,
    Model,
    ModelFormat,
    ModelVersion,
    SpanEnd,
    SpanStart,
    Trust,
)
from tests.unit.models.conftest import Registry

NOON = datetime(2026, 11, 21, 12, tzinfo=timezone.utc)


def version(number: int = 1, name: str = "unet_digits", **more: Any) -> ModelVersion:
    """A version with something in every field."""
    whole = ModelVersion(
        name=name, version=number, format=ModelFormat.torch, task="segmentation", classes=["0", "ä\n'"],
        signature={"inputs": [{"name": "image", "shape": [-1, 64, 64]}]},
        metadata={"algorithm": "unet", "dataset": "digits", "deep": {"a": [1.5, None, True]}},
        job="j1", environment="venv-1", created=NOON, size=2**40, sha256="0" * 64,
    )  # fmt: skip
    return msgspec.structs.replace(whole, **more)


@pytest.fixture
def store(registry: Registry) -> ModelStore:
    return registry.store


async def numbers(store: ModelStore, name: str = "unet_digits") -> list[int]:
    """The versions of a model as they are shown."""
    model = await store.show(name)
    return [] if model is None else [one.version for one in model.versions]


async def test_a_version_comes_back_as_it_was(store: ModelStore) -> None:
    await store.add(version())
    [model] = await store.all()
    assert model == Model("unet_digits", 1, {}, [version()])


async def test_what_a_version_may_lack_comes_back_lacking(store: ModelStore) -> None:
    plain = version(classes=[], signature={}, metadata={}, job=None, environment=None, size=0)
    await store.add(plain)
    assert await store.show("unet_digits") == Model("unet_digits", 1, {}, [plain])


async def test_models_come_by_name_and_versions_newest_first(store: ModelStore) -> None:
    for name, number in (("b", 1), ("a", 1), ("a", 3), ("a", 2)):
        await store.add(version(number, name))
    found = [(model.name, model.latest, [one.version for one in model.versions]) for model in await store.all()]
    assert found == [("a", 3, [3, 2, 1]), ("b", 1, [1])]


async def test_a_model_that_is_not_there_is_nothing(store: ModelStore) -> None:
    assert await store.show("nobody") is None
    assert await store.last_version("nobody") == 0
    assert await store.all() == []
    await store.remove("nobody", 1)


async def test_a_number_is_not_given_again_after_its_version_is_gone(store: ModelStore) -> None:
    await store.add(version(1))
    await store.add(version(2))
    await store.remove("unet_digits", 2)
    assert await numbers(store) == [1]
    assert await store.last_version("unet_digits") == 2
    await store.remove("unet_digits", 1)
    assert await store.show("unet_digits") is None
    assert await store.last_version("unet_digits") == 2


async def test_a_lower_number_that_comes_late_does_not_lower_the_last(store: ModelStore) -> None:
    await store.add(version(5))
    await store.add(version(3))
    assert await store.last_version("unet_digits") == 5
    assert await numbers(store) == [5, 3]


def span(alias: str, number: int, **more: Any) -> AliasSpan:
    """A span that goes on, unless `more` says how it ended."""
    return AliasSpan(alias, number, NOON, "ada", SpanStart.set, **more)


ENDED = {"until": NOON, "ended_by": "bob", "ending": SpanEnd.moved}


@pytest.mark.proves("http.models-history")
async def test_aliases_are_where_their_history_has_no_end(store: ModelStore) -> None:
    await store.add(version(1))
    await store.add(version(2))
    spans = [span("champion", 1, **ENDED), span("champion", 2), span("best", 2), span("old", 1, **ENDED)]
    await store.set_history("unet_digits", spans)
    model = await store.show("unet_digits")
    assert model is not None
    assert model.aliases == {"best": 2, "champion": 2}
    assert [(one.version, one.aliases) for one in model.versions] == [(2, ["best", "champion"]), (1, [])]
    assert await store.history("unet_digits") == spans


async def test_a_history_is_written_anew(store: ModelStore) -> None:
    await store.add(version())
    await store.set_history("unet_digits", [span("a", 1), span("b", 1)])
    await store.set_history("unet_digits", [span("a", 1, **ENDED)])
    model = await store.show("unet_digits")
    assert model is not None
    assert model.aliases == {}
    assert await store.history("unet_digits") == [span("a", 1, **ENDED)]


async def test_a_model_that_never_was_has_no_history(store: ModelStore) -> None:
    assert await store.history("nobody") is None
    await store.add(version())
    assert await store.history("unet_digits") == []


async def test_aliases_of_other_models_stay(store: ModelStore) -> None:
    for name in ("a", "b"):
        await store.add(version(1, name))
        await store.set_history(name, [span("champion", 1)])
    await store.set_history("a", [])
    other = await store.show("b")
    assert other is not None
    assert other.aliases == {"champion": 1}


async def test_what_is_known_of_a_version_can_be_written_anew(store: ModelStore) -> None:
    await store.add(version(1))
    await store.add(version(2))
    trusted = version(1, trust=Trust(["sklearn.tree._tree.Tree"], "ada", NOON, "ours"), metrics={"loss": 0.5})
    await store.change(trusted)
    model = await store.show("unet_digits")
    assert model is not None
    assert model.versions == [version(2), trusted]


async def test_all_that_is_known_comes_back(store: ModelStore) -> None:
    code = Code("train.py", "1" * 64, "2" * 40, True)
    lineage = Lineage("j1", "r1", {"lr": 0.1}, "3" * 64, "train.csv", "4" * 64, "venv-1", "5" * 64, code)
    whole = version(
        owner="ada", note="ä\n'", metrics={"loss": 0.25}, input_example={"rows": [[1, None]]}, script="serve.py",
        script_sha256="6" * 64, types=["a.B"], trust=Trust(["a.B"], "bob", NOON, "read it"), lineage=lineage,
    )  # fmt: skip
    await store.add(whole)
    assert await store.all() == [Model("unet_digits", 1, {}, [whole])]


async def test_files_say_what_the_tables_hold(store: ModelStore) -> None:
    await store.add(version(1, "gone"))
    await store.set_history("gone", [span("champion", 1)])
    kept = Model("a", 7, {"champion": 2}, [version(2, "a", aliases=["champion"]), version(1, "a")])
    await store.rebuild([(kept, [span("champion", 2)]), (Model("b", 1, {}, [version(1, "b")]), [])])
    shown = await store.all()
    assert [(model.name, model.aliases) for model in shown] == [("a", {"champion": 2}), ("b", {})]
    assert shown[0].versions == kept.versions
    assert await store.last_version("a") == 7
    assert await store.last_version("gone") == 0
    assert await store.history("gone") is None


async def test_rebuilt_twice_is_rebuilt_once(store: ModelStore) -> None:
    model = Model("a", 1, {"x": 1}, [version(1, "a", aliases=["x"])])
    for _ in range(2):
        await store.rebuild([(model, [span("x", 1)])])
    assert await store.all() == [model]
    assert await store.history("a") == [span("x", 1)]


async def test_many_at_once_are_all_there(store: ModelStore) -> None:
    await asyncio.gather(*(store.add(version(number)) for number in range(1, 31)))
    assert await numbers(store) == list(range(30, 0, -1))
    assert await store.last_version("unet_digits") == 30
