"""The registry over HTTP, for people of each role."""

from __future__ import annotations

import hashlib
import pickle
from pathlib import Path
from typing import Any

import pytest

from tests.support import eventually
from tests.unit.models.conftest import torch_file
from tests.unit.models.formats.test_programs import SCRIPT
from tests.unit.models.formats.writing import node, skops

DATA = torch_file("collections OrderedDict")
MODEL = {"name": "digits", "path": "m.pt"}


async def registered(caller: Any, folder: Path, versions: int = 1) -> None:
    (folder / "m.pt").write_bytes(DATA)
    for number in range(versions):
        status, version = await caller("POST", "models", MODEL)
        assert (status, version["version"]) == (201, number + 1)


@pytest.mark.proves("http.models-history", "http.models-rollback", "http.models-alias")
async def test_an_alias_moves_back_and_its_history_says_who_moved_it(callers: Any, folder: Path) -> None:
    viewer, analyst, admin = callers
    await registered(analyst, folder, 2)
    for number, caller in ((1, analyst), (2, admin)):
        assert (await caller("PUT", "models/digits/aliases/champion", {"version": number}))[0] == 200
    _, told = await viewer("GET", "models/digits/history")
    assert [(span["version"], span["by"], span["ended_by"]) for span in told["history"]] == [
        (2, "admin", None), (1, "analyst", "admin"),
    ]  # fmt: skip
    assert told["back"] == {"champion": 1}
    back = "models/digits/aliases/champion/rollback"
    assert (await viewer("POST", back, {}))[0] == 403
    assert (await analyst("POST", back, {"if_version": 1}))[0] == 409
    status, version = await analyst("POST", back, {"if_version": 2})
    assert (status, version["version"], version["aliases"]) == (200, 1, ["champion"])
    assert (await analyst("POST", back, {}))[0] == 409
    assert (await analyst("POST", "models/digits/aliases/nobody/rollback", {}))[0] == 404
    assert (await analyst("DELETE", "models/digits/aliases/champion"))[0] == 204
    _, told = await analyst("GET", "models/digits/history")
    assert [(span["how"], span["ending"]) for span in told["history"]] == [
        ("rollback", "removed"), ("set", "rollback"), ("set", "moved"),
    ]  # fmt: skip


@pytest.mark.proves("http.models-file")
async def test_a_file_is_sent_whole_or_in_part_to_those_who_may_code(callers: Any, folder: Path) -> None:
    viewer, analyst, _ = callers
    await registered(analyst, folder)
    file = "models/digits/versions/1/file"
    assert await analyst("GET", file) == (200, DATA)
    assert await analyst("GET", file, headers={"Range": "bytes=2-5"}) == (206, DATA[2:6])
    assert (await viewer("GET", file))[0] == 403
    assert (await analyst("GET", "models/digits/versions/9/file"))[0] == 404


@pytest.mark.proves("models.pickle-decision")
async def test_an_analyst_cannot_bring_a_pickle_and_an_admin_says_why(callers: Any, folder: Path) -> None:
    viewer, analyst, admin = callers
    (folder / "m.pkl").write_bytes(pickle.dumps({"a": 1}))
    request = {"name": "old", "path": "m.pkl", "format": "pickle", "reason": "written by us in 2019"}
    status, error = await analyst("POST", "models", request)
    assert (status, error["details"]["field"]) == (403, "format")
    assert (await viewer("POST", "models", request))[0] == 403
    assert (await admin("POST", "models", {**request, "reason": ""}))[0] == 400
    status, version = await admin("POST", "models", request)
    assert (status, version["trust"]["by"], version["trust"]["reason"]) == (201, "admin", "written by us in 2019")


@pytest.mark.proves("http.models-trust")
async def test_types_are_shown_to_all_and_trusted_by_an_admin(callers: Any, folder: Path) -> None:
    viewer, analyst, admin = callers
    (folder / "m.skops").write_bytes(skops(node("a.B")))
    await analyst("POST", "models", {"name": "tree", "path": "m.skops", "format": "skops"})
    trust, decision = "models/tree/versions/1/trust", {"types": ["a.B"], "reason": "read it"}
    for caller in (viewer, analyst):
        status, report = await caller("GET", trust)
        assert (status, report["types"], report["untrusted"]) == (200, ["a.B"], ["a.B"])
        assert (await caller("POST", trust, decision))[0] == 403
    assert (await admin("POST", trust, {**decision, "types": ["c.D"]}))[0] == 400
    status, report = await admin("POST", trust, decision)
    assert (status, report["untrusted"], report["trust"]["by"]) == (200, [], "admin")


