"""Programs of torch's operators, pickles and scripts: recognised by their parts, and never run here."""

from __future__ import annotations

import gzip
import io
import pickle
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path

import joblib
import numpy as np
import pytest
import torch

from jupyter_crispdm.base.errors import Unprocessable
from jupyter_crispdm.models.formats import inspect
from jupyter_crispdm.models.formats.pickles.imports import names
from jupyter_crispdm.models.formats.scripts import check_script
from jupyter_crispdm.models.types import ModelFormat
from tests.unit.models.conftest import Exploding, exploding_file, torch_file

from .writing import zipped


class Network(torch.nn.Module):
    """Something to be saved in each way."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = torch.nn.Linear(3, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(self.inner(x))


@cache
def saved(way: str) -> bytes:
    """A file as torch writes it."""
    network, buffer = Network().eval(), io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if way == "script":
            torch.jit.save(torch.jit.script(network), buffer)
        elif way == "trace":
            torch.jit.save(torch.jit.trace(network, torch.zeros(1, 3)), buffer)  # type: ignore[no-untyped-call]
        elif way == "exported":
            torch.export.save(torch.export.export(network, (torch.zeros(2, 3),)), buffer)
        elif way == "whole":
            torch.save(network, buffer)
        else:
            torch.save(network.state_dict(), buffer)
    return buffer.getvalue()


FORMATS = {
    "script": ModelFormat.torchscript, "trace": ModelFormat.torchscript, "exported": ModelFormat.exported,
    "whole": ModelFormat.pickle, "weights": ModelFormat.torch,
}  # fmt: skip


@pytest.mark.proves("models.looked-into")
@pytest.mark.parametrize("way", FORMATS)
def test_a_file_is_what_it_is_and_nothing_else(tmp_path: Path, way: str) -> None:
    path = tmp_path / "m"
    path.write_bytes(saved(way))
    inspect(path, FORMATS[way])
    others = set(ModelFormat) - {FORMATS[way], ModelFormat.script}
    if way == "weights":
        others -= {ModelFormat.pickle}  # torch.save of a state dict is a pickle too, and a safer thing to say
    for other in others:
        with pytest.raises(Unprocessable):
            inspect(path, other)


def with_part(way: str, name: str, data: bytes) -> bytes:
    """The same file with a part more."""
    import zipfile

    buffer = io.BytesIO(saved(way))
    with zipfile.ZipFile(buffer, "a") as archive:
        root = archive.namelist()[0].partition("/")[0]
        archive.writestr(f"{root}/{name}", data)
    return buffer.getvalue()


BOMB = pickle.dumps(Exploding(), protocol=2)
LIES = {
    "native code in a program": ("exported", with_part("exported", "data/aotinductor/model/x.so", b"\x7fELF")),
    "an object in a program": ("exported", with_part("exported", "data/constants/custom_obj_0", BOMB)),
    "two programs": ("exported", with_part("exported", "models/other.json", b"{}")),
    "a program without a graph": ("exported", zipped({"m/models/model.json": b"{}", "m/archive_format": b"pt2"})),
    "a program that is no JSON": ("exported", zipped({"m/models/model.json": b"\xff"})),
    "a pickle in a script": ("script", with_part("script", "attributes.pkl", BOMB)),
    "a script without code": ("script", zipped({"m/data.pkl": b"\x80\x02}.", "m/constants.pkl": b"\x80\x02)."})),
    "a pickle as a script": ("script", exploding_file()),
    "something before the zip": ("script", b"#!/bin/sh\n" + saved("script")),
    "text as a pickle": ("whole", b"hello, this is no pickle"),
    "a newer pickle": ("whole", b"\x80\x63."),
    "a zip as a pickle": ("whole", zipped({"x": b"y"})),
}


@pytest.mark.proves("models.looked-into")
@pytest.mark.parametrize("name", LIES)
def test_files_that_lie_are_refused(tmp_path: Path, name: str) -> None:
    way, data = LIES[name]
    (tmp_path / "m").write_bytes(data)
    with pytest.raises(Unprocessable):
        inspect(tmp_path / "m", FORMATS[way])


def joblibbed(compress: int) -> bytes:
    buffer = io.BytesIO()
    joblib.dump({"a": np.zeros(100)}, buffer, compress=compress)
    return buffer.getvalue()


PICKLES: dict[str, Callable[[], bytes]] = {
    **{f"protocol {number}": lambda number=number: pickle.dumps(Exploding(), number) for number in (2, 3, 4, 5)},  # type: ignore[misc]
    "joblib": lambda: joblibbed(0),
    "joblib, packed": lambda: joblibbed(3),
    "gzip": lambda: gzip.compress(BOMB),
}


@pytest.mark.proves("models.pickle-decision")
@pytest.mark.parametrize("name", PICKLES)
def test_a_pickle_is_recognised_and_not_run(tmp_path: Path, name: str) -> None:
    (tmp_path / "m").write_bytes(PICKLES[name]())
    seen = inspect(tmp_path / "m", ModelFormat.pickle)
    assert seen.types == ["pickle"]
    assert seen.names == ["posix.system"] or not name.startswith("protocol")
    assert not Path("/tmp/exploded").exists()


def test_what_a_whole_model_imports_is_told(tmp_path: Path) -> None:
    (tmp_path / "m").write_bytes(saved("whole"))
    assert f"{Network.__module__}.Network" in inspect(tmp_path / "m", ModelFormat.pickle).names


def test_names_are_found_also_when_they_are_said_once() -> None:
    twice = pickle.dumps([Exploding, Exploding(), np.float32, np.float64], protocol=4)
    assert {"posix.system", "numpy.float32", "numpy.float64"} <= set(names(twice))


def test_a_pickle_that_is_cut_or_changed_anywhere_ends() -> None:
    for whole in (BOMB, pickle.dumps(Exploding(), protocol=4), torch_file("posix system")):
        for at in range(len(whole)):
            names(whole[:at])
            names(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])


@pytest.mark.proves("models.looked-into")
@pytest.mark.parametrize("way", ["script", "exported", "whole"])
def test_a_file_that_is_cut_or_has_a_wrong_byte_is_refused_or_read(tmp_path: Path, way: str) -> None:
    whole, path = saved(way), tmp_path / "m"
    for at in range(1, len(whole), 41):
        for data in (whole[:at], whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]):
            path.write_bytes(data)
            try:
                inspect(path, FORMATS[way])
            except Unprocessable:
                continue


SCRIPT = "class Model:\n    def load(self, path): ...\n    def predict(self, x): return x\n"


@pytest.mark.proves("models.script")
@pytest.mark.parametrize(
    "text", [SCRIPT, "import os\n" + SCRIPT, "class Model(Base):\n    def predict(self): ...", "of a newer Python !"]
)
def test_scripts_that_may_serve(tmp_path: Path, text: str) -> None:
    (tmp_path / "s.py").write_text(text)
    check_script(tmp_path / "s.py")


@pytest.mark.proves("models.script")
@pytest.mark.parametrize(
    "data", [b"", b"x = 1", b"class Model: pass", b"def predict(): ...", b"\xff\xfe", b"#" * (256 * 1024 + 1)]
)
def test_scripts_that_may_not(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "s.py").write_bytes(data)
    with pytest.raises(Unprocessable):
        check_script(tmp_path / "s.py")


def test_a_script_is_read_and_not_run(tmp_path: Path) -> None:
    (tmp_path / "s.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n" + SCRIPT)
    check_script(tmp_path / "s.py")
    assert not (tmp_path / "ran").exists()
    (tmp_path / "s.py").write_text("(" * 100_000)
    check_script(tmp_path / "s.py")
