"""Progress, parameters, models and files that a program reports."""

from __future__ import annotations

from pathlib import Path

import pytest

from .programs import events, good


@pytest.mark.proves("recorder.files-at-steps")
def test_a_file_is_kept_with_the_step_that_was_reported_last(tmp_path: Path) -> None:
    program = """
crispdm.artifact("m.pt")
for step in (10, 30, 20):
    crispdm.log({"loss": 0.5, "val": 1}, step=step)
    crispdm.artifact("m.pt")
crispdm.log(loss=1.0); crispdm.model("m.pt")
"""
    (tmp_path / "m.pt").write_bytes(b"weights")
    good(program, tmp_path / "run", cwd=tmp_path)
    assert [event.get("step") for event in events(tmp_path / "run", "artifact")] == [None, 10, 30, 20]
    assert events(tmp_path / "run", "model")[0]["step"] == 31


@pytest.mark.proves("crispdm.progress")
def test_progress_is_thinned_and_its_end_is_kept(tmp_path: Path) -> None:
    good("for n in range(1, 100_001): crispdm.progress(n, 100_000, 'm')", tmp_path)
    found = events(tmp_path, "progress")
    assert len(found) < 200
    assert found[0]["done"] == 1
    assert (found[-1]["done"], found[-1]["total"], found[-1]["message"]) == (100_000, 100_000, "m")


def test_progress_that_never_reaches_its_total_keeps_its_last(tmp_path: Path) -> None:
    good("for n in range(1, 1001): crispdm.progress(n)", tmp_path)
    last = events(tmp_path, "progress")[-1]
    assert (last["done"], last["total"]) == (1000, None)


@pytest.mark.proves("crispdm.params")
def test_parameters_of_any_kind(tmp_path: Path) -> None:
    program = """
import pathlib
nested = {"list": (1, 2.5, None), 3: True}
crispdm.params({"path": pathlib.Path("/a"), "nested": nested, "nan": float("nan"), "odd": object})
"""
    good(program, tmp_path)
    found = events(tmp_path, "params")[0]["params"]
    assert found == {
        "path": "/a",
        "nested": {"list": [1, 2.5, None], "3": True},
        "nan": "nan",
        "odd": "<class 'object'>",
    }


@pytest.mark.proves("crispdm.model")
def test_each_model_keeps_its_own_copy(tmp_path: Path) -> None:
    program = """
import pathlib
for n in range(3):
    pathlib.Path("best.pt").write_text(str(n)); crispdm.model("best.pt", name="unet", epoch=n)
"""
    good(program, tmp_path / "run", cwd=tmp_path)
    found = events(tmp_path / "run", "model")
    assert [one["path"] for one in found] == [
        "artifacts/best.pt",
        "artifacts/best-2.pt",
        "artifacts/best-3.pt",
    ]
    assert [(tmp_path / "run" / one["path"]).read_text() for one in found] == ["0", "1", "2"]


@pytest.mark.proves("crispdm.artifact", "machine.half-written")
def test_artifacts_are_replaced_whole(tmp_path: Path) -> None:
    program = """
import os, pathlib
pathlib.Path("d/sub").mkdir(parents=True); pathlib.Path("d/sub/a").write_text("1"); crispdm.artifact("d")
pathlib.Path("d/sub/a").write_text("22"); copy = crispdm.artifact("d")
pathlib.Path("f").write_text("x"); crispdm.artifact("f")
pathlib.Path("f").write_text("yy"); crispdm.artifact("f")
crispdm.artifact(os.path.join(crispdm.run_dir(), "artifacts", "f"))
"""
    run_dir = tmp_path / "run"
    good(program, run_dir, cwd=tmp_path)
    assert (run_dir / "artifacts/d/sub/a").read_text() == "22"
    assert (run_dir / "artifacts/f").read_text() == "yy"
    assert [one["size"] for one in events(run_dir, "artifact")] == [1, 2, 1, 2, 2]
    assert sorted(path.name for path in run_dir.iterdir()) == ["artifacts", "events.jsonl"]
