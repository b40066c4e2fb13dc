"""Folders that MLflow 3.17 wrote (`written/`), and such as somebody else did."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from jupyter_crispdm.base.errors import BadRequest, CrispdmError, Forbidden, NotFound, Unprocessable
from jupyter_crispdm.models.mlflow.descriptions import Signature, read_description, signature_of
from jupyter_crispdm.models.registering.offers import Registrar
from jupyter_crispdm.models.types import ModelFormat, ModelVersion, Registration
from tests.unit.models.conftest import FakeJob, Registry
from tests.unit.models.formats.test_programs import saved
from tests.unit.models.formats.writing import onnx, tensor

WRITTEN = Path(__file__).with_name("written")
ADMIN = Registrar("root", admin=True)


async def registered(registry: Registry, path: str = "m", by: Registrar = ADMIN, **more: Any) -> ModelVersion:
    request = Registration(name="iris", path=path, format="mlflow", **{"reason": "ours", **more})
    return await registry.manager.register(request, by)


def described(registry: Registry, flavors: dict[str, Any], **files: bytes) -> Path:
    """A folder with an MLmodel by hand."""
    home = registry.root / "m"
    home.mkdir(exist_ok=True)
    (home / "MLmodel").write_text(yaml.safe_dump({"flavors": flavors, "run_id": "r1"}))
    for name, data in files.items():
        path = home / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    return home


@pytest.mark.proves("models.mlflow")
async def test_a_model_that_mlflow_wrote_with_skops_needs_no_admin(registry: Registry) -> None:
    shutil.copytree(WRITTEN / "skops", registry.root / "m")
    version = await registered(registry, by=Registrar("ada"))
    assert (version.format, version.types, version.trust) == (ModelFormat.skops, [], None)
    assert version.signature == {
        "inputs": [{"name": "input-0", "datatype": "FP64", "shape": [-1, 2]}],
        "outputs": [{"name": "output-0", "datatype": "INT64", "shape": [-1]}],
    }
    assert version.metadata["mlflow"] == {"flavor": "sklearn", "version": "3.17.2"}
    assert registry.manager.path(version).read_bytes() == (WRITTEN / "skops" / "model.skops").read_bytes()


@pytest.mark.proves("models.mlflow", "models.pickle-decision")
async def test_a_model_that_mlflow_pickled_is_an_admins_decision(registry: Registry) -> None:
    shutil.copytree(WRITTEN / "pickled", registry.root / "m")
    with pytest.raises(Forbidden):
        await registered(registry, by=Registrar("ada"))
    version = await registered(registry, "m/MLmodel")
    assert (version.format, version.trusted) == (ModelFormat.pickle, ["pickle"])
    assert version.input_example == {"columns": ["length", "width"], "data": [[1.0, 0.0], [2.0, 1.0]]}
    assert version.signature["inputs"] == [
        {"name": "length", "datatype": "FP64", "shape": [-1]}, {"name": "width", "datatype": "FP64", "shape": [-1]},
    ]  # fmt: skip


@pytest.mark.proves("models.mlflow")
async def test_what_is_said_wins(registry: Registry) -> None:
    shutil.copytree(WRITTEN / "skops", registry.root / "m")
    version = await registered(registry, signature={"inputs": []}, input_example=[1], run="mine", metadata={"a": 1})
    assert (version.signature, version.input_example, version.lineage.run) == ({"inputs": []}, [1], "mine")
    assert version.metadata["a"] == 1


@pytest.mark.proves("models.mlflow")
async def test_a_job_that_kept_the_folder_names_it(registry: Registry) -> None:
    shutil.copytree(WRITTEN / "skops", registry.artifacts / "m")
    event = {"kind": "model", "path": "artifacts/m", "name": "iris", "format": "mlflow"}
    for _ in range(2):
        await registry.manager.on_job_event(FakeJob("j1"), event)
    [version] = (await registry.manager.show("iris")).versions
    assert (version.job, version.format) == ("j1", ModelFormat.skops)


TORCH = {"pytorch": {"model_data": "data"}}
FLAVORS: dict[str, tuple[dict[str, Any], dict[str, bytes], ModelFormat]] = {
    "onnx": ({"onnx": {"data": "model.onnx"}}, {"model_onnx": onnx(tensor())}, ModelFormat.onnx),
    "torch.export": (TORCH, {"data__model_pt2": saved("exported")}, ModelFormat.exported),
    "a whole torch model": (TORCH, {"data__model_pth": saved("whole")}, ModelFormat.pickle),
    "a TorchScript": (TORCH, {"data__model_pth": saved("script")}, ModelFormat.torchscript),
    "a function": ({"python_function": {"python_model": "m.pkl"}}, {"m_pkl": b"\x80\x04N."}, ModelFormat.pickle),
}  # fmt: skip


@pytest.mark.proves("models.mlflow")
@pytest.mark.parametrize("name", FLAVORS)
async def test_flavors(registry: Registry, name: str) -> None:
    flavors, files, form = FLAVORS[name]
    described(registry, flavors, **files)
    version = await registered(registry)
    assert (version.format, version.lineage.run) == (form, "r1")


@pytest.mark.proves("files.paths-from-jobs")
@pytest.mark.parametrize(
    "path", ["../secret", "/etc/passwd", "a/../../x", ".hidden", "", None, 3, "a\\b", "x" * 2000, "link"]
)
async def test_an_mlmodel_leads_nowhere_but_beside_itself(registry: Registry, path: Any) -> None:
    home = described(registry, {"sklearn": {"pickled_model": path}})
    (registry.root / "secret").write_bytes(b"\x80\x04N.")
    (home / "link").symlink_to(registry.root / "secret")
    with pytest.raises((BadRequest, NotFound)):
        await registered(registry)


@pytest.mark.parametrize(
    "text",
    [
        b"", b"[]", b"flavors: 1", b"\xff\xfe", b"flavors: {x: 1}", b"{" * 5000, b"a: &a [1]\nflavors: {x: {y: *a}}",
        b"flavors: !!python/object/apply:os.system [ls]", b"flavors: {a: {}}\nsignature: 3", b"flavors: {keras: {}}",
        b"x" * 300_000, b"flavors: {sklearn: {pickled_model: m.pkl}}\nsignature: {inputs: '{'}",
    ],
)  # fmt: skip
@pytest.mark.proves("models.mlflow")
async def test_descriptions_that_are_none_are_refused(registry: Registry, text: bytes) -> None:
    home = described(registry, {}, m_pkl=b"\x80\x04N.")
    (home / "MLmodel").write_bytes(text)
    with pytest.raises(Unprocessable):
        await registered(registry)
    assert (await registry.manager.all()).models == []


@pytest.mark.proves("models.mlflow")
def test_a_description_that_is_cut_or_changed_anywhere_is_read_or_refused() -> None:
    whole = (WRITTEN / "pickled" / "MLmodel").read_bytes()
    for at in range(0, len(whole), 3):
        for text in (whole[:at], whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :]):
            try:
                signature_of(read_description(text).signature)
            except CrispdmError:
                continue


async def test_an_example_that_cannot_be_read_is_left_out(registry: Registry) -> None:
    shutil.copytree(WRITTEN / "pickled", registry.root / "m")
    for data in (b"{", b"[" * 100_000, b"x" * 200_000):
        (registry.root / "m" / "input_example.json").write_bytes(data)
        assert (await registered(registry)).input_example is None
    (registry.root / "m" / "input_example.json").unlink()
    assert (await registered(registry)).input_example is None


def test_columns_without_names_get_some() -> None:
    told = Signature('[{"type": "string"}, {"type": "new"}, {"type": "tensor", "tensor-spec": {"dtype": "float32"}}]')
    assert signature_of(told)["inputs"] == [
        {"name": "input-0", "datatype": "BYTES", "shape": [-1]},
        {"name": "input-1", "datatype": "", "shape": [-1]},
        {"name": "input-2", "datatype": "FP32", "shape": [-1]},
    ]