@pytest.mark.proves("models.lineage")
async def test_a_version_says_who_registered_it_and_in_which_environment(callers: Any, folder: Path) -> None:
    _, analyst, _ = callers
    (folder / "m.pt").write_bytes(DATA)
    (folder / "rows.csv").write_text("a\n")
    _, version = await analyst("POST", "models", {**MODEL, "environment": "server", "data": "rows.csv"})
    assert (version["owner"], version["lineage"]["environment"]) == ("analyst", "server")
    assert len(version["lineage"]["lock_hash"]) == len(version["lineage"]["data_hash"]) == 64


@pytest.mark.proves("http.models-exchange")
async def test_a_version_leaves_and_comes_in_again(callers: Any, folder: Path) -> None:
    viewer, analyst, _ = callers
    await registered(analyst, folder)
    export, zip_ = "models/digits/versions/1/export", {"Content-Type": "application/zip"}
    assert (await viewer("GET", export))[0] == 403
    status, data = await analyst("GET", export)
    assert (status, data[:2]) == (200, b"PK")
    assert (await viewer("POST", "models/import", data, headers=zip_))[0] == 403
    status, version = await analyst("POST", "models/import?name=copy", data, headers=zip_)
    assert (status, version["name"], version["owner"]) == (201, "copy", "analyst")
    assert (await analyst("GET", "models/copy/versions/1/file")) == (200, DATA)
    assert (await analyst("POST", "models/import", data[:-5], headers=zip_))[0] == 422
    assert (await analyst("POST", "models/import?name=..", data, headers=zip_))[0] == 400
    assert (await analyst("POST", "models", {**MODEL, "name": "import"}))[0] == 400


@pytest.mark.proves("http.models-compare")
async def test_versions_are_compared(callers: Any, folder: Path) -> None:
    viewer, analyst, _ = callers
    (folder / "m.pt").write_bytes(DATA)
    for loss in (1.0, 0.5):
        await analyst("POST", "models", {**MODEL, "metrics": {"loss": loss}})
    status, told = await viewer("GET", "models/digits/compare?versions=1,2")
    assert status == 200
    assert next((row["field"], row["values"]) for row in told["rows"] if row["differs"]) == ("loss", [1.0, 0.5])
    assert (await viewer("GET", "models/digits/compare?versions=1"))[0] == 400


TRAIN = """
import crispdm
from pathlib import Path

crispdm.params({"lr": 0.1})
for step in range(3):
    crispdm.log(loss=1.0 / (step + 1), step=step)
Path("m.bin").write_bytes(Path("m.pt").read_bytes())
crispdm.model("m.bin", name="digits", format="torch", data="rows.csv", script="serve.py", input_example=[[1]])
"""


@pytest.mark.proves("models.lineage", "crispdm.model")
async def test_a_model_that_a_job_tells_of_knows_where_it_came_from(callers: Any, folder: Path) -> None:
    viewer, analyst, _ = callers
    (folder / "m.pt").write_bytes(DATA)
    (folder / "rows.csv").write_text("a\n")
    (folder / "serve.py").write_text(SCRIPT)
    (folder / "train.py").write_text(TRAIN)
    status, job = await analyst("POST", "jobs", {"script": "train.py", "parameters": {"epochs": 3}})
    assert status == 201, job

    async def told() -> Any:
        return (await viewer("GET", "models/digits"))[0] == 200

    await eventually(told, 60)
    [version] = (await viewer("GET", "models/digits"))[1]["versions"]
    lineage = version["lineage"]
    assert (version["owner"], version["script"], version["input_example"]) == ("analyst", "serve.py", [[1]])
    assert version["metrics"]["loss"] == pytest.approx(1 / 3)
    assert (lineage["job"], lineage["parameters"]["epochs"], lineage["environment"]) == (job["id"], 3, "server")
    assert lineage["data_hash"] == hashlib.sha256(b"a\n").hexdigest()
    assert lineage["code"]["sha256"] == hashlib.sha256(TRAIN.encode()).hexdigest()
    assert len(lineage["lock_hash"]) == len(lineage["parameters_hash"]) == 64
