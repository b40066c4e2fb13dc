"""Files that training keeps: whole, under a name of their own, on whatever disk they lie."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from crispdm import _artifacts

from jupyter_crispdm.tracking import RunEvents


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a run; mistakes are raised here."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(_artifacts, "run_dir", lambda: str(tmp_path / "run"))
    monkeypatch.setattr(_artifacts, "code", dict)
    monkeypatch.setattr("crispdm._events.run_dir", lambda: str(tmp_path / "run"))
    yield tmp_path / "run" / "artifacts"
    left = [path.name for path in (tmp_path / "run").glob(".copy-*")]
    assert left == [], "no half copy stays"


artifact: Any = _artifacts.artifact.__wrapped__  # type: ignore[attr-defined]
model: Any = _artifacts.model.__wrapped__  # type: ignore[attr-defined]


def told(kept: Path) -> list[dict[str, Any]]:
    """What was reported, without its time."""
    return [{name: value for name, value in event.items() if name != "time"} for event in RunEvents(kept.parent).read()]


def test_a_file_is_copied_and_told_with_its_size(kept: Path) -> None:
    Path("plot.png").write_bytes(b"12345")
    assert artifact("plot.png") == str(kept / "plot.png")
    Path("plot.png").write_bytes(b"changed later")
    assert (kept / "plot.png").read_bytes() == b"12345"
    assert told(kept) == [{"kind": "artifact", "path": "artifacts/plot.png", "name": "plot.png", "size": 5}]


def test_a_newer_one_of_the_same_name_takes_its_place(kept: Path) -> None:
    for text in ("one", "two"):
        Path("log.txt").write_text(text)
        artifact("log.txt", "logs/newest.txt")
    assert [path.name for path in kept.rglob("*")] == ["logs", "newest.txt"]
    assert (kept / "logs/newest.txt").read_text() == "two"


def test_a_folder_is_kept_whole_and_a_newer_one_leaves_nothing_of_the_older(kept: Path) -> None:
    Path("plots/deep").mkdir(parents=True)
    Path("plots/deep/a.txt").write_text("aa")
    artifact("plots")
    Path("plots/deep/a.txt").unlink()
    Path("plots/b.txt").write_text("b")
    artifact("plots")
    assert sorted(path.name for path in (kept / "plots").rglob("*")) == ["b.txt", "deep"]
    assert [event["size"] for event in told(kept)] == [2, 1]


@pytest.mark.parametrize("first", ["file", "folder"])
def test_a_file_takes_the_place_of_a_folder_and_a_folder_that_of_a_file(kept: Path, first: str) -> None:
    Path("file").write_text("x")
    Path("folder").mkdir()
    second = "folder" if first == "file" else "file"
    artifact(first, "thing")
    artifact(second, "thing")
    assert (kept / "thing").is_dir() is (second == "folder")


def test_what_lies_there_already_is_only_told(kept: Path) -> None:
    kept.mkdir(parents=True)
    (kept / "here.txt").write_text("x")
    assert artifact(str(kept / "here.txt")) == str(kept / "here.txt")
    assert (kept / "here.txt").read_text() == "x"
    assert told(kept)[0]["name"] == "here.txt"


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/../b", "a//b", "./a", "a/", "a\0b", "..", "."])
def test_a_name_stays_in_the_runs_folder(kept: Path, name: str) -> None:
    Path("x").write_text("x")
    with pytest.raises(ValueError, match=r"a relative path without '\.\.'"):
        artifact("x", name)
    assert not kept.exists()


@pytest.mark.parametrize("keep", [artifact, model])
def test_a_file_that_is_not_there_is_named(kept: Path, keep: Any) -> None:
    with pytest.raises(FileNotFoundError, match=r"gone\.pt"):
        keep("gone.pt")
    assert not kept.exists()


def test_each_model_is_a_file_of_its_own(kept: Path) -> None:
    for number in range(3):
        Path("m.pt").write_text(str(number))
        model("m.pt", classes=("a", "b"), epochs=number)
    assert {path.name: path.read_text() for path in kept.iterdir()} == {"m.pt": "0", "m-2.pt": "1", "m-3.pt": "2"}
    assert [event["path"] for event in told(kept)] == ["artifacts/m.pt", "artifacts/m-2.pt", "artifacts/m-3.pt"]
    assert told(kept)[2] == {
        "kind": "model", "path": "artifacts/m-3.pt", "name": "m", "format": "torch", "task": None,
        "classes": ["a", "b"], "metadata": {"epochs": 2},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("file", "format"),
    [("m.pt", "torch"), ("m.PTH", "torch"), ("m.onnx", "onnx"), ("m.safetensors", "safetensors"), ("m.skops", "skops"),
     ("m.pt2", "exported"), ("m.torchscript", "torchscript"), ("m.pkl", "pickle")],
)
def test_the_ending_tells_the_format(kept: Path, file: str, format: str) -> None:
    Path(file).write_text("x")
    model(file)
    assert told(kept)[0]["format"] == format


def test_a_format_that_nothing_tells_is_asked_for(kept: Path) -> None:
    Path("m.bin").write_text("x")
    with pytest.raises(ValueError, match=r"format='torch'; '\.bin' does not tell it"):
        model("m.bin")
    model("m.bin", format="torch")
    assert told(kept)[0]["format"] == "torch"


def test_classes_are_names_and_no_word(kept: Path) -> None:
    Path("m.pt").write_text("x")
    with pytest.raises(TypeError, match="a list of names"):
        model("m.pt", classes="cats")
    assert not kept.exists()


@pytest.mark.parametrize(
    "error", [errno.EPERM, errno.EACCES, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV],
    ids=errno.errorcode.__getitem__,
)  # fmt: skip
def test_a_file_system_without_links_keeps_models_all_the_same(
    kept: Path, monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    """Some say that they have none by another error, and the model was not kept."""

    def link(*_: object) -> None:
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr(os, "link", link)
    for number in range(3):
        Path("m.pt").write_text(str(number))
        model("m.pt")
    assert {path.name: path.read_text() for path in kept.iterdir()} == {"m.pt": "0", "m-2.pt": "1", "m-3.pt": "2"}


def test_a_disk_that_is_full_leaves_no_half_copy_and_says_so(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def link(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "link", link)
    Path("m.pt").write_text("x")
    with pytest.raises(OSError, match="No space"):
        model("m.pt")
    assert list(kept.iterdir()) == []
    assert told(kept) == []


@pytest.mark.proves("crispdm.model")
def test_what_is_known_of_a_model_travels_with_it(kept: Path) -> None:
    Path("m.pt").write_text("weights")
    Path("serve.py").write_text("class Model: ...")
    Path("rows.csv").write_text("a,b\n")
    model(
        "m.pt", signature={"inputs": []}, input_example=np.zeros((1, 2)), metrics={"loss": np.float32(0.5)},
        note="best", script="serve.py", data="rows.csv", algorithm="mlp",
    )  # fmt: skip
    [event] = told(kept)
    assert {name: event[name] for name in ("input_example", "metrics", "note", "script", "data")} == {
        "input_example": [[0.0, 0.0]], "metrics": {"loss": 0.5}, "note": "best", "script": "artifacts/serve.py",
        "data": "rows.csv",
    }  # fmt: skip
    assert event["data_hash"] == hashlib.sha256(b"a,b\n").hexdigest()
    assert (event["signature"], event["metadata"]) == ({"inputs": []}, {"algorithm": "mlp"})
    assert (kept / "serve.py").read_text() == "class Model: ..."


def test_a_large_example_is_refused(kept: Path) -> None:
    Path("m.pt").write_text("weights")
    with pytest.raises(ValueError, match="input_example"):
        model("m.pt", input_example=np.zeros(20_000))


def test_a_folder_may_be_a_model(kept: Path) -> None:
    for text in ("one", "two"):
        Path("saved").mkdir(exist_ok=True)
        Path("saved/weights").write_text(text)
        model("saved", format="safetensors")
    assert (kept / "saved/weights").read_text() == "one"
    assert (kept / "saved-2/weights").read_text() == "two"


def test_training_goes_on_where_something_cannot_be_kept(kept: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert _artifacts.artifact("gone.txt") == "gone.txt"
    assert _artifacts.model("gone.pt") == "gone.pt"
    assert "gone" in capfd.readouterr().err
    assert not kept.exists()
