"""What a version knows of where it came from, and who may register what."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import pickle
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from jupyter_crispdm.base.database import Database
from jupyter_crispdm.base.errors import BadRequest, Conflict, Forbidden, NotFound, Unavailable, Unprocessable
from jupyter_crispdm.models.files import ModelFiles
from jupyter_crispdm.models.manager import ModelManager
from jupyter_crispdm.models.registering.lineage import hash_of
from jupyter_crispdm.models.registering.offers import Registrar
from jupyter_crispdm.models.store import ModelStore
from jupyter_crispdm.models.types import Code, ModelFormat, Registration, TrustDecision
from tests.support import FakeClock, Told
from tests.unit.models.conftest import FakeJob, FakeJobs, Registry, torch_file
from tests.unit.models.formats.test_programs import SCRIPT, saved
from tests.unit.models.formats.writing import node, onnx, skops, tensor

DATA = torch_file("collections OrderedDict")
ADA, ADMIN = Registrar("ada"), Registrar("root", admin=True)
PARAMETERS = {"lr": 0.1, "data": "train.csv", "deep": {"b": 1, "a": 2}}


class FakeFacts:
    """What others know, unless they are broken."""

    def __init__(self) -> None:
        self.broken = False

    async def lock(self, environment: str) -> str | None:
        if self.broken:
            raise Unavailable("no such environment any more")
        return f"# {environment}\nnumpy==2.0\n"

    async def metrics(self, directory: Path) -> Mapping[str, float]:
        if self.broken:
            raise OSError("no metrics")
        return {"loss": 0.5}


class KnowingJobs(FakeJobs):
    """Jobs that have parameters and a script."""

    async def get(self, id: str) -> FakeJob:
        await super().get(id)
        return FakeJob(id, parameters=PARAMETERS, source="train.py")


@pytest.fixture
def facts() -> FakeFacts:
    return FakeFacts()


@pytest.fixture
def knowing(tmp_path: Path, facts: FakeFacts, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[ModelManager]:
    """A registry whose jobs and environments have something to tell."""
    artifacts, root = tmp_path / "jobs" / "j1" / "artifacts", tmp_path / "root"
    artifacts.mkdir(parents=True)
    root.mkdir()
    (artifacts / "m.pt").write_bytes(DATA)
    (root / "train.csv").write_text("a,b\n")
    (root / "train.py").write_text("print(1)\n")
    database = Database.in_directory(tmp_path / "data")
    jp_asyncio_loop.run_until_complete(database.start())
    jobs = KnowingJobs(tmp_path / "jobs")
    files = ModelFiles(tmp_path / "models")
    manager = ModelManager(ModelStore(database), files, jobs, root, FakeClock(), Told(), facts)
    yield manager
    jp_asyncio_loop.run_until_complete(manager.close())
    jp_asyncio_loop.run_until_complete(database.close())


def hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


FROM_JOB = Registration(name="digits", job="j1", artifact="m.pt")


@pytest.mark.proves("models.lineage")
async def test_a_version_knows_where_it_came_from(knowing: ModelManager) -> None:
    version = await knowing.register(FROM_JOB, ADA)
    lineage = version.lineage
    assert (lineage.job, lineage.parameters, lineage.parameters_hash) == ("j1", PARAMETERS, hash_of(PARAMETERS))
    assert (lineage.data, lineage.data_hash) == ("train.csv", hashed("a,b\n"))
    assert (lineage.environment, lineage.lock_hash) == ("venv-1", hashed("# venv-1\nnumpy==2.0\n"))
    assert lineage.code == Code("train.py", hashed("print(1)\n"))
    assert (version.owner, version.metrics) == ("ada", {"loss": 0.5})
    assert knowing.path(version).with_name("lock.txt").read_text() == "# venv-1\nnumpy==2.0\n"


@pytest.mark.proves("models.lineage")
async def test_what_is_said_wins_over_what_is_found(knowing: ModelManager) -> None:
    code = Code("own.py", "1" * 64, "2" * 40, True)
    said = Registration(
        name="digits", job="j1", artifact="m.pt", metrics={"accuracy": 0.9}, data="s3://bucket", data_hash="md5:1",
        code=code, run="r7", note="the best", input_example=[[1, 2]],
    )  # fmt: skip
    version = await knowing.register(said, ADA)
    assert (version.metrics, version.note, version.input_example) == ({"accuracy": 0.9}, "the best", [[1, 2]])
    lineage = version.lineage
    assert (lineage.data, lineage.data_hash, lineage.run, lineage.code) == ("s3://bucket", "md5:1", "r7", code)


async def test_what_cannot_be_found_out_refuses_no_model(knowing: ModelManager, facts: FakeFacts) -> None:
    facts.broken = True
    version = await knowing.register(FROM_JOB, ADA)
    assert (version.lineage.lock_hash, version.metrics, version.lineage.job) == (None, {}, "j1")


def test_the_order_of_parameters_means_nothing() -> None:
    assert hash_of({"a": 1, "b": {"d": 1, "c": 2}}) == hash_of({"b": {"c": 2, "d": 1}, "a": 1})
    assert hash_of({"a": 1}) != hash_of({"a": 2})


@pytest.mark.proves("models.lineage")
async def test_a_job_tells_all_of_it_by_itself(knowing: ModelManager) -> None:
    event = {
        "kind": "model", "path": "artifacts/m.pt", "name": "digits", "format": "torch", "metrics": {"f1": 1.0},
        "input_example": [1], "signature": {"inputs": []}, "data": "x", "data_hash": "y",
        "code": {"script": "a.py", "sha256": "z", "commit": "c", "dirty": False, "odd": 1},
    }  # fmt: skip
    job = FakeJob("j1", parameters=PARAMETERS)
    await knowing.on_job_event(job, event)
    await knowing.on_job_event(job, event)
    [version] = (await knowing.show("digits")).versions
    assert (version.owner, version.metrics, version.lineage.code.commit) == ("ada", {"f1": 1.0}, "c")


@pytest.mark.proves("models.pickle-decision")
async def test_a_pickle_needs_an_admin_and_a_reason(registry: Registry, caplog: pytest.LogCaptureFixture) -> None:
    (registry.root / "m.pkl").write_bytes(pickle.dumps({"a": 1}))
    request = Registration(name="old", path="m.pkl", format="joblib", reason="audited")
    with pytest.raises(Forbidden, match="admin"):
        await registry.manager.register(request, ADA)
    with pytest.raises(BadRequest, match="reason"):
        await registry.manager.register(Registration(name="old", path="m.pkl", format="pickle"), ADMIN)
    with caplog.at_level(logging.WARNING, "jupyter_crispdm.models.trust"):
        version = await registry.manager.register(request, ADMIN)
    assert version.trust is not None
    assert (version.types, version.untrusted) == (["pickle"], [])
    assert (version.trust.by, version.trust.reason) == ("root", "audited")
    assert "root trusts version 1 of the model 'old' to build pickle. Reason: 'audited'" in caplog.text


@pytest.mark.proves("models.pickle-decision")
async def test_a_job_cannot_register_a_pickle(registry: Registry, caplog: pytest.LogCaptureFixture) -> None:
    (registry.artifacts / "m.pkl").write_bytes(pickle.dumps({"a": 1}))
    event = {"kind": "model", "path": "artifacts/m.pkl", "name": "old", "format": "pickle", "reason": "mine"}
    await registry.manager.on_job_event(FakeJob("j1"), event)
    assert (await registry.manager.all()).models == []
    assert "only an admin" in caplog.text


@pytest.mark.proves("models.own-programs")
@pytest.mark.parametrize(
    "fields", [{"artifact": "m.pt2", "format": "exported"}, {"artifact": "m.pt", "script": "serve.py"}]
)
async def test_what_runs_code_is_registered_by_whose_job_made_it(registry: Registry, fields: dict[str, Any]) -> None:
    (registry.artifacts / "m.pt2").write_bytes(saved("exported"))
    (registry.artifacts / "m.pt").write_bytes(DATA)
    (registry.artifacts / "serve.py").write_text(SCRIPT)
    request = Registration(name="digits", job="j1", **fields)
    with pytest.raises(Forbidden, match="whose job"):
        await registry.manager.register(request, Registrar("bob"))
    for number, by in enumerate((ADA, ADMIN), 1):
        assert (await registry.manager.register(request, by)).version == number


@pytest.mark.proves("models.script")
async def test_a_script_lies_beside_its_model(registry: Registry) -> None:
    (registry.root / "m.pt").write_bytes(DATA)
    (registry.root / "serve.py").write_text(SCRIPT)
    version = await registry.manager.register(Registration(name="digits", path="m.pt", script="serve.py"))
    path = registry.manager.script_path(version)
    assert path is not None
    assert (path.read_text(), version.script, version.script_sha256) == (SCRIPT, "serve.py", hashed(SCRIPT))
    (registry.root / "data.bin").write_bytes(b"anything that the script reads")
    other = await registry.manager.register(
        Registration(name="digits", path="data.bin", format="script", script="serve.py")
    )
    assert other.format is ModelFormat.script
    with pytest.raises(BadRequest, match="'script'"):
        await registry.manager.register(Registration(name="digits", path="data.bin", format="script"))
    for script, error in (("m.pt", BadRequest), ("../x.py", BadRequest), ("gone.py", NotFound)):
        with pytest.raises(error):
            await registry.manager.register(Registration(name="digits", path="m.pt", script=script))
    (registry.root / "serve.py").write_text("x = 1")
    with pytest.raises(Unprocessable, match="no class"):
        await registry.manager.register(Registration(name="digits", path="m.pt", script="serve.py"))
    assert [one.version for one in (await registry.manager.show("digits")).versions] == [2, 1]


async def test_a_script_alone_is_a_model(registry: Registry) -> None:
    (registry.root / "serve.py").write_text(SCRIPT)
    version = await registry.manager.register(
        Registration(name="rules", path="serve.py", script="serve.py", format="script")
    )
    assert version.script == "serve.py"


async def test_an_onnx_file_says_its_signature(registry: Registry) -> None:
    (registry.root / "m.onnx").write_bytes(onnx(tensor()))
    version = await registry.manager.register(Registration(name="net", path="m.onnx", format="onnx"))
    assert version.signature["inputs"] == [{"name": "x", "datatype": "FP32", "shape": [-1, 3]}]
    said = Registration(name="net", path="m.onnx", format="onnx", signature={"inputs": []})
    assert (await registry.manager.register(said)).signature == {"inputs": []}


async def with_types(registry: Registry) -> None:
    (registry.root / "m.skops").write_bytes(skops(node("a.B", content=node("c.D"))))
    await registry.manager.register(Registration(name="tree", path="m.skops", format="skops"))


@pytest.mark.proves("http.models-trust")
async def test_types_are_trusted_by_name_and_taken_back(registry: Registry, caplog: pytest.LogCaptureFixture) -> None:
    await with_types(registry)
    desk = registry.manager.trust
    assert (await desk.report("tree", 1)).untrusted == ["a.B", "c.D"]
    half = await desk.decide("tree", 1, TrustDecision(types=["a.B"], reason="read it"), "root")
    assert half.untrusted == ["c.D"]
    assert "root trusts version 1 of the model 'tree' to build a.B" in caplog.text
    await desk.decide("tree", 1, TrustDecision(types=["a.B", "c.D"], reason="read both"), "root")
    assert (await registry.manager.get("tree", 1)).untrusted == []
    await registry.store.rebuild([])
    await registry.manager.start()
    assert (await registry.manager.get("tree", 1)).trusted == ["a.B", "c.D"]
    gone = await desk.decide("tree", 1, TrustDecision(types=[], reason="a fault was found"), "root")
    assert gone.untrusted == ["a.B", "c.D"]


@pytest.mark.proves("http.models-trust")
async def test_only_what_a_file_builds_is_trusted_and_for_a_reason(registry: Registry) -> None:
    await with_types(registry)
    desk = registry.manager.trust
    for types, reason in ((["x.Y"], "why"), (["a.B"], " "), (["a.B"], "x" * 2000)):
        with pytest.raises(BadRequest):
            await desk.decide("tree", 1, TrustDecision(types=types, reason=reason), "root")
    (registry.root / "m.pt").write_bytes(DATA)
    await registry.manager.register(Registration(name="digits", path="m.pt"))
    with pytest.raises(Conflict, match="builds nothing"):
        await desk.decide("digits", 1, TrustDecision(types=[], reason="why"), "root")
    with pytest.raises(NotFound):
        await desk.report("nobody", 1)
    assert (await registry.manager.get("tree", 1)).trust is None


@pytest.mark.proves("models.pickle-decision")
async def test_an_admin_is_shown_what_a_pickle_imports(registry: Registry) -> None:
    (registry.root / "m.pkl").write_bytes(saved("whole"))
    await registry.manager.register(Registration(name="old", path="m.pkl", format="pickle", reason="ours"), ADMIN)
    assert "torch.nn.modules.linear.Linear" in (await registry.manager.trust.report("old", 1)).imports
