"""Environments, models and schedules are the same on every road; people and programs where there are two roads."""

from __future__ import annotations

import contextlib
import io
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.server.cli.conftest import Lab
from tests.support import eventually_sync

from .roads import ByClient, ByCommands, OverHttp, Refused, Road

CONFIG = {"classes": ["a", "b"], "width": 4, "depth": 2}
METADATA = {"algorithm": "unet", "dataset": "digits", "config": CONFIG}


@pytest.mark.proves("http.environments-list", "cli.envs", "client.environments", "live.topic-environments")
def test_environments_are_told_alike(http: OverHttp, road: Road) -> None:
    told = road.environments()
    assert told == http.environments()
    assert told[0]["id"] == "server"
    assert {"name", "kind", "prefix", "python", "version", "kernel"} <= {*told[0]}


@pytest.fixture(scope="module")
def weights(started: Lab) -> str:
    """A file of weights below the server's root."""
    torch = pytest.importorskip("torch")
    from crispdm.algorithms import unet

    torch.save(unet.build(CONFIG).state_dict(), started.root / "model.pt")
    return "model.pt"


@pytest.fixture
def model(weights: str, http: OverHttp) -> Iterator[str]:
    """A model of the registry that is not deployed; both go again."""
    registration = {"name": "digits", "path": weights, "classes": ["a", "b"], "metadata": METADATA}
    number = http.call("POST", "models", registration)["version"]
    yield "digits"
    for deployment in http.call("GET", "deployments")["deployments"]:
        http.call("DELETE", f"deployments/{deployment['id']}")
    eventually_sync(lambda: _deleted(http, f"models/digits/versions/{number}"))


def _deleted(http: OverHttp, path: str) -> bool:
    with contextlib.suppress(Refused):
        http.call("DELETE", path)
        return True
    return False


@pytest.mark.proves("cli.deploy", "cli.models", "client.models", "client.deployments", "http.models-list",
                    "live.topic-models", "http.deployments")  # fmt: skip
def test_a_model_is_registered_found_deployed_and_withdrawn(model: str, http: OverHttp, road: Road) -> None:
    assert road.models() == http.models()
    assert [one["name"] for one in road.models()] == [model]
    road.deploy(model)
    (deployment,) = http.call("GET", "deployments")["deployments"]
    assert (deployment["model"], deployment["version"]) == (model, road.models()[0]["latest"])
    if isinstance(road, ByClient):
        assert [one.id for one in road.client.deployments.list()] == [deployment["id"]]
        road.client.deployments.delete(deployment["id"])
        eventually_sync(lambda: not road.client.deployments.list())


@pytest.mark.proves("cli.deploy", "client.models", "client.errors")
def test_an_unknown_model_is_told_with_the_same_words(road: Road) -> None:
    with pytest.raises(Refused) as caught:
        road.deploy("nothing")
    assert str(caught.value) == "There is no model 'nothing'."


@pytest.fixture
def daily(road: Road) -> Iterator[str]:
    """A schedule that was made on this road."""
    wishes = {"name": "nightly", "timezone": "Europe/Berlin", "missed": "skip", "overlap": "allow"}
    id = road.add_schedule("30 2 * * *", ["echo", "hello"], **wishes)
    yield id
    with contextlib.suppress(Refused):
        road.remove_schedule(id)


@pytest.mark.proves("http.schedules", "cli.schedule", "cli.schedule-policies", "client.schedules",
                    "live.topic-schedules")  # fmt: skip
def test_a_schedule_is_made_paused_run_and_removed(daily: str, http: OverHttp, road: Road) -> None:
    def told() -> dict[str, Any]:
        return next(one for one in road.schedules() if one["id"] == daily)

    assert told() == next(one for one in http.schedules() if one["id"] == daily)
    wanted = {"name": "nightly", "cron": "30 2 * * *", "timezone": "Europe/Berlin", "missed": "skip",
              "overlap": "allow", "paused": False}  # fmt: skip
    assert {name: told()[name] for name in wanted} == wanted
    road.pause(daily)
    assert (told()["paused"], told()["next_run"]) == (True, None)
    road.resume(daily)
    assert told()["paused"] is False
    job = road.run_schedule(daily)
    assert road.log(job) == "hello\n"
    assert road.job(job)["schedule"] == daily
    eventually_sync(lambda: told()["last_job"] == job)
    road.remove_schedule(daily)
    assert daily not in [one["id"] for one in road.schedules()]


