"""Deployments that follow an alias, are changed while they answer, and try another version out."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from jupyter_crispdm.base.errors import BadRequest, Conflict, NotFound
from jupyter_crispdm.models.types import ModelVersion
from jupyter_crispdm.serving.store import DeploymentStore
from jupyter_crispdm.serving.types import (
    Canary,
    Comparison,
    DeploymentChange,
    DeploymentNumbers,
    DeploymentState,
    DeploymentStatus,
    SideNumbers,
)
from tests.support import eventually, soon

from .deploying import READY, Following, House, following, version, wish


@pytest.mark.proves("serving.alias-follows")
async def test_an_alias_is_followed_and_the_old_version_goes_when_the_new_one_answers(house: House) -> None:
    found = await following(house)
    assert (found.routed(), set(house.specs())) == (1, {f"{found.id}.1"})
    house.models.point("champion", 2)
    shown = await found.shown(coming=2)
    assert (shown.version, shown.state) == (1, DeploymentState.ready)
    assert shown.reason == "Version 2 is being started; version 1 answers until then."
    await eventually(lambda: found.routed() == 2)
    assert set(house.specs()) == {f"{found.id}.1", f"{found.id}.2"}
    found.tell(2, v1=READY, v2=READY)
    await found.shown(version=2, coming=None, reason="")
    await eventually(lambda: set(house.specs()) == {f"{found.id}.2"})
    assert [wanted.version for wanted in await DeploymentStore(house.database).all()] == [2]


@pytest.mark.proves("serving.alias-fails")
async def test_a_version_that_does_not_load_leaves_the_old_one_answering_and_is_said(house: House) -> None:
    found = await following(house)
    house.models.point("champion", 2)
    await found.shown(coming=2)
    found.tell(1, v1=READY, v2=DeploymentStatus(DeploymentState.failed, "The model cannot be loaded: torn."))
    why = "Version 2 does not answer: The model cannot be loaded: torn. Version 1 goes on."
    shown = await found.shown(reason=why)
    assert (shown.version, shown.state, shown.coming) == (1, DeploymentState.ready, 2)
    house.models.point("champion", 1)  # one click back
    await found.shown(coming=None, reason="")
    await eventually(lambda: set(house.specs()) == {f"{found.id}.1"})


async def test_a_version_whose_environment_is_gone_leaves_the_old_one_answering(house: House) -> None:
    found = await following(house)
    house.models.known["unet_digits/3"] = version(number=3, environment="gone")
    house.models.point("champion", 3)
    why = "Version 3 does not answer: There is no environment 'gone'. Version 1 goes on."
    assert (await found.shown(reason=why)).state is DeploymentState.ready


class Held:
    """The registry, which holds back what takes version 2 over until it is told to go on."""

    def __init__(self, house: House) -> None:
        self.asked, self.go_on, self._resolve = asyncio.Event(), asyncio.Event(), house.models.resolve
        house.models.resolve = self.resolve  # type: ignore[method-assign]

    async def resolve(self, reference: str) -> ModelVersion:
        if reference == "unet_digits/2" and not self.asked.is_set():
            self.asked.set()
            await self.go_on.wait()
        return await self._resolve(reference)


async def taking_over(house: House) -> tuple[Following, Held]:
    """An alias in the moment in which its second version answers, and that is not noted yet."""
    found = await following(house)
    house.models.point("champion", 2)
    await eventually(lambda: found.routed() == 2)
    held = Held(house)
    found.tell(2, v1=READY, v2=READY)
    await soon(held.asked.wait())
    return found, held


async def test_what_is_changed_while_a_version_takes_over_stays_changed(house: House) -> None:
    found, held = await taking_over(house)
    await found.manager.change(found.id, DeploymentChange(workers=3))
    held.go_on.set()
    await found.shown(version=2, coming=None)
    [kept] = await DeploymentStore(house.database).all()
    assert (kept.version, kept.workers) == (2, 3)
    assert (await found.manager.get(found.id)).workers == 3


async def test_what_is_deleted_while_a_version_takes_over_stays_deleted(house: House) -> None:
    found, held = await taking_over(house)
    await found.manager.delete(found.id)
    held.go_on.set()
    found.tell(1)
    await eventually(lambda: found.manager._facts.told.answering == {"unet_digits@champion": 1})  # it has gone on
    assert (await found.manager.all()).deployments == []
    assert house.specs() == {}


async def test_each_version_runs_where_it_was_trained_unless_one_was_named(house: House) -> None:
    house.models.known["unet_digits/2"] = version(number=2, environment="venv-2")
    found = await following(house)
    house.models.point("champion", 2)
    await eventually(lambda: found.routed() == 2)
    assert house.specs()[f"{found.id}.2"].environ == {"PATH": "/venv-2/bin"}
    found.tell(2, v2=READY)
    assert (await found.shown(version=2)).environment == "venv-2"


async def test_an_alias_that_is_gone_means_what_it_meant(house: House) -> None:
    found = await following(house)
    house.models.point("champion", None)
    house.models.point("other", 2)
    await found.manager._find_targets()
    assert (await found.manager.get(found.id)).version == 1
    assert found.routed() == 1


async def test_an_alias_is_deployed_once_and_beside_a_version_of_its_own(house: House) -> None:
    found = await following(house)
    with pytest.raises(Conflict, match="The alias 'champion' of 'unet_digits' is deployed already"):
        await found.manager.deploy(wish("unet_digits@champion"), "bo")
    await found.manager.deploy(wish("unet_digits/1"), "bo")
    house.models.point("newest", 1)
    await found.manager.deploy(wish("unet_digits@newest"), "bo")
    assert len((await found.manager.all()).deployments) == 3


async def test_a_new_server_goes_on_where_a_switch_stood(house: House) -> None:
    found = await following(house)
    house.models.point("champion", 2)
    await found.shown(coming=2)
    await found.manager.close(stop=False)
    found.tell(2, v1=READY, v2=READY)
    found.manager = await house.open()
    await found.shown(version=2, coming=None)
    await eventually(lambda: set(house.specs()) == {f"{found.id}.2"})


async def test_what_an_alias_may_come_to_is_not_deleted(house: House) -> None:
    found = await following(house)
    house.models.point("champion", 2)
    await found.shown(coming=2)
    assert found.id in house.models.asked(version())
    assert found.id in house.models.asked(version(number=2))


async def test_workers_are_changed_while_it_answers(house: House) -> None:
    found = await following(house)
    changed = await found.manager.change(found.id, DeploymentChange(workers=4, idle_seconds=60.0))
    assert (changed.workers, changed.idle_seconds) == (4, 60.0)
    spec = house.specs()[f"{found.id}.1"]
    assert (spec.workers, spec.idle_seconds) == (4, 60.0)
    assert (await found.manager.change(found.id, DeploymentChange(idle_seconds=None))).idle_seconds is None
    assert house.specs()[f"{found.id}.1"].workers == 4


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("workers", DeploymentChange(workers=0)),
        ("idle_seconds", DeploymentChange(idle_seconds=0.0)),
        ("idle_seconds", DeploymentChange(idle_seconds=float("nan"))),
        ("sample", DeploymentChange(sample=1.5)),
        ("canary.share", DeploymentChange(canary=Canary(2, 1.1))),
        ("canary.version", DeploymentChange(canary=Canary(1))),
    ],
)
async def test_a_change_that_cannot_be_is_refused_by_its_field(
    house: House, field: str, change: DeploymentChange
) -> None:
    found = await following(house)
    before = house.specs()
    with pytest.raises(BadRequest) as refused:
        await found.manager.change(found.id, change)
    assert refused.value.details["field"] == field
    assert house.specs() == before


@pytest.mark.proves("serving.canary-patch")
async def test_a_version_is_tried_out_beside_the_one_that_answers(house: House) -> None:
    found = await following(house)
    await found.manager.change(found.id, DeploymentChange(canary=Canary(2, 0.25)))
    assert set(house.specs()) == {f"{found.id}.1", f"{found.id}.2"}
    routes = msgspec.json.decode((house.directory / "routes.json").read_bytes())["unet_digits"]
    assert routes["canary"] == {"champion": {"version": 2, "share": 0.25, "shadow": False}}
    assert routes["default"] == "champion"
    with pytest.raises(NotFound, match="no request came yet"):
        await found.manager.comparison(found.id)
    shown = Comparison(SideNumbers(1, 3), SideNumbers(2, 1), 0.25, shadow=False)
    found.house.process.tell({}, comparisons={"unet_digits@champion": shown})
    await eventually(lambda: found.manager._facts.told.comparisons)
    assert await found.manager.comparison(found.id) == shown
    await found.manager.change(found.id, DeploymentChange(canary=None))
    await eventually(lambda: set(house.specs()) == {f"{found.id}.1"})


async def test_a_version_of_its_own_has_no_trial(house: House) -> None:
    manager = await house.open()
    made = await manager.deploy(wish(), "ada")
    with pytest.raises(BadRequest, match="Only beside a deployment of an alias"):
        await manager.change(made.id, DeploymentChange(canary=Canary(2)))


async def test_the_numbers_that_are_told_are_shown(house: House) -> None:
    found = await following(house)
    numbers = DeploymentNumbers(rate=2.5, p50=1.0, p99=9.0, queue=3, cpu_percent=50.0, memory_bytes=9, requests=7)
    house.process.tell({}, numbers={f"{found.id}.1": numbers})
    shown = await found.shown(requests=7)
    assert (shown.rate, shown.p50, shown.p99, shown.queue, shown.errors) == (2.5, 1.0, 9.0, 3, 0)


@pytest.mark.proves("serving.deployment-log")
async def test_the_log_is_that_of_the_version_that_answers(house: House) -> None:
    found = await following(house)
    with pytest.raises(NotFound, match="has said nothing yet"):
        await found.manager.log(found.id)
    log = house.directory / "logs" / f"{found.id}.1.log"
    log.parent.mkdir()
    log.write_text("loaded")
    assert await found.manager.log(found.id) == log
