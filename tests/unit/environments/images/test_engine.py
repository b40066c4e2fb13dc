"""The engine of images, played behind httpx's own interface: which socket, which program, which images."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from jupyter_crispdm.base.errors import Unavailable
from jupyter_crispdm.environments.discovery import Surroundings
from jupyter_crispdm.environments.images import engine as engine_module
from jupyter_crispdm.environments.images.engine import LABEL, Engine, Image

Answer = Callable[[httpx.Request], httpx.Response]


class House:
    """A machine with an engine that answers by a script, and keeps what it was asked."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.asked: list[tuple[str, str]] = []
        self.answers: dict[str, Any] = {"/images/json": [], "/containers/json": []}
        (home / "engine.sock").touch()
        for name in ("docker", "podman"):
            (home / name).write_text("#!/bin/sh\n")
            (home / name).chmod(0o755)

    def engine(self, **variables: str) -> Engine:
        """The engine as the server finds it."""
        environ = {"PATH": str(self.home), "DOCKER_HOST": f"unix://{self.home}/engine.sock", **variables}
        return Engine(Surroundings(str(self.home), str(self.home), environ=environ))

    def put(self, id: str, *tags: str, env: tuple[str, ...] = (), labels: dict[str, str] | None = None) -> None:
        """An image of the engine."""
        self.answers["/images/json"].append({"Id": id, "RepoTags": list(tags), "Labels": labels})
        self.answers[f"/images/{id}/json"] = {"Config": {"Env": list(env)}}

    def answer(self, request: httpx.Request) -> httpx.Response:
        """What the engine says."""
        self.asked.append((request.method, request.url.path))
        told = self.answers.get(request.url.path)
        if isinstance(told, httpx.Response):
            return told
        return httpx.Response(404) if told is None else httpx.Response(200, content=json.dumps(told))


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    house = House(tmp_path)

    def client(_: str) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.MockTransport(house.answer), base_url="http://engine.test")

    monkeypatch.setattr(engine_module, "_client", client)
    return house


async def test_every_tag_of_an_image_is_one_with_what_it_sets(house: House) -> None:
    house.put("a", "fit:1", "fit:latest", env=("PYTHON_VERSION=3.12", "A=b=c", "odd"), labels={"k": "v"})
    environ = {"PYTHON_VERSION": "3.12", "A": "b=c"}
    assert await house.engine().images() == [
        Image("fit:1", environ, {"k": "v"}), Image("fit:latest", environ, {"k": "v"}),
    ]  # fmt: skip


async def test_what_has_no_tag_is_not_offered(house: House) -> None:
    house.put("a", "<none>:<none>")
    house.put("b")
    house.answers["/images/json"].append({"Id": "c"})
    assert await house.engine().images() == []


async def test_what_is_known_of_an_image_is_not_asked_again(house: House) -> None:
    house.put("a", "fit:1")
    engine = house.engine()
    await engine.images()
    await engine.images()
    assert house.asked.count(("GET", "/images/a/json")) == 1


@pytest.mark.parametrize("gone", [httpx.Response(404), httpx.Response(500), httpx.Response(200, content=b"rubbish")])
async def test_one_image_that_cannot_be_looked_at_hides_no_other(gone: httpx.Response, house: House) -> None:
    house.put("a", "fit:1")
    house.put("b", "gone:1")
    house.put("c", "other:1")
    house.answers["/images/b/json"] = gone
    assert [image.tag for image in await house.engine().images()] == ["fit:1", "other:1"]


@pytest.mark.parametrize("config", [None, {"Env": None}, {}])
async def test_an_image_that_sets_nothing_is_one_all_the_same(config: Any, house: House) -> None:
    house.put("a", "fit:1")
    house.answers["/images/a/json"] = {"Config": config}
    assert await house.engine().images() == [Image("fit:1", {}, {})]


@pytest.mark.parametrize("reply", [httpx.Response(500), httpx.Response(200, content=b"<html>")])
async def test_an_engine_that_talks_rubbish_is_said_in_a_sentence(reply: httpx.Response, house: House) -> None:
    house.answers["/images/json"] = reply
    with pytest.raises(Unavailable, match=r"Images are not offered: the engine at .*engine\.sock does not answer"):
        await house.engine().images()


async def test_a_machine_without_an_engine_is_said_in_a_sentence(house: House) -> None:
    (house.home / "engine.sock").unlink()
    with pytest.raises(Unavailable, match="no Docker or Podman engine answers"):
        await house.engine().images()
    assert house.asked == []


async def test_an_engine_without_its_program_is_said_in_a_sentence(house: House) -> None:
    with pytest.raises(Unavailable, match="no program docker or podman is on PATH"):
        await house.engine(PATH="/nowhere").images()


@pytest.mark.parametrize(
    ("variable", "value", "found"),
    [
        ("DOCKER_HOST", "tcp://10.0.0.1:2375", None),
        ("DOCKER_HOST", "ssh://ada@host.test", None),
        ("DOCKER_HOST", "unix:///nowhere/docker.sock", None),
    ],
)
def test_what_somebody_chose_counts_alone(variable: str, value: str, found: str | None, house: House) -> None:
    assert house.engine(**{variable: value}).socket == found


def test_a_podman_socket_is_podmans(tmp_path: Path, house: House) -> None:
    assert house.engine().program == str(house.home / "docker")
    other = tmp_path / "by-podman.sock"
    other.touch()
    assert house.engine(DOCKER_HOST=f"unix://{other}").program == str(house.home / "podman")


async def test_only_containers_of_jobs_that_are_over_are_ended(house: House, tmp_path: Path) -> None:
    for name in ("over", "running"):
        (tmp_path / name).mkdir()
    (tmp_path / "over/exit.json").touch()
    jobs = {"a": tmp_path / "over", "b": tmp_path / "running", "c": tmp_path / "deleted"}
    house.answers["/containers/json"] = [{"Id": id, "Labels": {LABEL: str(path)}} for id, path in jobs.items()]
    await house.engine().images()
    assert [path for method, path in house.asked if method == "POST"] == [
        "/containers/a/kill", "/containers/c/kill",
    ]  # fmt: skip
