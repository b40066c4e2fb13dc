"""The deployments of a service, kept in step with a directory of specifications."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from jupyter_crispdm.base.errors import NotFound, Unavailable
from jupyter_crispdm.serving.inference.settings import InferenceSettings
from jupyter_crispdm.serving.inference.workers import repository as module
from jupyter_crispdm.serving.inference.workers.repository import ModelRepository
from jupyter_crispdm.serving.types import DeploymentSpec, DeploymentState, DeploymentStatus
from tests.support import eventually
from tests.unit.tracking.conftest import FakeWatcher


class FakePool:
    """A pool without workers."""

    def __init__(self, spec: DeploymentSpec, settings: Any, log: Path, changed: Any) -> None:
        self.spec, self.log = spec, log
        self.status = DeploymentStatus(DeploymentState.starting)
        self.started = self.stopped = 0

    @property
    def ready(self) -> bool:
        return self.status.state is DeploymentState.ready

    def start(self) -> None:
        self.started += 1

    async def stop(self, drain: float = 0.0) -> None:
        self.stopped += 1

    def become(self, state: DeploymentState, reason: str = "") -> None:
        self.status = DeploymentStatus(state, reason)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModelRepository:
    monkeypatch.setattr(module, "WorkerPool", FakePool)
    made = ModelRepository(InferenceSettings(tmp_path), cast(Any, FakeWatcher()))
    made.address = "http://127.0.0.1:8503"
    return made


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
    return cast(FakePool, repository._pools[id])


def told(directory: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((directory / "state.json").read_text())
    return content


async def test_what_is_asked_for_is_started_once_and_told(repository: ModelRepository, tmp_path: Path) -> None:
    """The one that was started last was told only when its state changed."""
    ask(tmp_path, spec("a"), spec("b"))
    for _ in range(3):
        await repository.reconcile()
    assert [pool(repository, id).started for id in ("a-1", "b-1")] == [1, 1]
    assert told(tmp_path) == {
        "pid": os.getpid(), "address": "http://127.0.0.1:8503",
        "deployments": {id: {"state": "starting", "reason": ""} for id in ("a-1", "b-1")},
    }  # fmt: skip


async def test_what_is_asked_for_no_more_is_stopped_and_told(repository: ModelRepository, tmp_path: Path) -> None:
    ask(tmp_path, spec("a"), spec("b"))
    await repository.reconcile()
    gone = pool(repository, "a-1")
    (tmp_path / "deployments/a-1.json").unlink()
    await repository.reconcile()
    await eventually(lambda: gone.stopped == 1)
    assert list(told(tmp_path)["deployments"]) == ["b-1"]


async def test_what_is_asked_for_otherwise_is_another_deployment(repository: ModelRepository, tmp_path: Path) -> None:
    ask(tmp_path, spec("a"))
    await repository.reconcile()
    before = pool(repository, "a-1")
    ask(tmp_path, spec("a", workers=4))
    await repository.reconcile()
    await eventually(lambda: before.stopped == 1)
    assert (pool(repository, "a-1").spec.workers, pool(repository, "a-1").started) == (4, 1)


@pytest.mark.proves("lists.one-bad")
@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"id": "bad"}', b"\xff", b"[" * 100_000, None])
async def test_a_file_that_is_no_specification_is_left_out_alone(
    repository: ModelRepository, tmp_path: Path, content: bytes | None
) -> None:
    bad = tmp_path / "deployments/bad.json"
    bad.mkdir() if content is None else bad.write_bytes(content)
    ask(tmp_path, spec("good"))
    await repository.reconcile()
    assert list(repository._pools) == ["good-1"]


async def test_parameters_that_are_nested_without_end_are_left_out_alone(
    repository: ModelRepository, tmp_path: Path
) -> None:
    """None of the deployments was looked after any more."""
    deep = msgspec.json.encode(spec("bad")).replace(b'"metadata":{}', b'"metadata":{"a":' + b"[" * 50_000)
    (tmp_path / "deployments/bad-1.json").write_bytes(deep)
    ask(tmp_path, spec("good"))
    await repository.reconcile()
    assert list(repository._pools) == ["good-1"]


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
        repository.of_model("a")
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
    monkeypatch.setattr(module, "_LOG_BYTES", 10)
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

    monkeypatch.setattr(module, "write_atomic", full)
    ask(tmp_path, spec("a"))
    await repository.reconcile()
    assert list(repository._pools) == ["a-1"]


async def test_the_state_of_another_service_is_not_overwritten(repository: ModelRepository, tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text("of another")
    repository.holds_directory = lambda: False
    repository.tell()
    assert (tmp_path / "state.json").read_text() == "of another"


async def test_all_end_with_the_service(repository: ModelRepository, tmp_path: Path) -> None:
    ask(tmp_path, spec("a"), spec("b"))
    await repository.reconcile()
    pools = [pool(repository, id) for id in ("a-1", "b-1")]
    await repository.stop()
    assert [one.stopped for one in pools] == [1, 1]
