"""The registry's tables: what goes in comes out, numbers are given once, and files can rebuild all of it."""

from __future__ import annotations

import asyncio
from datetime import datetime, timezone
from typing import Any

import msgspec
import pytest

from jupyter_crispdm.models.store import ModelStore
from jupyter_crispdm.models.types import Model, ModelFormat, ModelVersion
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
    assert await store.remove_alias("nobody", "champion") is False


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


async def test_an_alias_points_to_one_version_at_a_time(store: ModelStore) -> None:
    await store.add(version(1))
    await store.add(version(2))
    await store.set_alias("unet_digits", "champion", 1)
    await store.set_alias("unet_digits", "champion", 2)
    await store.set_alias("unet_digits", "best", 2)
    model = await store.show("unet_digits")
    assert model is not None
    assert model.aliases == {"best": 2, "champion": 2}
    assert [(one.version, one.aliases) for one in model.versions] == [(2, ["best", "champion"]), (1, [])]


async def test_the_aliases_of_a_version_go_with_it(store: ModelStore) -> None:
    await store.add(version(1))
    await store.add(version(2))
    await store.set_alias("unet_digits", "old", 1)
    await store.set_alias("unet_digits", "new", 2)
    await store.remove("unet_digits", 1)
    model = await store.show("unet_digits")
    assert model is not None
    assert model.aliases == {"new": 2}


async def test_an_alias_is_removed_once(store: ModelStore) -> None:
    await store.add(version())
    await store.set_alias("unet_digits", "champion", 1)
    assert await store.remove_alias("unet_digits", "champion") is True
    assert await store.remove_alias("unet_digits", "champion") is False


async def test_aliases_of_other_models_stay(store: ModelStore) -> None:
    await store.add(version(1, "a"))
    await store.add(version(1, "b"))
    await store.set_alias("a", "champion", 1)
    await store.set_alias("b", "champion", 1)
    await store.remove("a", 1)
    other = await store.show("b")
    assert other is not None
    assert other.aliases == {"champion": 1}


async def test_files_say_what_the_tables_hold(store: ModelStore) -> None:
    await store.add(version(1, "gone"))
    await store.set_alias("gone", "champion", 1)
    found = [
        Model("a", 7, {"champion": 2}, [version(2, "a", aliases=["champion"]), version(1, "a")]),
        Model("b", 1, {}, [version(1, "b")]),
    ]
    await store.rebuild(found)
    shown = await store.all()
    assert [(model.name, model.aliases) for model in shown] == [("a", {"champion": 2}), ("b", {})]
    assert shown[0].versions == found[0].versions
    assert await store.last_version("a") == 7
    assert await store.last_version("gone") == 0


async def test_rebuilt_twice_is_rebuilt_once(store: ModelStore) -> None:
    found = [Model("a", 1, {"x": 1}, [version(1, "a", aliases=["x"])])]
    await store.rebuild(found)
    await store.rebuild(found)
    assert await store.all() == found


async def test_many_at_once_are_all_there(store: ModelStore) -> None:
    await asyncio.gather(*(store.add(version(number)) for number in range(1, 31)))
    assert await numbers(store) == list(range(30, 0, -1))
    assert await store.last_version("unet_digits") == 30
