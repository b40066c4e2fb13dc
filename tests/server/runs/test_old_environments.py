"""A run whose environment changed is run again in the one of then, built from its lock by a real job."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from traitlets.config import Config

from tests.support import eventually
from tests.wheels import make_wheel

from .conftest import Api

_TRAIN = "import greeting; print('with', greeting.VERSION)"


@pytest.fixture
def jp_server_config(jp_server_config: Config) -> Config:
    """The packages of these tests lie on the disk, and are named by address, as an administrator may allow."""
    jp_server_config.CrispdmApp.package_urls = True
    return jp_server_config


async def made(api: Api, path: str, body: Any) -> Any:
    """What the job answers for that makes an environment or changes one, once it has succeeded."""
    code, accepted = await api("POST", path, body)
    assert code == 202, accepted
    await api.over(accepted["job"])
    return accepted


async def trained(api: Api, environment: str) -> str:
    """A run in an environment, once its inputs are noted."""
    code, job = await api("POST", "jobs", {"command": ["python", "-c", _TRAIN], "environment": environment})
    assert code == 201, job
    await api.over(job["id"])

    async def noted() -> bool:
        found: bool = (await api.get(f"runs/{job['id']}"))["made_of"].get("environment") is not None
        return found

    await eventually(noted)
    return str(job["id"])


def made_editable(prefix: Path) -> None:
    """Have a package stand there as if it were installed from a folder."""
    [noted] = prefix.glob("lib/python*/site-packages/greeting-1.0.dist-info/direct_url.json")
    noted.write_text(json.dumps({"url": "file:///home/ada/greeting", "dir_info": {"editable": True}}))


def environment(inputs: list[dict[str, Any]]) -> dict[str, Any]:
    return next(one for one in inputs if one["input"] == "environment")


@pytest.mark.proves("runs.again-environment")
async def test_the_environment_of_then_is_built_and_the_run_repeated_in_it(api: Api, jp_root_dir: Path) -> None:
    then, now = make_wheel(jp_root_dir), make_wheel(jp_root_dir, version="2.0")
    study = await made(api, "environments", {"name": "study", "packages": [f"greeting @ {then.as_uri()}"]})
    first = await trained(api, "study")
    await made(api, f"environments/{study['id']}/packages", {"packages": [f"greeting @ {now.as_uri()}"]})

    code, refused = await api("POST", f"runs/{first}/again", {"environment": "then"})
    assert (code, refused["details"]["field"]) == (409, "environment")
    assert "greeting 1.0 → 2.0. It is not built yet" in refused["message"]
    old = await made(api, f"runs/{first}/environment", None)
    assert (old["ready"], old["name"][:6]) == (False, "study-")
    code, ready = await api("POST", f"runs/{first}/environment")
    assert (code, ready["ready"], ready["id"]) == (202, True, old["id"])

    code, again = await api("POST", f"runs/{first}/again", {"exact": True})
    assert code == 201, again
    assert environment(again["inputs"])["state"] == "restored"
    assert again["job"]["environment"] == old["id"]
    await api.over(again["job"]["id"])
    [line] = (await api.get(f"jobs/{again['job']['id']}/log/lines", at=0))["lines"]
    assert line["text"] == "with 1.0"
    packages = (await api.get(f"environments/{old['id']}"))["packages"]
    assert packages == [{"name": "greeting", "version": "1.0"}]

    async def told() -> Any:
        found = (await api.get(f"runs/{again['job']['id']}"))["again"]["inputs"]
        return environment(found) if environment(found)["state"] != "unknown" else None

    assert (await eventually(told))["state"] == "same"


@pytest.mark.proves("runs.again-environment")
async def test_why_it_cannot_be_built_is_said(api: Api, jp_root_dir: Path) -> None:
    then, now = make_wheel(jp_root_dir), make_wheel(jp_root_dir, version="2.0")
    study = await made(api, "environments", {"name": "study", "packages": [f"greeting @ {then.as_uri()}"]})
    made_editable(Path(study["prefix"]))
    first = await trained(api, "study")
    await made(api, f"environments/{study['id']}/packages", {"packages": [f"greeting @ {now.as_uri()}"]})
    said = "a package of it came from a folder, whose code may be another by now: -e /home/ada/greeting"
    code, refused = await api("POST", f"runs/{first}/environment")
    assert (code, said in refused["message"].lower()) == (422, True), refused
    code, refused = await api("POST", f"runs/{first}/again", {"exact": True})
    assert (code, said in refused["message"].lower()) == (409, True), refused
    code, again = await api("POST", f"runs/{first}/again")
    assert (code, environment(again["inputs"])["state"]) == (201, "changed")
    await api.over(again["job"]["id"])
    assert (await api("POST", "runs/nobody/environment"))[0] == 404
