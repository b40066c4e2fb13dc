"""Environments made, filled, cloned, exported and deleted by real jobs, with uv and venv."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from traitlets.config import Config

from jupyter_crispdm.app import CrispdmApp
from jupyter_crispdm.environments.room import EnvironmentsRoom
from tests.support import eventually
from tests.wheels import make_wheel

from .conftest import Api, Refused


@pytest.fixture
def jp_server_config(jp_server_config: Config, request: pytest.FixtureRequest) -> Config:
    """The packages of these tests lie on the disk, and are named by address, as an administrator may allow."""
    jp_server_config.CrispdmApp.package_urls = request.node.get_closest_marker("no_package_urls") is None
    return jp_server_config


async def made(api: Api, **wish: Any) -> dict[str, Any]:
    """An environment, when the job that makes it has succeeded."""
    accepted = await api("POST", "environments", wish)
    job = await api.ended(accepted["job"])
    assert job["state"] == "succeeded", await api.log(job["id"])
    found: dict[str, Any] = (await api.environments())[wish["name"]]
    assert (found["id"], found["prefix"]) == (accepted["id"], accepted["prefix"])
    return found


def tree(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


@pytest.mark.proves("http.environments-make", "http.environments-compare", "environments.made")
@pytest.mark.parametrize("kind", ["uv", "venv"])
async def test_an_environment_from_making_to_deletion(
    api: Api, jp_root_dir: Path, data_dir: Path, kind: str
) -> None:
    wheel = make_wheel(jp_root_dir)
    packages = [f"greeting @ {wheel.as_uri()}"]
    found = await made(api, name="study", kind=kind, packages=packages)
    assert (found["kind"], found["removable"], found["usable"]) == (kind, True, True)
    assert Path(found["prefix"]) == data_dir / "environments" / "study"
    code = "import greeting, sys; print(greeting.VERSION, sys.prefix)"
    log = await api.ran(command=["python", "-c", code], environment="study")
    assert log == f"1.0 {found['prefix']}\n"

    listed = await api("GET", f"environments/{found['id']}/packages", search="Greet")
    assert listed["packages"] == [{"name": "greeting", "version": "1.0"}]
    exported = await api("GET", f"environments/{found['id']}/export")
    assert f"greeting @ {wheel.as_uri()}" in exported.splitlines()

    accepted = await api("DELETE", f"environments/{found['id']}")
    assert (await api.ended(accepted["job"]))["state"] == "succeeded"
    assert "study" not in await api.environments()
    assert tree(data_dir / "environments") == []


@pytest.mark.proves("cli.envs-make", "http.environments-make", "environments.made")
async def test_a_clone_has_the_same_packages(api: Api, jp_root_dir: Path) -> None:
    packages = [f"greeting @ {make_wheel(jp_root_dir).as_uri()}"]
    source = await made(api, name="first", kind="uv", packages=packages)
    clone = await made(api, name="second", kind="uv", clone="first")
    same = await api("GET", f"environments/{source['id']}/diff", other="second")
    assert same == {"only_here": [], "only_there": [], "different": [], "same": 1}
    assert clone["version"] == source["version"]

    newer = make_wheel(jp_root_dir, version="2.0")
    accepted = await api("POST", f"environments/{clone['id']}/packages", {"packages": [f"greeting @ {newer.as_uri()}"]})
    assert (await api.ended(accepted["job"]))["state"] == "succeeded", await api.log(accepted["job"])
    diff = await api("GET", f"environments/{source['id']}/diff", other="second")
    assert diff["different"] == [{"name": "greeting", "here": "1.0", "there": "2.0"}]
    having = await api("GET", "environments", package="greeting>=2")
    assert [one["name"] for one in having["environments"]] == ["second"]


@pytest.mark.parametrize("kind", ["uv", "venv"])
@pytest.mark.parametrize("file", ["requirements.txt", "pyproject.toml"])
async def test_an_environment_of_a_file(api: Api, jp_root_dir: Path, kind: str, file: str) -> None:
    requirement = f"greeting @ {make_wheel(jp_root_dir).as_uri()}"
    project = f'[project]\nname = "study"\nversion = "1"\ndependencies = ["{requirement}"]\n'
    (jp_root_dir / "study").mkdir()
    (jp_root_dir / "study" / file).write_text(f"{requirement}\n" if file.endswith("txt") else project)
    found = await made(api, name="of-file", kind=kind, file=f"study/{file}")
    listed = await api("GET", f"environments/{found['id']}/packages", search="greeting")
    assert len(listed["packages"]) == 1


async def test_a_failed_one_leaves_nothing(api: Api, data_dir: Path) -> None:
    wish = {"name": "study", "kind": "uv", "packages": ["greeting @ file:///nowhere/greeting-1.0-py3-none-any.whl"]}
    accepted = await api("POST", "environments", wish)
    job = await api.ended(accepted["job"])
    assert job["state"] == "failed"
    assert job["exit_code"]
    assert "Removing the half-made" in await api.log(job["id"])
    assert "study" not in await api.environments()
    assert tree(data_dir / "environments") == []


def slow_project(root: Path) -> str:
    """The requirement of a package that takes for ever to build."""
    (root / "slow").mkdir()
    text = (
        "[build-system]\nrequires = []\nbuild-backend = 'slow'\nbackend-path = ['.']\n"
        "[project]\nname = 'slow'\nversion = '1'\n"
    )
    (root / "slow" / "pyproject.toml").write_text(text)
    (root / "slow" / "slow.py").write_text("import time\nopen('begun', 'w').close()\ntime.sleep(600)\n")
    return f"slow @ {(root / 'slow').as_uri()}"


async def begun(api: Api, data_dir: Path, packages: list[str]) -> str:
    """The job of an environment that is half made."""
    accepted = await api("POST", "environments", {"name": "study", "kind": "uv", "packages": packages})
    prefix = data_dir / "environments" / "study"
    await eventually(lambda: (prefix / "pyvenv.cfg").exists() and (prefix / "bin" / "python").exists())
    return str(accepted["job"])


async def test_a_half_made_one_is_not_seen_and_goes_when_it_is_stopped(
    api: Api, jp_root_dir: Path, data_dir: Path
) -> None:
    packages = [slow_project(jp_root_dir)]
    job = await begun(api, data_dir, packages)
    assert "study" not in await api.environments()
    with pytest.raises(Refused, match="is making an environment 'study'") as refused:
        await api("POST", "environments", {"name": "study"})
    assert (refused.value.status, refused.value.details["field"]) == (409, "name")
    await api("POST", f"jobs/{job}/stop")
    assert (await api.ended(job))["state"] == "stopped"
    assert tree(data_dir / "environments") == []
    await made(api, name="study", kind="uv")


async def test_what_a_killed_job_left_is_swept(
    api: Api, jp_root_dir: Path, data_dir: Path, crispdm: CrispdmApp
) -> None:
    job = await begun(api, data_dir, [slow_project(jp_root_dir)])
    await api("POST", f"jobs/{job}/stop", {"grace": [0.0, 0.0]})
    await api.ended(job)

    async def swept() -> bool:  # what was killed may hold its lock for a moment longer
        await crispdm.room(EnvironmentsRoom).builder.start()
        return tree(data_dir / "environments") == []

    assert await eventually(swept)


async def test_one_that_is_used_is_not_deleted(api: Api) -> None:
    found = await made(api, name="study", kind="uv")
    job = await api("POST", "jobs", {"command": ["sleep", "600"], "environment": "study", "name": "long"})
    with pytest.raises(Refused, match="is in use: job long") as refused:
        await api("DELETE", f"environments/{found['id']}")
    assert refused.value.status == 409
    await api("POST", f"jobs/{job['id']}/stop")
    await api.ended(job["id"])
    assert (await api("DELETE", f"environments/{found['id']}"))["job"]


async def test_one_whose_kernel_runs_is_not_deleted(api: Api) -> None:
    found = await made(api, name="study", kind="uv")
    kernel = (await api("POST", f"environments/{found['id']}/kernel"))["kernel"]["name"]
    body = json.dumps({"name": kernel})
    started = json.loads((await api.fetch("api", "kernels", method="POST", body=body)).body)
    with pytest.raises(Refused, match=f"is in use: kernel {started['id']}"):
        await api("DELETE", f"environments/{found['id']}")
    await api.fetch("api", "kernels", started["id"], method="DELETE")


async def test_those_of_others_are_not_deleted(api: Api) -> None:
    environments = await api.environments()
    for found in environments.values():
        assert not found["removable"]
        with pytest.raises(Refused) as refused:
            await api("DELETE", f"environments/{found['id']}")
        assert refused.value.status == 422
    with pytest.raises(Refused, match="The server itself runs in it"):
        await api("DELETE", "environments/server")


@pytest.mark.proves("http.environments-make")
@pytest.mark.parametrize(
    ("wish", "status", "field"),
    [
        ({}, 400, "name"),
        ({"name": "../out"}, 400, "name"),
        ({"name": "a/b"}, 400, "name"),
        ({"name": ".hidden"}, 400, "name"),
        ({"name": "a\nb"}, 400, "name"),
        ({"name": "it's"}, 400, "name"),
        ({"name": "x" * 65}, 400, "name"),
        ({"name": "a", "kind": "docker"}, 400, "kind"),
        ({"name": "a", "python": "3.11; rm -rf /"}, 400, "python"),
        ({"name": "a", "python": "../python"}, 400, "python"),
        ({"name": "a", "python": "/etc/passwd"}, 422, "python"),
        ({"name": "a", "kind": "venv", "python": "3.99"}, 422, "python"),
        ({"name": "a", "packages": ["--index-url=http://evil"]}, 400, "packages"),
        ({"name": "a", "packages": ["numpy --pre"]}, 400, "packages"),
        ({"name": "a", "packages": ["numpy\n--pre"]}, 400, "packages"),
        ({"name": "a", "packages": ["-e ."]}, 400, "packages"),
        ({"name": "a", "packages": ["numpy; echo"]}, 400, "packages"),
        ({"name": "a", "packages": ["numpy"] * 501}, 400, "packages"),
        ({"name": "a", "file": "../../etc/passwd"}, 400, "file"),
        ({"name": "a", "file": "/etc/passwd"}, 400, "file"),
        ({"name": "a", "file": "nothing.txt"}, 422, "file"),
        ({"name": "a", "file": "x" * 5000}, 400, "file"),
        ({"name": "a", "clone": "server", "packages": ["numpy"]}, 400, "clone"),
        ({"name": "a", "unknown": 1}, 400, "unknown"),
    ],
)
async def test_a_wrong_wish_names_its_field(api: Api, wish: dict[str, Any], status: int, field: str) -> None:
    with pytest.raises(Refused) as refused:
        await api("POST", "environments", wish)
    assert (refused.value.status, refused.value.details.get("field")) == (status, field), refused.value


async def test_wrong_questions_are_refused(api: Api) -> None:
    for path, query in (
        ("environments", {"package": "--evil"}),
        ("environments/server/diff", {}),
        ("environments/server/export", {"format": "pdf"}),
    ):
        with pytest.raises(Refused) as refused:
            await api("GET", path, **query)
        assert refused.value.status == 400
    with pytest.raises(Refused) as refused:
        await api("GET", "environments/server/diff", other="nobody")
    assert refused.value.status == 404
    with pytest.raises(Refused, match="server itself runs in"):
        await api("POST", "environments/server/packages", {"packages": ["numpy"]})


async def test_conda_is_asked_for_where_there_is_none(
    api: Api, jp_root_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    (jp_root_dir / "environment.yml").write_text("dependencies: [python=3.12]\n")
    for wish in ({"kind": "conda"}, {"file": "environment.yml"}):
        with pytest.raises(Refused, match="Neither conda, mamba nor micromamba was found") as refused:
            await api("POST", "environments", {"name": "a", **wish})
        assert refused.value.status == 422
    with pytest.raises(Refused, match=r"Only 'conda' makes an environment from a \.yml file"):
        await api("POST", "environments", {"name": "a", "kind": "uv", "file": "environment.yml"})


async def test_two_wishes_for_one_name_make_one(api: Api) -> None:
    answers = await asyncio.gather(
        *(api("POST", "environments", {"name": "study", "kind": "uv"}) for _ in range(2)), return_exceptions=True
    )
    refused = [answer for answer in answers if isinstance(answer, Refused)]
    assert [one.status for one in refused] == [409]


@pytest.mark.proves("settings.package-urls")
@pytest.mark.no_package_urls
async def test_a_package_by_address_is_refused_unless_the_setting_allows_it(
    api: Api, jp_root_dir: Path, data_dir: Path
) -> None:
    requirement = f"greeting @ {make_wheel(jp_root_dir).as_uri()}"
    with pytest.raises(Refused, match="package_urls"):
        await api("POST", "environments", {"name": "study", "packages": [requirement]})
    (jp_root_dir / "requirements.txt").write_text(f"{requirement}\n")
    with pytest.raises(Refused, match=r"requirements\.txt"):
        await api("POST", "environments", {"name": "study", "file": "requirements.txt"})
    assert tree(data_dir / "environments") == []
