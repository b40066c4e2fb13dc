"""`serve`: what a service of its own is handed, from the registry alone."""

from __future__ import annotations

import asyncio
import itertools
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import AsyncMock

import msgspec
import pytest

from jupyter_crispdm.base.database import Database
from jupyter_crispdm.base.errors import NotFound, Unprocessable
from jupyter_crispdm.cli import main
from jupyter_crispdm.cli.models import serve
from jupyter_crispdm.cli.models.offline import Offline
from jupyter_crispdm.cli.settings import settings
from jupyter_crispdm.models.types import ModelVersion, Reference, Registration
from jupyter_crispdm.serving.deployments.alone import WantedFile, hand_over
from jupyter_crispdm.serving.inference.main import CannotStart
from jupyter_crispdm.serving.inference.settings import InferenceSettings
from jupyter_crispdm.serving.types import DeploymentSpec, ModelRoutes, Routes
from tests.unit.models.conftest import Registry, opened, torch_file

Out = pytest.CaptureFixture[str]
PROGRAM = """
class Model:
    def load(self, path, metadata): ...
    def predict(self, inputs): ...
"""


@pytest.fixture
def registry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jp_asyncio_loop: asyncio.AbstractEventLoop
) -> Iterator[Registry]:
    """A registry that a server left behind, in a folder where we stand."""
    for name in ("DATA", "CONFIG", "RUNTIME"):
        monkeypatch.setenv(f"JUPYTER_{name}_DIR", str(tmp_path / name.lower()))
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "")
    database = Database.in_directory(tmp_path / "data")
    made = jp_asyncio_loop.run_until_complete(opened(tmp_path, database))
    (made.root / "model.pt").write_bytes(torch_file())
    monkeypatch.chdir(made.root)
    yield made
    jp_asyncio_loop.run_until_complete(made.manager.close())
    jp_asyncio_loop.run_until_complete(database.close())


async def register(registry: Registry, name: str, **more: Any) -> None:
    fields = {"metadata": {"algorithm": "unet", "dataset": "digits"}, "environment": "server", **more}
    await registry.manager.register(Registration(name=name, path="model.pt", task="segmentation", **fields))


async def newest(registry: Registry) -> list[ModelVersion]:
    return [await registry.manager.resolve(model.name) for model in (await registry.manager.all()).models]


async def wanted(registry: Registry, *references: str, workers: int = 1) -> list[DeploymentSpec]:
    asked = await serve.wanted(settings(data_dir=str(registry.directory.parent)), [*references], workers)
    return [spec for _, spec in asked]


async def test_each_model_is_served_in_its_newest_version_where_none_is_named(registry: Registry) -> None:
    await register(registry, "one")
    await register(registry, "two")
    await register(registry, "two", classes=["a", "b"])
    specs = await wanted(registry, workers=2)
    assert [(spec.id, spec.workers, spec.classes) for spec in specs] == [
        ("one-1", 2, []), ("two-2", 2, ["a", "b"]),
    ]  # fmt: skip
    assert {spec.path for spec in specs} == {str(registry.files.path(version)) for version in await newest(registry)}


async def test_a_model_that_cannot_be_served_keeps_no_other_from_it(registry: Registry, capsys: Out) -> None:
    """One registered without its algorithm, or whose environment is gone, and nothing was served."""
    await register(registry, "bare", metadata={})
    await register(registry, "good")
    await register(registry, "lost", environment="venv-gone")
    assert [spec.model for spec in await wanted(registry)] == ["good"]
    said = capsys.readouterr().err.splitlines()
    assert [line.split(" is left out: ")[0] for line in said] == ["jupyter crispdm: bare", "jupyter crispdm: lost"]
    assert "without 'metadata.algorithm'" in said[0]
    assert "venv-gone" in said[1]


async def test_one_that_was_named_is_not_left_out_in_silence(registry: Registry) -> None:
    await register(registry, "bare", metadata={})
    await register(registry, "good")
    with pytest.raises(Unprocessable, match=r"'bare' version 1 was registered without 'metadata\.algorithm'"):
        await wanted(registry, "good", "bare")
    with pytest.raises(NotFound, match="no model 'never'"):
        await wanted(registry, "good", "never")


async def test_a_script_is_served_with_its_program_and_a_pickle_that_nobody_trusts_is_not(registry: Registry) -> None:
    (registry.root / "serve.py").write_text(PROGRAM)
    await register(registry, "rules", format="script", script="serve.py", metadata={})
    [spec] = await wanted(registry, "rules")
    assert (spec.format, Path(spec.script).name, spec.algorithm, spec.dataset) == (
        "script", "script.py", "script", "rules",
    )
    untrusted = msgspec.structs.replace(await registry.manager.resolve("rules"), types=["pickle"])
    models: Any = SimpleNamespace(resolve=AsyncMock(return_value=untrusted))
    with pytest.raises(Unprocessable, match="an admin must trust it first"):
        await serve.one_of(Reference("rules"), Offline(models, cast(Any, None), registry.root), 1)


async def test_nothing_that_can_be_served_is_said(registry: Registry) -> None:
    with pytest.raises(NotFound, match="no models to serve"):
        await wanted(registry)
    await register(registry, "bare", metadata={})
    with pytest.raises(NotFound, match="no models to serve"):
        await wanted(registry)


async def test_a_version_that_is_named_in_two_ways_is_served_once(registry: Registry) -> None:
    await register(registry, "one")
    await register(registry, "one")
    assert [spec.id for spec in await wanted(registry, "one/1", "one", "one/2")] == ["one-1", "one-2"]


