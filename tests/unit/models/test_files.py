"""The registry on disk: what lies there is a version or is left out, and what is written is there whole."""

from __future__ import annotations

import json
import os
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import msgspec
import pytest

from jupyter_crispdm.base.errors import NotFound, Unprocessable
from jupyter_crispdm.models.files import FILE_NAMES, ModelFiles
from jupyter_crispdm.models.sources import ModelSource, Parts
from jupyter_crispdm.models.types import AliasSpan, ModelFormat, ModelVersion, SpanEnd, SpanStart

from .conftest import torch_file
from .formats.test_programs import SCRIPT
from .formats.writing import onnx, tensor

NOON = datetime(2026, 11, 21, 12, tzinfo=timezone.utc)
DATA = torch_file("collections OrderedDict")


@pytest.fixture
def files(tmp_path: Path) -> ModelFiles:
    return ModelFiles(tmp_path / "models")


def version(number: int = 1, form: ModelFormat = ModelFormat.torch, **more: Any) -> ModelVersion:
    plain = ModelVersion("digits", number, form, "", [], {}, {}, None, None, NOON, 0, "")
    return msgspec.structs.replace(plain, **more)


def source(tmp_path: Path, data: bytes, name: str = "brought") -> ModelSource:
    (tmp_path / name).write_bytes(data)
    return ModelSource(tmp_path / name, tmp_path, "path")


LOCK = {"lock.txt": "numpy==2.0\n"}
NONE: dict[str, str] = {}


def added(files: ModelFiles, tmp_path: Path, number: int = 1, texts: dict[str, str] = NONE) -> ModelVersion:
    return files.add(version(number), Parts(source(tmp_path, DATA, "whole"), None, texts))


def listed(home: Path) -> list[str]:
    return sorted(str(item.relative_to(home)) for item in home.rglob("*") if item.is_file())


def kept(files: ModelFiles) -> list[int]:
    """The numbers of the versions that are read, of a model that there is."""
    found = files.read_all()
    return [one.version for one in found[0].model.versions] if found else []


def test_every_format_has_a_name_of_its_own() -> None:
    assert set(FILE_NAMES) == set(ModelFormat)
    assert len(set(FILE_NAMES.values())) == len(ModelFormat)


@pytest.mark.proves("machine.database-damaged")
def test_what_was_written_is_what_is_read(files: ModelFiles, tmp_path: Path) -> None:
    done = added(files, tmp_path, texts=LOCK)
    assert listed(tmp_path / "models") == ["digits/1/lock.txt", "digits/1/model.json", "digits/1/model.pt"]
    files.write_index("digits", 3, [AliasSpan("best", 1, NOON, "ada", SpanStart.set)])
    [found] = files.read_all()
    assert (found.model.latest, found.model.aliases, found.model.versions) == (3, {"best": 1}, [done])
    assert files.lock(done) == "numpy==2.0\n"


def test_the_record_leaves_the_aliases_to_the_index(files: ModelFiles, tmp_path: Path) -> None:
    done = added(files, tmp_path)
    files.write_record(msgspec.structs.replace(done, aliases=["best"], note="seen"))
    record = json.loads((tmp_path / "models" / "digits" / "1" / "model.json").read_text())
    assert (record["aliases"], record["note"]) == ([], "seen")


@pytest.mark.proves("models.script")
def test_a_script_keeps_the_name_that_it_had_and_lies_under_ours(files: ModelFiles, tmp_path: Path) -> None:
    parts = Parts(source(tmp_path, DATA), source(tmp_path, SCRIPT.encode(), "serve_me.py"))
    done = files.add(version(), parts)
    path = files.script_path(done)
    assert path is not None
    assert (done.script, path.name, path.read_text()) == ("serve_me.py", "script.py", SCRIPT)
    told = files.add(version(2, script="of_before.py"), parts)
    assert (told.script, told.script_sha256) == ("of_before.py", done.script_sha256)
    assert files.script_path(added(files, tmp_path, 3)) is None


def test_what_is_said_of_inputs_wins_over_what_the_file_says(files: ModelFiles, tmp_path: Path) -> None:
    parts = Parts(source(tmp_path, onnx(tensor())))
    assert files.add(version(1, ModelFormat.onnx), parts).signature["inputs"][0]["name"] == "x"
    said = {"inputs": [{"name": "mine"}]}
    assert files.add(version(2, ModelFormat.onnx, signature=said), parts).signature == said


BAD = {"the model": (b"no zip", SCRIPT.encode()), "the script": (DATA, b"x = 1")}


@pytest.mark.proves("machine.disk-full")
@pytest.mark.parametrize("what", BAD)
def test_what_is_refused_leaves_nothing_and_what_was_there_as_it_was(
    files: ModelFiles, tmp_path: Path, what: str
) -> None:
    model, script = BAD[what]
    parts = Parts(source(tmp_path, model), source(tmp_path, script, "s.py"))
    with pytest.raises(Unprocessable):
        files.add(version(), parts)
    assert list((tmp_path / "models").iterdir()) == []
    added(files, tmp_path, 1)
    before = sorted((tmp_path / "models").rglob("*"))
    with pytest.raises(Unprocessable):
        files.add(version(2), parts)
    assert sorted((tmp_path / "models").rglob("*")) == before


