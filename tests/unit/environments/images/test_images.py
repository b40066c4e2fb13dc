"""Images as environments: which are offered, when they are looked for, and what a job's container is given."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from jupyter_crispdm.base.errors import Unavailable
from jupyter_crispdm.environments.discovery import Surroundings
from jupyter_crispdm.environments.images import images as images_module
from jupyter_crispdm.environments.images.engine import LABEL, Engine, Image
from jupyter_crispdm.environments.images.images import PYTHON_LABEL, ContainedJob, Images
from jupyter_crispdm.environments.types import EnvironmentKind

Look = Callable[[], Awaitable[list[Image]]]


@pytest.fixture
def images(tmp_path: Path) -> Images:
    for name in ("docker", "podman"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    return Images(Surroundings(str(tmp_path), str(tmp_path), environ={"PATH": str(tmp_path)}))


def answers(monkeypatch: pytest.MonkeyPatch, look: Look) -> None:
    """Let the engine answer so."""
    monkeypatch.setattr(Engine, "images", lambda _: look())


def job(directory: Path, **more: Any) -> ContainedJob:
    """A job that writes into its project and reads the training code's package."""
    given = {"cwd": "/project/sub", "writing": [Path("/project")], "reading": [Path("/site")], "variables": ["A", "B"]}
    return ContainedJob(directory, **{**given, **more})


async def found(images: Images) -> list[tuple[str, str, str, str]]:
    """What is offered after a look."""
    await images.ask(refresh=True)
    return [(one.kind.value, one.prefix, one.python, one.version) for one in images.found]


async def test_images_with_a_sign_of_python_are_offered(images: Images, monkeypatch: pytest.MonkeyPatch) -> None:
    async def look() -> list[Image]:
        return [
            Image("python:3.12", {"PYTHON_VERSION": "3.12.1"}, {}),
            Image("conda:1", {"CONDA_DIR": "/opt/conda"}, {}),
            Image("mine:1", {}, {PYTHON_LABEL: "/opt/mine/bin/python"}),
            Image("postgres:17", {"PG_MAJOR": "17"}, {}),
        ]

    answers(monkeypatch, look)
    kind = EnvironmentKind.docker.value
    assert await found(images) == [
        (kind, "python:3.12", "python", "3.12.1"), (kind, "conda:1", "python", ""),
        (kind, "mine:1", "/opt/mine/bin/python", ""),
    ]  # fmt: skip
    assert images.note == ""


async def test_the_public_library_is_not_part_of_a_name(images: Images, monkeypatch: pytest.MonkeyPatch) -> None:
    async def look() -> list[Image]:
        return [Image("docker.io/library/python:3.12", {"PYTHON_VERSION": "3.12"}, {})]

    answers(monkeypatch, look)
    await images.ask(refresh=True)
    [one] = images.found
    assert (one.label, one.prefix) == ("python:3.12", "docker.io/library/python:3.12")


async def test_an_engine_that_is_gone_says_so_and_offers_nothing(
    images: Images, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_there = True

    async def look() -> list[Image]:
        if is_there:
            return [Image("python:3.12", {"PYTHON_VERSION": "3.12"}, {})]
        raise Unavailable("Images are not offered: nobody answers.")

    answers(monkeypatch, look)
    assert len(await found(images)) == 1
    is_there = False
    assert await found(images) == []
    assert images.note == "Images are not offered: nobody answers."
    is_there = True
    assert len(await found(images)) == 1
    assert images.note == ""


async def test_a_look_that_was_made_a_moment_ago_is_enough(images: Images, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[None] = []
    monkeypatch.setattr(images_module, "time", SimpleNamespace(monotonic=lambda: 1000.0))

    async def look() -> list[Image]:
        looks.append(None)
        return []

    answers(monkeypatch, look)
    for _ in range(3):
        await images.ask(refresh=False)
    assert len(looks) == 1
    await images.ask(refresh=True)
    assert len(looks) == 2


async def test_a_slow_engine_keeps_nobody_and_is_asked_once(images: Images, monkeypatch: pytest.MonkeyPatch) -> None:
    gate, looks = asyncio.Event(), 0

    async def look() -> list[Image]:
        nonlocal looks
        looks += 1
        await gate.wait()
        return [Image("python:3.12", {"PYTHON_VERSION": "3.12"}, {})]

    answers(monkeypatch, look)
    assert await found(images) == []
    assert await found(images) == []
    gate.set()
    assert len(await found(images)) == 1
    assert looks == 1


async def test_the_end_waits_for_no_engine(images: Images, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[str] = []

    async def look() -> list[Image]:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("ended")
        return []

    answers(monkeypatch, look)
    await images.ask(refresh=True)
    await images.close()
    assert ended == ["ended"]


def test_a_container_has_what_its_job_needs_and_nothing_else(images: Images, tmp_path: Path) -> None:
    command = images.command("fit:1", ["python", "a.py"], job(tmp_path / "j1"))
    python, isolated, script, program, name, *options = command
    assert (python, isolated, Path(script).name) == (sys.executable, "-I", "container.py")
    assert (Path(program).name, name) == ("docker", "crispdm-j1")
    assert options[-3:] == ["fit:1", "python", "a.py"]
    assert {option for option in options if option.startswith("--volume")} == {
        f"--volume={tmp_path}/j1:{tmp_path}/j1", "--volume=/project:/project", "--volume=/site:/site:ro",
    }  # fmt: skip
    assert {option for option in options if option.startswith("--env")} == {"--env=HOME=/tmp", "--env=A", "--env=B"}
    assert f"--user={os.getuid()}:{os.getgid()}" in options
    assert f"--label={LABEL}={tmp_path}/j1" in options
    assert "--workdir=/project/sub" in options
    assert "--rm" in options
    assert not [option for option in options if option.startswith(("--memory", "--gpus", "--privileged"))]


def test_a_folder_is_mounted_once(images: Images, tmp_path: Path) -> None:
    command = images.command("fit:1", [], job(tmp_path, writing=[tmp_path, tmp_path]))
    assert command.count(f"--volume={tmp_path}:{tmp_path}") == 1


def test_limits_and_devices_are_those_of_the_job(images: Images, tmp_path: Path) -> None:
    command = images.command("fit:1", [], job(tmp_path, memory=10**9, gpus=2))
    assert "--memory=1000000000" in command
    assert "--gpus=all" in command
    assert "--env=CUDA_VISIBLE_DEVICES" in command


def test_without_a_program_it_is_said_why(tmp_path: Path) -> None:
    images = Images(Surroundings(str(tmp_path), str(tmp_path), environ={"PATH": "/nowhere"}))
    with pytest.raises(Unavailable, match="Neither docker nor podman is on PATH"):
        images.command("fit:1", [], job(tmp_path))
    images.note = "Images are not offered: nobody answers."
    with pytest.raises(Unavailable, match="nobody answers"):
        images.command("fit:1", [], job(tmp_path))


def test_podman_keeps_the_account(tmp_path: Path) -> None:
    (tmp_path / "podman").write_text("#!/bin/sh\n")
    (tmp_path / "podman").chmod(0o755)
    images = Images(Surroundings(str(tmp_path), str(tmp_path), environ={"PATH": str(tmp_path)}))
    assert "--userns=keep-id" in images.command("fit:1", [], job(tmp_path))
