from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from typing import Any

import msgspec
import pytest

from jupyter_crispdm.base.live.hub import Hub
from jupyter_crispdm.environments import manager as manager_module
from jupyter_crispdm.environments.types import Environment, EnvironmentsFact
from tests.support import FakeClock, eventually
from tests.unit.environments.machine import Machine, install, make_conda, make_venv, write_script

_started: list[str] = []
_STARTS = {"subprocess.Popen", "os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn"}


def _note(event: str, arguments: Any) -> None:
    if event in _STARTS:
        _started.append(f"{event} {arguments!r}")


@contextmanager
def processes_started() -> Iterator[list[str]]:
    """What the interpreter itself says it started; an audit hook cannot be removed, so there is one."""
    if not hasattr(sys, "_crispdm_audited"):
        sys.addaudithook(_note)
        sys._crispdm_audited = True  # type: ignore[attr-defined]
    _started.clear()
    yield _started


def names(environments: list[Environment]) -> list[str]:
    return [environment.name for environment in environments[1:]]


@pytest.mark.proves("environments.three-hundred")
async def test_listing_starts_no_process(machine: Machine) -> None:
    for number in range(30):
        install(make_venv(machine.root / f"venv{number}"), "ipykernel", "7.0")
        prefix = make_conda(machine.home / "miniconda3" / "envs" / f"conda{number}")
        install(prefix, "ipykernel", "7.0")
        write_script(prefix, "a.sh", "export A=1\n")
    manager = machine.manager()
    with processes_started() as started:
        environments = await manager.all()
        await manager.all(refresh=True)
        await manager.packages(environments[1].id)
    assert len(environments) == 61
    assert all(environment.kernel.ready for environment in environments)
    assert started == []


@pytest.mark.proves("http.environments-list")
async def test_a_list_is_kept_for_a_second_and_refreshed_on_demand(machine: Machine) -> None:
    clock = FakeClock()
    manager = machine.manager(clock=clock)
    assert names(await manager.all()) == []
    make_venv(machine.root / "work")
    assert names(await manager.all()) == []
    assert names(await manager.all(refresh=True)) == ["work"]
    shutil.rmtree(machine.root / "work")
    clock.advance(1.5)
    assert names(await manager.all()) == []


async def test_a_name_nobody_knows_is_looked_for_once_more(machine: Machine) -> None:
    manager = machine.manager(clock=FakeClock())
    await manager.all()
    make_venv(machine.root / "work")
    assert (await manager.get("work")).name == "work"


@pytest.mark.proves("environments.watched")
async def test_new_and_removed_environments_are_published(machine: Machine) -> None:
    hub = Hub()
    manager = machine.manager(hub)
    await manager.start()
    seen: list[list[str]] = []

    async def follow() -> None:
        async with aclosing(hub.follow("environments")) as messages:
            async for message in messages:
                seen.append(names(msgspec.json.decode(message.data, type=EnvironmentsFact).environments))

    follower = asyncio.create_task(follow())
    await eventually(lambda: seen == [[]])
    make_venv(machine.root / "work")
    await eventually(lambda: seen[-1] == ["work"])
    assert manager_module._FRESH <= 1  # seconds between two looks
    shutil.rmtree(machine.root / "work")
    await eventually(lambda: seen[-1] == [])
    assert seen == [[], ["work"], []]
    follower.cancel()
    await manager.close()
    await asyncio.gather(follower, return_exceptions=True)


async def test_nothing_is_published_while_nothing_changes(machine: Machine) -> None:
    hub = Hub()
    clock = FakeClock()
    manager = machine.manager(hub, clock)
    make_venv(machine.root / "work")
    await manager.all()
    async with aclosing(hub.follow("environments")) as messages:
        first = (await anext(messages)).seq
        for _ in range(3):
            await manager.all(refresh=True)
        make_venv(machine.root / "other")
        await manager.all(refresh=True)
        second = (await anext(messages)).seq
    assert second == first + 1


async def test_many_callers_at_once_read_once(machine: Machine) -> None:
    make_venv(machine.root / "work")
    manager = machine.manager()
    lists = await asyncio.gather(*(manager.all() for _ in range(20)))
    assert all(listed == lists[0] for listed in lists)
