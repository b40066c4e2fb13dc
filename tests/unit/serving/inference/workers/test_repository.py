"""The deployments of a service, kept in step with a directory of specifications."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from jupyter_crispdm.base.errors import NotFound, Unavailable
from jupyter_crispdm.serving.inference.settings import InferenceSettings
from jupyter_crispdm.serving.inference.workers import directory as files
from jupyter_crispdm.serving.inference.workers import repository as module
from jupyter_crispdm.serving.inference.workers.repository import ModelRepository
from jupyter_crispdm.serving.types import DeploymentSpec, DeploymentState, DeploymentStatus
from tests.support import eventually
from tests.unit.tracking.conftest import FakeWatcher


class FakePool:
    """A pool without workers; nothing waits in it unless a test says so."""

    def __init__(self, spec: DeploymentSpec, settings: Any, log: Path, changed: Any) -> None:
        self.spec, self.log, self.changed = spec, log, changed
        self.status = DeploymentStatus(DeploymentState.starting)
        self.description: dict[str, Any] = {"classes": ["a"], "signature": {}}
        self.started = self.stopped = 0
        self.pids: list[int] = []
        self.waiting, self.idle_since = 0, cast("float | None", 0.0)

    @property
    def ready(self) -> bool:
        return self.status.state is DeploymentState.ready

    def start(self) -> None:
        self.started += 1

    async def stop(self, drain: float = 0.0) -> None:
        self.stopped += 1

    def become(self, state: DeploymentState, reason: str = "") -> None:
        self.status = DeploymentStatus(state, reason)
        self.changed()


@pytest.fixture
def repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jp_asyncio_loop: asyncio.AbstractEventLoop
) -> Iterator[ModelRepository]:
    monkeypatch.setattr(module, "WorkerPool", FakePool)
    made = ModelRepository(InferenceSettings(tmp_path), cast(Any, FakeWatcher()))
    made.address = "http://127.0.0.1:8503"
    yield made
    jp_asyncio_loop.run_until_complete(made.stop())


def spec(model: str, version: int = 1, **more: Any) -> DeploymentSpec:
    fields: dict[str, Any] = {
        "id": f"{model}-{version}", "model": model, "version": version, "algorithm": "unet", "dataset": model,
        "path": "/m.pt", "classes": [], "metadata": {}, "python": "/p", "environ": {}, "created": float(version),
    }  # fmt: skip
    return DeploymentSpec(**{**fields, **more})


def ask(directory: Path, *specs: DeploymentSpec) -> None:
    for one in specs:
        (directory / "deployments" / f"{one.id}.json").write_bytes(msgspec.json.encode(one))


def pool(repository: ModelRepository, id: str) -> FakePool:
    return cast(FakePool, repository._places[id].pool)


async def told(repository: ModelRepository) -> dict[str, Any]:
    """What the server reads when nothing is written any more."""
    if repository._teller is not None:
        await repository._teller
    content: dict[str, Any] = json.loads((repository._directory.path / "state.json").read_text())
    return content


def route(directory: Path, **aliases: int) -> None:
    """Let the aliases of the model `a` mean versions."""
    routes = {"a": {"aliases": aliases, "default": next(iter(aliases))}}
    (directory / "routes.json").write_text(json.dumps(routes))


async def test_what_is_asked_for_is_started_once_and_told(repository: ModelRepository, tmp_path: Path) -> None:
    """The one that was started last was told only when its state changed."""
    ask(tmp_path, spec("a"), spec("b"))
    for _ in range(3):
        await repository.reconcile()
    assert [pool(repository, id).started for id in ("a-1", "b-1")] == [1, 1]
    assert await told(repository) == {
        "pid": os.getpid(), "address": "http://127.0.0.1:8503",
        "deployments": {id: {"state": "starting", "reason": ""} for id in ("a-1", "b-1")},
        "numbers": {"a-1": {}, "b-1": {}},
    }  # fmt: skip


async def test_what_is_asked_for_no_more_is_stopped_and_told(repository: ModelRepository, tmp_path: Path) -> None:
    ask(tmp_path, spec("a"), spec("b"))
    await repository.reconcile()
    gone = pool(repository, "a-1")
    (tmp_path / "deployments/a-1.json").unlink()
    await repository.reconcile()
    await eventually(lambda: gone.stopped == 1)
    assert list((await told(repository))["deployments"]) == ["b-1"]


async def test_what_is_asked_for_otherwise_is_another_deployment(repository: ModelRepository, tmp_path: Path) -> None:
    ask(tmp_path, spec("a"))
    await repository.reconcile()
    before = pool(repository, "a-1")
    ask(tmp_path, spec("a", workers=4))
    await repository.reconcile()
    await eventually(lambda: before.stopped == 1)
    assert (pool(repository, "a-1").spec.workers, pool(repository, "a-1").started) == (4, 1)


@pytest.mark.proves("serving.change-while-answering")
async def test_one_that_answers_does_so_until_its_successor_can(repository: ModelRepository, tmp_path: Path) -> None:
    ask(tmp_path, spec("a"))
    await repository.reconcile()
    before = pool(repository, "a-1")
    before.become(DeploymentState.ready)
    ask(tmp_path, spec("a", workers=4))
    await repository.reconcile()
    assert cast(Any, repository.of_model("a")) is before
    coming = cast(FakePool, repository._places["a-1"].coming)
    coming.become(DeploymentState.ready)
    assert cast(Any, repository.of_model("a")) is coming
    await eventually(lambda: before.stopped == 1)


async def test_a_successor_that_cannot_start_is_said_and_changes_nothing(
    repository: ModelRepository, tmp_path: Path
) -> None:
    ask(tmp_path, spec("a"))
    await repository.reconcile()
    before = pool(repository, "a-1")
    before.become(DeploymentState.ready)
    ask(tmp_path, spec("a", workers=4))
    await repository.reconcile()
    cast(FakePool, repository._places["a-1"].coming).become(DeploymentState.failed, "No memory.")
    assert cast(Any, repository.of_model("a")) is before
    state = (await told(repository))["deployments"]["a-1"]
    assert state == {"state": "ready", "reason": "It goes on as it was: No memory."}


async def test_when_it_rests_is_changed_in_place(repository: ModelRepository, tmp_path: Path) -> None:
    ask(tmp_path, spec("a"))
    await repository.reconcile()
    before = pool(repository, "a-1")
    ask(tmp_path, spec("a", idle_seconds=5.0))
    await repository.reconcile()
    assert (pool(repository, "a-1"), before.spec.idle_seconds, before.stopped) == (before, 5.0, 0)


@pytest.mark.proves("lists.one-bad")
@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"id": "bad"}', b"\xff", b"[" * 100_000, None])
async def test_a_file_that_is_no_specification_is_left_out_alone(
    repository: ModelRepository, tmp_path: Path, content: bytes | None
) -> None:
    bad = tmp_path / "deployments/bad.json"
    bad.mkdir() if content is None else bad.write_bytes(content)
    ask(tmp_path, spec("good"))
    await repository.reconcile()
    assert list(repository._places) == ["good-1"]


async def test_parameters_that_are_nested_without_end_are_left_out_alone(
    repository: ModelRepository, tmp_path: Path
) -> None:
    """None of the deployments was looked after any more."""
    deep = msgspec.json.encode(spec("bad")).replace(b'"metadata":{}', b'"metadata":{"a":' + b"[" * 50_000)
    (tmp_path / "deployments/bad-1.json").write_bytes(deep)
    ask(tmp_path, spec("good"))
    await repository.reconcile()
    assert list(repository._places) == ["good-1"]


async def test_files_of_others_are_not_taken_for_specifications(repository: ModelRepository, tmp_path: Path) -> None:
    content = msgspec.json.encode(spec("a"))
    for name in (".a-1.json", "a-1.json.new", "copy of a-1.json", "a-1.txt"):
        (tmp_path / "deployments" / name).write_bytes(content)
    await repository.reconcile()
    assert repository.pools == []


async def test_the_newest_that_is_ready_answers_for_a_model(repository: ModelRepository, tmp_path: Path) -> None:
    ask(tmp_path, *(spec("a", number) for number in (1, 2, 3)), spec("b"))
    await repository.reconcile()
    with pytest.raises(Unavailable, match=r"The deployment for model 'a' is not ready: it is starting\."):
        repository.ready_of_model("a")
    assert not repository.of_model("a").ready  # requests may wait in it
    pool(repository, "a-1").become(DeploymentState.ready)
    pool(repository, "a-2").become(DeploymentState.ready)
    pool(repository, "a-3").become(DeploymentState.failed, "Its file is gone.")
    assert repository.of_model("a").spec.version == 2
    assert repository.of_model("a", 1).spec.version == 1
    with pytest.raises(Unavailable, match="model 'a', version 3 is not ready: Its file is gone"):
        repository.of_model("a", 3)
    for model, version in (("a", 4), ("c", None), ("", None), ("x" * 10_000, None)):
        with pytest.raises(NotFound) as refused:
            repository.of_model(model, version)
        assert len(refused.value.message) < 200


async def test_the_four_calls_mean_the_newest_that_fits_what_they_say(
    repository: ModelRepository, tmp_path: Path
) -> None:
    ask(tmp_path, spec("a", 1, dataset="digits"), spec("a", 2, dataset="cells"), spec("b", 3, algorithm="mask"))
    await repository.reconcile()
    for id in ("a-1", "a-2", "b-3"):
        pool(repository, id).become(DeploymentState.ready)

    def found(*asked: str | None) -> str:
        return repository.of_weight(*asked).spec.id

    assert found(None, None, None) == "b-3"
    assert found("unet", None, None) == "a-2"
    assert found("unet", "digits", None) == "a-1"
    assert found(None, None, "unet_digits1") == "a-1"
    with pytest.raises(NotFound, match="Nothing is deployed for algorithm 'unet', Model_path 'b'"):
        found("unet", "b", None)
    with pytest.raises(NotFound, match="Nothing is deployed for weight 'x"):
        found(None, None, "x" * 10_000)


@pytest.mark.proves("serving.shadow")
async def test_the_four_calls_are_shown_to_a_trial_unless_they_name_a_weight(
    repository: ModelRepository, tmp_path: Path
) -> None:
    """A version that was tried out saw nothing of what came by the four calls."""
    ask(tmp_path, spec("a", 1, dataset="digits", alias="x"), spec("a", 2, dataset="digits", alias="x"))
    canary = {"x": {"version": 2, "share": 1.0, "shadow": False}}
    (tmp_path / "routes.json").write_text(json.dumps({"a": {"aliases": {"x": 1}, "default": "x", "canary": canary}}))
    await repository.reconcile()
    for id in ("a-1", "a-2"):
        pool(repository, id).become(DeploymentState.ready)
    assert repository.of_weight("unet", "digits", None).spec.version == 2
    assert repository.of_weight(None, None, "unet_digits1").spec.version == 1
    ask(tmp_path, spec("a", 2, dataset="cells", alias="x"))
    await repository.reconcile()
    assert repository.of_weight("unet", "digits", None).spec.version == 1


async def test_what_failed_is_not_offered(repository: ModelRepository, tmp_path: Path) -> None:
    assert repository.offer() == "Nothing is deployed."
    with pytest.raises(NotFound, match="Nothing is deployed for any model"):
        repository.of_weight(None, None, None)
    ask(tmp_path, *(spec(f"m{number:02}", number) for number in range(1, 31)))
    await repository.reconcile()
    pool(repository, "m30-30").become(DeploymentState.failed)
    offer = repository.offer()
    assert offer.startswith("Deployed are unet_m2929, unet_m2828")
    assert offer.count("unet_") == 20
    assert len(repository.usable) == 29


async def test_a_log_that_grew_large_is_set_aside_when_its_deployment_starts(
    repository: ModelRepository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_LOG_BYTES", 10)
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "a-1.log").write_text("x" * 11)
    (logs / "b-1.log").write_text("x" * 10)
    ask(tmp_path, spec("a"), spec("b"))
    await repository.reconcile()
    assert sorted(path.name for path in logs.iterdir()) == ["a-1.old.log", "b-1.log"]


async def test_a_state_that_cannot_be_written_ends_nothing(
    repository: ModelRepository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "write_atomic", full)
    ask(tmp_path, spec("a"))
    await repository.reconcile()
    assert list(repository._places) == ["a-1"]


async def test_the_state_of_another_service_is_not_overwritten(repository: ModelRepository, tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text("of another")
    repository.holds_directory = lambda: False
    repository.tell()
    await repository.told()
    assert (tmp_path / "state.json").read_text() == "of another"


async def test_all_end_with_the_service(repository: ModelRepository, tmp_path: Path) -> None:
    ask(tmp_path, spec("a"), spec("b"))
    await repository.reconcile()
    pools = [pool(repository, id) for id in ("a-1", "b-1")]
    await repository.stop()
    assert [one.stopped for one in pools] == [1, 1]


@pytest.mark.proves("serving.alias-switch")
async def test_an_alias_goes_over_to_a_version_that_can_answer_and_the_old_one_drains(
    repository: ModelRepository, tmp_path: Path
) -> None:
    ask(tmp_path, spec("a", 1, alias="champion"))
    route(tmp_path, champion=1)
    await repository.reconcile()
    old = pool(repository, "a-1")
    old.become(DeploymentState.ready)
    ask(tmp_path, spec("a", 2, alias="champion"))
    route(tmp_path, champion=2)
    await repository.reconcile()
    new = pool(repository, "a-2")

    def answering() -> set[int]:
        return {repository.of_model(name).spec.version for name in ("a", "a@champion")}

    assert answering() == {1}
    assert repository.state().answering == {"a@champion": 1}
    new.become(DeploymentState.ready)
    assert answering() == {2}
    assert repository.state().answering == {"a@champion": 2}
    assert old.stopped == 0
    (tmp_path / "deployments/a-1.json").unlink()
    await repository.reconcile()
    await eventually(lambda: old.stopped == 1)
    with pytest.raises(NotFound):
        repository.of_model("a", 1)


@pytest.mark.proves("serving.alias-fails")
async def test_a_version_that_does_not_load_leaves_the_old_one_answering(
    repository: ModelRepository, tmp_path: Path
) -> None:
    ask(tmp_path, spec("a", 1, alias="champion"), spec("a", 2, alias="champion"))
    route(tmp_path, champion=2)
    await repository.reconcile()
    pool(repository, "a-1").become(DeploymentState.ready)
    pool(repository, "a-2").become(DeploymentState.failed, "It is torn.")
    assert repository.of_model("a@champion").spec.version == 1
    with pytest.raises(Unavailable, match="It is torn"):
        repository.of_model("a", 2)
    with pytest.raises(NotFound, match="model 'a@other'"):
        repository.of_model("a@other")


async def test_routes_that_cannot_be_read_leave_things_as_they_were(
    repository: ModelRepository, tmp_path: Path
) -> None:
    ask(tmp_path, spec("a", 1), spec("a", 2))
    route(tmp_path, champion=1)
    await repository.reconcile()
    for bad in ("{", "[]", '{"a": 3}'):
        (tmp_path / "routes.json").write_text(bad)
        await repository.reconcile()
        assert repository.of_model("a@champion").spec.version == 1


@pytest.mark.proves("serving.load-unload")
async def test_a_model_that_was_taken_out_of_memory_answers_nobody_until_it_is_loaded(
    repository: ModelRepository, tmp_path: Path
) -> None:
    ask(tmp_path, spec("a"))
    await repository.reconcile()
    before = pool(repository, "a-1")
    before.become(DeploymentState.ready)
    await repository.unload("a")
    await eventually(lambda: before.stopped == 1)
    for find in (repository.of_model, repository.ready_of_model):
        with pytest.raises(Unavailable, match="taken out of memory"):
            find("a")
    assert (await told(repository))["deployments"]["a-1"]["state"] == "stopped"
    again = ModelRepository(InferenceSettings(tmp_path), cast(Any, FakeWatcher()))  # after a kill
    await again.reconcile()
    assert pool(again, "a-1").status.state is DeploymentState.stopped
    await again.load("a")
    assert pool(again, "a-1").started == 1
    assert again.of_model("a").spec.version == 1
    await told(again)
    for unknown in (again.load, again.unload):
        with pytest.raises(NotFound):
            await unknown("nobody")


@pytest.mark.proves("serving.idle")
async def test_one_that_nobody_asks_rests_and_the_next_request_wakes_it(
    repository: ModelRepository, tmp_path: Path
) -> None:
    ask(tmp_path, spec("a", idle_seconds=1e-9), spec("b"), spec("c", idle_seconds=1e-9))
    await repository.reconcile()
    before, busy = pool(repository, "a-1"), pool(repository, "c-1")
    for id in ("a-1", "b-1", "c-1"):
        pool(repository, id).become(DeploymentState.ready)
    busy.idle_since = None
    assert await repository._residence.look()
    repository._changed()
    await eventually(lambda: before.stopped == 1)
    states = {id: status.state.value for id, status in repository.state().deployments.items()}
    assert states == {"a-1": "idle", "b-1": "ready", "c-1": "ready"}
    assert repository.waiting == []
    assert repository.ready_of_model("a").description == {"classes": ["a"], "signature": {}}
    assert pool(repository, "a-1").started == 1  # to describe it wakes nobody
    woken = cast(FakePool, repository.of_model("a"))
    assert (woken.started, woken is before, woken.description) == (1, False, before.description)
    await told(repository)


@pytest.mark.proves("serving.memory-cap")
async def test_what_does_not_fit_is_refused_and_comes_when_there_is_room(
    tmp_path: Path, repository: ModelRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = ModelRepository(InferenceSettings(tmp_path, memory_bytes=100 << 20), cast(Any, FakeWatcher()))
    ask(tmp_path, spec("a", memory_bytes=60 << 20), spec("b", memory_bytes=60 << 20))
    await small.reconcile()
    first = pool(small, "a-1") if pool(small, "a-1").started else pool(small, "b-1")
    other = "b" if first.spec.model == "a" else "a"
    assert "It needs about 60 MiB of memory" in pool(small, f"{other}-1").status.reason
    with pytest.raises(Unavailable, match="the models in use leave 40 of 100 MiB"):
        small.of_model(other)
    first.become(DeploymentState.ready)
    small.of_model(other)  # the first is not in use now: it rests
    await eventually(lambda: first.stopped == 1)
    assert pool(small, f"{other}-1").started == 1
    assert small.state().deployments[first.spec.id].state is DeploymentState.idle
    await told(small)


async def test_a_log_that_grows_while_it_is_written_keeps_its_end(
    repository: ModelRepository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_LOG_BYTES", 4)
    (tmp_path / "logs").mkdir()
    log = tmp_path / "logs/a-1.log"
    with log.open("ab", buffering=0) as worker:
        worker.write(b"123456789")
        repository._directory.bound_logs(["a-1", "nobody"])
        worker.write(b"new")
    assert (log.read_text(), (tmp_path / "logs/a-1.old.log").read_text()) == ("new", "6789")