@pytest.mark.proves("serving.alone-follows")
async def test_an_alias_is_handed_over_as_one_that_may_move(registry: Registry, tmp_path: Path) -> None:
    await register(registry, "one")
    await register(registry, "one")
    await registry.manager.aliases.point("one", "champion", 1)
    asked = await serve.wanted(
        settings(data_dir=str(registry.directory.parent)), ["one@champion", "one@latest", "one/2", "one@champion"], 1
    )
    assert [spec.id for _, spec in asked] == ["one@champion.1", "one@latest.2", "one-2"]
    assert [(one.alias, one.moves) for one, _ in asked] == [("champion", True), ("latest", True), ("", False)]
    hand_over(tmp_path, [one for one, _ in asked], [spec for _, spec in asked])
    routes = msgspec.json.decode((tmp_path / "routes.json").read_bytes(), type=Routes)
    assert routes == {"one": ModelRoutes(aliases={"champion": 1, "latest": 2}, default="champion")}
    assert await WantedFile(tmp_path).all() == [one for one, _ in asked]


def spec(tmp_path: Path, name: str = "unet_digits") -> DeploymentSpec:
    return DeploymentSpec(
        id=f"{name}-1", model=name, version=1, algorithm="unet", dataset="digits", path=str(tmp_path / "model.pt"),
        classes=[], metadata={}, python="/opt/x/bin/python", environ={"SECRET": "s"}, created=0.0, workers=1,
    )  # fmt: skip


def test_what_is_handed_over_is_nobody_elses_business(tmp_path: Path) -> None:
    hand_over(tmp_path, [], [spec(tmp_path)])
    [file] = (tmp_path / "deployments").iterdir()
    assert ((tmp_path / "deployments").stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)
    assert msgspec.json.decode(file.read_bytes(), type=DeploymentSpec) == spec(tmp_path)


@pytest.mark.proves("serving.cors", "serving.tokens")
def test_who_may_ask_is_handed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Out
) -> None:
    handed: list[InferenceSettings] = []

    async def none_wanted(*_: object) -> list[serve.Asked]:
        return []

    def served(settings: InferenceSettings) -> None:
        handed.append(settings)
        raise CannotStart("That is all.")

    monkeypatch.setattr("jupyter_crispdm.serving.inference.main.run", served)
    monkeypatch.setattr(serve, "wanted", none_wanted)
    monkeypatch.setattr(serve, "announce", lambda *_: None)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    monkeypatch.setattr("jupyter_crispdm.base.secrets.close_process", lambda: None)
    monkeypatch.setenv("CRISPDM_SERVING_TOKEN", "a" * 16 + "," + "b" * 16)
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "")
    words = ["--origin", "https://a.example", "--origin", "http://[::1]:8888", "--rate", "2.5"]
    assert main(["serve", *words, "--data-dir", str(tmp_path)]) == 1
    assert "That is all." in capsys.readouterr().err
    assert handed[0].origins == {"https://a.example", "http://[::1]:8888"}
    assert (handed[0].token_rate, list(handed[0].tokens)) == (2.5, ["a" * 16, "b" * 16])


def test_where_it_listens_is_said_once_it_does(tmp_path: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = threading.Event()

    def listen(seconds: float) -> None:
        looked.set()
        (tmp_path / "front.json").write_text(json.dumps({"address": "http://127.0.0.1:8503"}))

    monkeypatch.setattr("time.sleep", listen)
    serve.announce(tmp_path, [spec(tmp_path), spec(tmp_path)])
    assert looked.is_set()
    assert capsys.readouterr().out == "Serving unet_digits1, unet_digits1 on http://127.0.0.1:8503\n"


@pytest.mark.parametrize(
    "words",
    [
        ["--port", "70000"], ["--port", "-1"], ["--port", "http"], ["--workers", "0"], ["--workers", "many"],
        ["--rate", "0"], ["--rate", "often"], ["--rate", "inf"], ["--rate", "nan"],
        ["--origin", "*"], ["--origin", "null"], ["--origin", "a.example"], ["--origin", "https://a.example/"],
        ["--origin", "https://*.example"], ["--origin", "HTTPS://A.example"], ["--origin", "file:///x"],
    ],
)  # fmt: skip
def test_ports_and_workers_that_are_none_are_usage_errors(words: list[str], capsys: Out) -> None:
    """A port of 70000 was a traceback, and no workers a service that never answers."""
    with pytest.raises(SystemExit) as ended:
        main(["serve", *words])
    assert ended.value.code == 2
    assert words[1] in capsys.readouterr().err


def looks(monkeypatch: pytest.MonkeyPatch, then: Callable[[], object]) -> None:
    """Let a machine be so slow that a minute passes between two looks, and something happen after the third."""
    left, passed = iter((None, None, then)), itertools.count(0.0, 60.0)
    monkeypatch.setattr(serve, "time", SimpleNamespace(
        monotonic=lambda: next(passed), sleep=lambda seconds: (next(left) or int)()))


def test_where_it_listens_is_said_however_long_it_takes_to_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Out
) -> None:
    """After a minute it looked no more: on a slow machine nobody was ever told."""
    address = {"address": "http://127.0.0.1:1234"}
    looks(monkeypatch, lambda: (tmp_path / "front.json").write_text(json.dumps(address)))
    serve.announce(tmp_path, [cast(Any, SimpleNamespace(weight="lamp/1"))])
    assert capsys.readouterr().out == "Serving lamp/1 on http://127.0.0.1:1234\n"


def test_a_service_that_ended_before_it_listened_is_waited_for_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Out
) -> None:
    (tmp_path / "made").mkdir()
    looks(monkeypatch, (tmp_path / "made").rmdir)
    serve.announce(tmp_path / "made", [])
    assert capsys.readouterr().out == ""
