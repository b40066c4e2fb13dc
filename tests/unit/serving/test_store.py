"""The table of what is deployed: typed in, typed out, each version once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from jupyter_crispdm.base.database import Database
from jupyter_crispdm.base.errors import Conflict
from jupyter_crispdm.serving.store import DeploymentStore, Wanted


@pytest.fixture
def database(tmp_path: Path, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[Database]:
    database = Database.in_directory(tmp_path)
    database.start_sync()
    yield database
    jp_asyncio_loop.run_until_complete(database.close())


def wanted(id: str = "d1", **more: Any) -> Wanted:
    """A deployment with something in every field."""
    whole = Wanted(id, model="unet_digits", version=2, environment="venv-1", workers=3, owner="ada", created=10.5)
    return msgspec.structs.replace(whole, **more)


async def test_a_deployment_comes_back_as_it_was(database: Database) -> None:
    store = DeploymentStore(database)
    await store.add(wanted())
    assert await store.all() == [wanted()]


async def test_deployments_come_oldest_first_and_by_id_where_they_are_as_old(database: Database) -> None:
    store = DeploymentStore(database)
    for id, version, created in (("c", 1, 2.0), ("b", 2, 1.0), ("a", 3, 2.0)):
        await store.add(wanted(id, version=version, created=created))
    assert [one.id for one in await store.all()] == ["b", "a", "c"]


async def test_a_version_is_deployed_once(database: Database) -> None:
    store = DeploymentStore(database)
    await store.add(wanted())
    with pytest.raises(Conflict, match="Version 2 of 'unet_digits' is deployed already; delete that first") as raised:
        await store.add(wanted("other"))
    assert raised.value.details == {"model": "unet_digits", "version": 2}
    assert await store.all() == [wanted()]


async def test_of_two_who_deploy_the_same_at_once_one_is_told(database: Database) -> None:
    store = DeploymentStore(database)
    told = await asyncio.gather(*(store.add(wanted(id)) for id in "abc"), return_exceptions=True)
    assert [type(one) for one in told if one is not None] == [Conflict, Conflict]
    assert len(await store.all()) == 1


async def test_what_was_withdrawn_can_be_deployed_again(database: Database) -> None:
    store = DeploymentStore(database)
    await store.add(wanted())
    await store.remove("d1")
    await store.remove("d1")
    assert await store.all() == []
    await store.add(wanted("d2"))
    assert [one.id for one in await store.all()] == ["d2"]


async def test_what_was_kept_is_there_after_a_restart(tmp_path: Path, database: Database) -> None:
    await DeploymentStore(database).add(wanted())
    again = Database.in_directory(tmp_path)
    again.start_sync()
    try:
        assert await DeploymentStore(again).all() == [wanted()]
    finally:
        await again.close()