def test_a_file_that_went_meanwhile_leaves_nothing(files: ModelFiles, tmp_path: Path) -> None:
    parts = Parts(source(tmp_path, DATA))
    parts.model.path.unlink()
    with pytest.raises(NotFound, match="there no more"):
        files.add(version(), parts)
    assert list((tmp_path / "models").iterdir()) == []


def test_a_number_is_taken_once(files: ModelFiles, tmp_path: Path) -> None:
    done = added(files, tmp_path)
    with pytest.raises(OSError, match=r"not empty|exists"):
        files.add(version(), Parts(source(tmp_path, torch_file("torch FloatStorage"))))
    assert (files.path(done).read_bytes(), kept(files)) == (DATA, [1])


def test_a_version_is_removed_whole_and_twice_is_once(
    files: ModelFiles, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for number in (1, 2):
        added(files, tmp_path, number)
    files.remove("digits", 1)
    assert (kept(files), caplog.text) == ([2], "")
    files.remove("digits", 1)
    assert "gone already" in caplog.text
    assert [item.name for item in (tmp_path / "models" / "digits").iterdir()] == ["2"]


def damage(home: Path, how: str) -> None:
    """Do to a version what a person or a disk may do."""
    record = json.loads((home / "model.json").read_text())
    changes: dict[str, Any] = {
        "another name": {"name": "letters"}, "another number": {"version": 7}, "a path": {"name": "../digits"},
        "no size": {"size": None}, "an unknown format": {"format": "keras"}, "another format": {"format": "onnx"},
    }  # fmt: skip
    if how in changes:
        (home / "model.json").write_text(json.dumps({**record, **changes[how]}))
    elif how == "no record":
        (home / "model.json").unlink()
    elif how == "no file":
        (home / "model.pt").unlink()
    elif how == "a pipe":
        (home / "model.json").unlink()
        os.mkfifo(home / "model.json")
    elif how == "a link":
        (home / "model.json").rename(home.parent.parent / "elsewhere.json")
        (home / "model.json").symlink_to(home.parent.parent / "elsewhere.json")
    else:
        data = {"half": b'{"name": "di', "deep": b"[" * 100_000, "no text": b"\xff\xfe"}[how]
        (home / "model.json").write_bytes(data)


HOWS = ["another name", "another number", "a path", "no size", "an unknown format", "another format", "no record",
        "no file", "a pipe", "a link", "half", "deep", "no text"]  # fmt: skip


@pytest.mark.proves("machine.database-damaged")
@pytest.mark.parametrize("how", HOWS)
def test_a_damaged_version_is_left_out_and_said_and_costs_no_other(
    files: ModelFiles, tmp_path: Path, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    for number in (1, 2):
        added(files, tmp_path, number)
    spans = [AliasSpan("old", 1, NOON, "ada", SpanStart.set), AliasSpan("best", 2, NOON, "ada", SpanStart.set)]
    files.write_index("digits", 2, spans)
    home = tmp_path / "models" / "digits" / "2"
    damage(home, how)
    [found] = files.read_all()
    assert ([one.version for one in found.model.versions], found.model.latest) == ([1], 2)
    assert (found.model.aliases, found.history[1].ending) == ({"old": 1}, SpanEnd.deleted)
    assert f"The model version in {home} is left out" in caplog.text
    assert home.is_dir()


def test_what_a_crash_left_goes_and_what_is_none_of_ours_stays(files: ModelFiles, tmp_path: Path) -> None:
    added(files, tmp_path)
    home = tmp_path / "models" / "digits"
    for name in (".2-half", ".gone-1-x"):
        (home / name).mkdir()
        (home / name / "model.pt").write_bytes(b"half")
    (home / ".hidden").write_text("x")
    staging = files.staging()
    for name in ("notes", "-1", "²", "1.5"):
        (home / name).mkdir()
    (tmp_path / "models" / "readme.txt").write_text("ours")
    assert kept(files) == [1]
    assert (staging.exists(), sorted(item.name for item in home.iterdir())) == (False, ["-1", "1", "1.5", "notes", "²"])
    assert (tmp_path / "models" / "readme.txt").read_text() == "ours"


def test_a_model_whose_versions_are_gone_still_knows_its_last_number(files: ModelFiles, tmp_path: Path) -> None:
    assert files.read_all() == []
    added(files, tmp_path, 4)
    files.write_index("digits", 4, [])
    files.remove("digits", 4)
    [found] = files.read_all()
    assert (found.model.latest, found.model.versions) == (4, [])


def test_versions_come_newest_first_by_number_and_not_by_name(files: ModelFiles, tmp_path: Path) -> None:
    for number in (9, 10, 2):
        added(files, tmp_path, number)
    assert kept(files) == [10, 9, 2]
    assert files.read_all()[0].model.latest == 10


@pytest.mark.parametrize("kind", ["gone", "pipe", "link", "no text"])
def test_a_list_of_packages_that_cannot_be_read_is_none(files: ModelFiles, tmp_path: Path, kind: str) -> None:
    done = added(files, tmp_path, texts=LOCK)
    lock = files.path(done).with_name("lock.txt")
    lock.unlink()
    if kind == "pipe":
        os.mkfifo(lock)
    elif kind == "link":
        lock.symlink_to("/etc/hostname")
    elif kind == "no text":
        lock.write_bytes(b"numpy\xff==2.0\n")
    assert files.lock(done) == ("numpy\ufffd==2.0\n" if kind == "no text" else None)