@pytest.mark.proves("http.schedules", "cli.schedule", "client.schedules")
@pytest.mark.parametrize(("cron", "wishes"), [
    ("every day", {}), ("61 * * * *", {}), ("0 0 * * *", {"timezone": "Nowhere/At_All"}),
])  # fmt: skip
def test_a_bad_schedule_is_refused_with_the_same_words(
    cron: str, wishes: dict[str, Any], http: OverHttp, road: Road
) -> None:
    with pytest.raises(Refused) as at_first:
        http.add_schedule(cron, ["true"], **wishes)
    with pytest.raises(Refused) as here:
        road.add_schedule(cron, ["true"], **wishes)
    assert str(here.value) == str(at_first.value)


@pytest.fixture
def admin(lab: Lab) -> Iterator[OverHttp]:
    """Plain HTTP with the token of an administrator, which was made at the terminal."""
    commands = ByCommands()
    token = commands.call("token", "create", "keeper", "--scope", "admin").strip()
    running = lab.running()
    assert running is not None
    with contextlib.closing(OverHttp(running.address.url, token)) as road:
        yield road
    commands.call("token", "revoke", "keeper")


@pytest.mark.proves("http.users", "cli.user", "http.tokens", "cli.token")
def test_people_and_programs_are_the_same_at_the_terminal_and_over_http(
    admin: OverHttp, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands = ByCommands()
    admin.call("POST", "users", {"name": "ada", "role": "analyst", "password": "correct horse battery"})
    assert commands._list("user", "list") == admin._list("users")
    commands.call("user", "role", "ada", "--role", "viewer")
    assert [one["role"] for one in admin._list("users") if one["name"] == "ada"] == ["viewer"]
    admin.call("POST", "tokens", {"name": "reader", "scope": "read", "owner": "ada"})
    assert commands._list("token", "list") == admin._list("tokens")
    with pytest.raises(Refused) as by_http:
        admin.call("POST", "users", {"name": "ada", "role": "viewer", "password": "correct horse battery"})
    monkeypatch.setattr(sys, "stdin", io.StringIO("correct horse battery\n"))
    with pytest.raises(Refused) as by_command:
        commands.call("user", "add", "ada", "--password-stdin")
    assert str(by_command.value) == str(by_http.value)
    commands.call("token", "revoke", "reader")
    admin.call("DELETE", "users/ada")
    assert commands._list("user", "list") == admin._list("users")


@pytest.mark.proves("cli.module")
@pytest.mark.parametrize("program", ["jupyter_crispdm", "jupyter crispdm"])
def test_it_runs_as_a_module_and_below_jupyter(program: str, lab: Lab) -> None:
    command = [sys.executable, "-m", *program.split(), "envs", "--json"]
    done = subprocess.run(command, capture_output=True, check=True)
    assert json.loads(done.stdout)["environments"][0]["id"] == "server"


@pytest.mark.proves("machine.sigterm")
def test_a_server_that_is_asked_to_end_leaves_its_jobs_running(lab: Lab, http: OverHttp, tmp_path: Path) -> None:
    id = http.submit([sys.executable, "-c", "print('on', flush=True); print(input())"])
    eventually_sync(lambda: http.job(id)["state"] == "running")
    pid = http.job(id)["pid"]
    lab.end(signal.SIGTERM)
    assert Path(f"/proc/{pid}").exists()
    lab.start()
    running = lab.running()
    assert running is not None
    with contextlib.closing(OverHttp(running.address.url, running.address.token)) as again:
        assert again.job(id)["pid"] == pid
        again.send(id, "still\n")
        assert again.log(id) == "on\nstill\n"
        assert eventually_sync(lambda: again.job(id)["ended"])
        assert again.job(id)["exit_code"] == 0
