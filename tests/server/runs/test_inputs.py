"""What runs are made of, run again and merged, in a real server with a real git."""

from __future__ import annotations

import subprocess
import sys
from contextlib import aclosing
from pathlib import Path
from typing import Any

import msgspec
import pytest

from jupyter_crispdm.app import CrispdmApp
from jupyter_crispdm.tracking.types import MetricsFact
from tests.support import eventually

from .conftest import Api

_TRAIN = """
import crispdm
from helper import SCALE
text = open("digits.csv").read()
for step in range(3):
    crispdm.log(loss=SCALE * len(text) / (step + 1), step=step)
"""


def git(folder: Path, *words: str) -> None:
    who = ["-c", "user.name=t", "-c", "user.email=t@t", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def project(jp_root_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with a committed script, an untracked helper, and data that git ignores."""
    monkeypatch.setenv("HOME", str(jp_root_dir))
    folder = jp_root_dir / "project"
    folder.mkdir()
    (folder / "train.py").write_text(_TRAIN)
    (folder / ".gitignore").write_text("*.csv\n")
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "first")
    (folder / "helper.py").write_text("SCALE = 2.0\n")
    (folder / "digits.csv").write_text("0123456789")
    return folder


async def trained(api: Api, **fields: Any) -> Any:
    """The row of a run of the project's script, once its inputs are noted."""
    submission = {"script": "project/train.py", "args": ["--data", "digits.csv"], **fields}
    code, job = await api("POST", "jobs", submission)
    assert code == 201, job
    await api.over(job["id"])
    return await noted(api, job["id"])


async def noted(api: Api, id: str) -> Any:
    async def row() -> Any:
        run = await api.get(f"runs/{id}")
        return run if run["inputs"].get("code") and run["points"] == 3 else None

    return await eventually(row)


def of(inputs: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(one for one in inputs if one["input"] == name)


@pytest.mark.proves("runs.inputs")
async def test_a_run_knows_its_code_environment_and_data(api: Api, project: Path) -> None:
    run = await trained(api)
    made_of = run["made_of"]
    assert len(made_of["code"]["commit"]) == 40
    assert [file["path"] for file in made_of["code"]["files"]] == ["helper.py"]
    assert run["inputs"]["dirty"] is True
    assert run["inputs"]["commit"] == made_of["code"]["commit"]
    assert made_of["environment"]["python"].startswith("3.")
    [data] = made_of["data"]
    assert (data["name"], data["path"], data["size"]) == ("data", "project/digits.csv", 10)
    again = await trained(api)
    assert again["inputs"] == run["inputs"]


@pytest.mark.proves("runs.inputs", "runs.compare")
async def test_what_differs_between_two_runs_is_named(api: Api, project: Path) -> None:
    first = await trained(api)
    (project / "train.py").write_text(_TRAIN.replace("step + 1", "step + 2"))
    (project / "digits.csv").write_text("changed")
    second = await trained(api)
    found = await api.get("runs/compare", ids=f"{first['id']},{second['id']}")
    [difference] = found["differences"]
    assert of(difference["inputs"], "code")["details"] == ["train.py"]
    assert of(difference["inputs"], "data")["details"] == ["data"]
    assert of(difference["inputs"], "environment")["state"] == "same"
    assert "+    crispdm.log(loss=SCALE * len(text) / (step + 2), step=step)" in difference["diff"]


@pytest.mark.proves("runs.again")
async def test_a_run_is_run_again_with_the_code_it_had(api: Api, project: Path) -> None:
    first = await trained(api)
    code, again = await api("POST", f"runs/{first['id']}/again", {"exact": True})
    assert code == 201, again
    assert [one["state"] for one in again["inputs"]] == ["same", "same", "same", "same"]
    (project / "helper.py").write_text("SCALE = 7.0\n")
    (project / "other.py").write_text("")
    code, restored = await api("POST", f"runs/{first['id']}/again", {"exact": True, "name": "as then"})
    assert code == 201, restored
    assert of(restored["inputs"], "code")["state"] == "restored"
    await api.over(restored["job"]["id"])
    run = await noted(api, restored["job"]["id"])
    assert run["name"] == "as then"
    assert run["metrics"]["loss"] == first["metrics"]["loss"]
    assert run["lineage"]["rerun_of"] == first["id"]
    assert run["again"]["summary"] == "The same results. No input changed."
    assert restored["job"]["id"] in (await api.get(f"runs/{first['id']}"))["children"]
    code, now = await api("POST", f"runs/{first['id']}/again", {"code": "now"})
    assert of(now["inputs"], "code")["details"] == ["helper.py", "other.py"]
    await api.over(now["job"]["id"])
    run = await noted(api, now["job"]["id"])
    assert run["again"]["summary"] == "Other results: loss. Changed: code."


@pytest.mark.proves("runs.again")
async def test_what_cannot_be_made_the_same_is_refused_or_told(api: Api, project: Path) -> None:
    first = await trained(api)
    (project / "digits.csv").write_text("other digits")
    code, error = await api("POST", f"runs/{first['id']}/again", {"exact": True})
    assert (code, error["details"]["input"]) == (409, "data")
    code, again = await api("POST", f"runs/{first['id']}/again")
    assert of(again["inputs"], "data")["state"] == "changed"
    await api.over(again["job"]["id"])
    assert (await noted(api, again["job"]["id"]))["again"]["summary"] == "Other results: loss. Changed: data."
    assert (await api("POST", "runs/nobody/again"))[0] == 404
    assert (await api("POST", f"runs/{first['id']}/again", {"code": "never"}))[0] == 400


_PART = """
import crispdm
for step in range({begin}, {end}):
    crispdm.log(loss={value}, step=step)
"""


@pytest.mark.proves("runs.merge")
async def test_a_training_in_two_parts_becomes_one_run(api: Api) -> None:
    first = await api.job(_PART.format(begin=0, end=10, value=1.0))
    second = await api.job(_PART.format(begin=6, end=12, value=0.5))
    await api.run(first, points=10)
    await api.run(second, points=6)
    code, run = await api("POST", "runs/merge", {"ids": [second, first], "name": "both"})
    assert code == 201, run
    assert (run["kind"], run["state"], run["points"]) == ("merged", "ended", 12)
    assert run["lineage"]["merged"] == [first, second]
    curve = (await api.get(f"runs/{run['id']}/metrics"))["series"]["loss"]
    assert curve["step"] == list(range(12))
    assert curve["value"] == [1.0] * 6 + [0.5] * 6
    assert (await api.get(f"runs/{first}"))["children"] == [run["id"]]
    assert (await api("DELETE", f"runs/{first}"))[0] == 409
    assert (await api("DELETE", f"runs/{run['id']}"))[0] == 204
    assert (await api("GET", f"runs/{run['id']}"))[0] == 404
    assert (await api("POST", "runs/merge", {"ids": [first], "name": "one"}))[0] == 400
    assert (await api("POST", "runs/merge", {"ids": [first, "nobody"], "name": "x"}))[0] == 404
    assert (await api("POST", "runs/merge", {"ids": [first, second], "name": ""}))[0] == 400


_BUSY = """
import crispdm
hold = b"x" * 30_000_000
for step in range(10 ** 9):
    crispdm.log(loss=1.0, step=step)
    input() if step == 5 else sum(range(10 ** 5))
    if step > 5:
        break
"""


@pytest.mark.proves("runs.system")
async def test_what_a_job_uses_stands_on_the_axis_of_its_steps(api: Api, crispdm: CrispdmApp) -> None:
    code, job = await api("POST", "jobs", {"command": [sys.executable, "-c", _BUSY]})
    assert code == 201

    async def listed() -> bool:
        return (await api("GET", f"runs/{job['id']}"))[0] == 200

    await eventually(listed)
    async with aclosing(crispdm.context.hub.follow(f"runs/{job['id']}/system")) as messages:
        async for message in messages:
            fact = msgspec.json.decode(message.data, type=MetricsFact)
            memory = fact.series.get("system/memory_bytes")
            if memory is not None and any(isinstance(one, float) and one > 20_000_000 for one in memory.value):
                assert memory.step[-1] <= 5
                break
    assert (await api("POST", f"jobs/{job['id']}/input", {"text": "\n"}))[0] == 204
    await api.over(job["id"])
    usage = await api.get(f"runs/{job['id']}/system")
    assert {"system/cpu_percent", "system/memory_bytes"} <= usage["series"].keys()
    assert "system/cpu_percent" not in (await api.get(f"jobs/{job['id']}/metrics"))["series"]

    async def summed() -> Any:
        return (await api.get(f"runs/{job['id']}"))["system"].get("memory_bytes")

    assert (await eventually(summed))["max"] > 20_000_000
    found = await api.get("runs", filter="system.memory_bytes.max > 20000000")
    assert [run["id"] for run in found["runs"]] == [job["id"]]
