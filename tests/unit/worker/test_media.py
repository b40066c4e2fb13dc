"""Pictures, histograms, texts, tables and figures that a program keeps."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from .programs import good, run


def kept(directory: Path) -> list[dict[str, Any]]:
    """The lines of media.jsonl, each checked against its file."""
    lines = [json.loads(line) for line in (directory / "media.jsonl").read_text().splitlines()]
    for line in lines:
        assert line["time"] > 0
        assert (directory / line["file"]).stat().st_size == line["bytes"]
        assert line["file"].startswith("media/")
    return lines


def content(directory: Path, line: dict[str, Any]) -> Any:
    return json.loads((directory / line["file"]).read_text())


def picture(directory: Path, line: dict[str, Any]) -> np.ndarray[Any, Any]:
    with Image.open(directory / line["file"]) as image:
        assert image.size == (line["width"], line["height"])
        return np.asarray(image)


@pytest.mark.proves("recorder.media")
def test_every_interpreter_keeps_what_needs_no_library(tmp_path: Path, interpreter: str) -> None:
    Image.new("RGB", (4, 3), "red").save(tmp_path / "red.png")
    program = """
import io, pathlib
crispdm.image("of a file", "red.png", step=2, caption="red")
crispdm.image("of bytes", pathlib.Path("red.png").read_bytes())
crispdm.histogram("weights", [n / 100 for n in range(100)], bins=4)
crispdm.histogram("ready", ([1, 3], [0.0, 1.0, 2.0]), step=1)
crispdm.text("sample", "gr\\u00fc\\u00df", step=5)
crispdm.table("of rows", [{"a": 1, "b": "x"}, {"a": 2.5, "c": None}])
crispdm.table("of columns", {"a": [1, 2, 3], "b": ["x"]})
crispdm.table("of lists", [[1, 2], [3]], columns=["one", "two"])
class Figure:
    def savefig(self, buffer, format): buffer.write(pathlib.Path("red.png").read_bytes())
class Axes: figure = Figure()
crispdm.figure("curve", Figure()); crispdm.figure("curve", Axes())
"""
    good(program, tmp_path, interpreter, CRISPDM_RUN_DIR=str(tmp_path / "run"))
    lines = kept(tmp_path / "run")
    found = [(line["kind"], line["name"], line["step"]) for line in lines]
    assert found == [
        ("image", "of a file", 2), ("image", "of bytes", 0), ("histogram", "weights", 0), ("histogram", "ready", 1),
        ("text", "sample", 5), ("table", "of rows", 0), ("table", "of columns", 0), ("table", "of lists", 0),
        ("figure", "curve", 0), ("figure", "curve", 1),
    ]  # fmt: skip
    run_dir = tmp_path / "run"
    assert lines[0]["caption"] == "red"
    assert [picture(run_dir, lines[n])[0, 0].tolist() for n in (0, 1, 8, 9)] == [[255, 0, 0]] * 4
    weights = content(run_dir, lines[2])
    assert weights["counts"] == [25, 25, 25, 25]
    assert weights["edges"] == pytest.approx([0, 0.2475, 0.495, 0.7425, 0.99])
    assert (weights["count"], weights["nan"], weights["min"], weights["max"]) == (100, 0, 0, 0.99)
    assert content(run_dir, lines[3])["mean"] == pytest.approx(1.25)
    assert (run_dir / lines[4]["file"]).read_text() == "grüß"
    assert content(run_dir, lines[5]) == {"columns": ["a", "b", "c"], "rows": [[1, "x", None], [2.5, None, None]]}
    assert content(run_dir, lines[6]) == {"columns": ["a", "b"], "rows": [[1, "x"], [2, None], [3, None]]}
    assert content(run_dir, lines[7]) == {"columns": ["one", "two"], "rows": [[1, 2], [3]]}
    assert (lines[6]["rows"], lines[6]["columns"]) == (3, 2)


ARRAYS = """
import numpy as np
grey = np.array([[0, 128], [255, 64]], np.uint8)
show = lambda value, **more: crispdm.image("a", value, **more)
show(grey); show(grey / 255); show(grey.astype("i8")); show(grey > 100); show(grey[:, :, None])
show(np.stack([grey, grey * 0, grey * 0]))                      # channels first
show(np.stack([grey, grey * 0, grey * 0], 2) / 255.0)           # channels last
show(np.array([[-1.0, 0.0], [1.0, np.nan]]))                    # spread over what there is
show(np.full((3000, 10), 7, np.uint8))                          # longer than is kept
show([[0.0, 1.0], [0.5, 0.25]])                                 # lists
"""


@pytest.mark.proves("recorder.media")
def test_arrays_are_shown_as_they_are_meant(tmp_path: Path) -> None:
    good(ARRAYS, tmp_path, CRISPDM_RUN_DIR=str(tmp_path))
    shown = [picture(tmp_path, line).tolist() for line in kept(tmp_path)]
    grey = [[0, 128], [255, 64]]
    assert shown[:3] == [grey, grey, grey]
    assert shown[3] == [[0, 255], [255, 0]]
    assert shown[4] == grey
    assert shown[5] == shown[6] == [[[0, 0, 0], [128, 0, 0]], [[255, 0, 0], [64, 0, 0]]]
    assert shown[7] == [[0, 128], [255, 128]]
    assert np.asarray(shown[8]).shape == (1500, 5)
    assert shown[9] == [[0, 255], [128, 64]]
    assert [line["step"] for line in kept(tmp_path)] == list(range(10))


@pytest.mark.proves("recorder.media")
def test_batches_tensors_frames_and_pictures_of_other_libraries(tmp_path: Path) -> None:
    program = """
import numpy as np, pandas as pd, torch
from PIL import Image
batch = torch.rand(3, 3, 8, 6, requires_grad=True)
crispdm.image("batch", batch, step=1)
crispdm.image("half", batch[0].to(torch.bfloat16))
crispdm.image("pillow", [Image.new("RGBA", (5, 4)), Image.new("F", (5, 4)), Image.new("L", (4000, 2))])
crispdm.histogram("torch", torch.arange(10).float()); crispdm.histogram("numpy", np.array([1.0, np.nan, 3.0, np.inf]))
crispdm.table("frame", pd.DataFrame({"a": [1, 2], "b": ["x", None], "when": pd.to_datetime(["2026-01-01", None])}))
crispdm.table("array", np.eye(2)); crispdm.table("many", pd.DataFrame({"n": range(50_000)}))
"""
    good(program, tmp_path, CRISPDM_RUN_DIR=str(tmp_path))
    lines = kept(tmp_path)
    assert [(line["step"], line.get("index"), line["width"], line["height"]) for line in lines[:3]] == [
        (1, 0, 6, 8), (1, 1, 6, 8), (1, 2, 6, 8)
    ]  # fmt: skip
    assert (lines[3]["name"], "index" in lines[3]) == ("half", False)
    assert [(line["width"], line["height"]) for line in lines[4:7]] == [(5, 4), (5, 4), (2048, 1)]
    by_name = {line["name"]: content(tmp_path, line) for line in lines[7:]}
    assert (by_name["torch"]["count"], by_name["torch"]["mean"]) == (10, 4.5)
    numbers = by_name["numpy"]
    assert (numbers["count"], numbers["nan"], sum(numbers["counts"]), numbers["max"]) == (4, 2, 2, 3.0)
    assert by_name["frame"]["columns"] == ["a", "b", "when"]
    assert by_name["frame"]["rows"][0][:2] == [1, "x"]
    assert by_name["array"]["rows"] == [[1.0, 0.0], [0.0, 1.0]]
    assert len(by_name["many"]["rows"]) == 10_000
    assert lines[-1]["rows"] == 50_000


def test_two_processes_that_train_together_keep_their_own(tmp_path: Path) -> None:
    for rank in ("0", "1"):
        good("crispdm.text('sample', 'x')", tmp_path, CRISPDM_RUN_DIR=str(tmp_path), RANK=rank)
    assert [line["name"] for line in kept(tmp_path)] == ["sample", "sample (rank 1)"]


def test_a_fork_keeps_under_names_of_its_own(tmp_path: Path) -> None:
    program = """
import os
crispdm.text("a", "parent")
if os.fork() == 0:
    crispdm.text("a", "child"); os._exit(0)
os.wait()
"""
    good(program, tmp_path, CRISPDM_RUN_DIR=str(tmp_path))
    assert [line["step"] for line in kept(tmp_path)] == [0, 0]
    assert len(list((tmp_path / "media").iterdir())) == 2


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("crispdm.image('a', 'nothing.png')", "crispdm.image: FileNotFoundError"),
        ("crispdm.image('a', b'<svg onload=...>')", "the file is no PNG, JPEG, GIF or WebP"),
        ("crispdm.image('a', [])", "crispdm.image: there is no picture"),
        ("crispdm.image('a', np.zeros((5, 7, 9)))", "an array must be (height, width)"),
        ("crispdm.image('a', np.zeros((0, 4)))", "an array must be (height, width)"),
        ("crispdm.image('a', np.array(['x']))", "crispdm.image: expected numbers, not ndarray"),
        ("crispdm.image('a', None)", "crispdm.image: expected numbers, not NoneType"),
        ("crispdm.image('', np.zeros((2, 2)))", "a name must be a string of 1 to 256 characters"),
        ("crispdm.image(3, np.zeros((2, 2)))", "a name must be a string"),
        ("crispdm.text('a\\0', 'x')", "a name must be a string"),
        ("crispdm.text('a', 'x', step=1.5)", "the step must be a whole number"),
        ("crispdm.text('a', 'x', step=2**80)", "the step must fit into 64 bits"),
        ("crispdm.histogram('a', 'text')", "expected numbers, not str"),
        ("crispdm.histogram('a', [1], bins=0)", "'bins' must be 1 to 512"),
        ("crispdm.histogram('a', ([1], [2.0, 1.0]))", "the edges in order"),
        ("crispdm.table('a', 5)", "crispdm.table: TypeError"),
        ("crispdm.figure('a', object())", "crispdm.image: expected numbers"),
    ],
)
def test_what_cannot_be_kept_is_said_once_and_leaves_nothing(tmp_path: Path, call: str, words: str) -> None:
    program = f"import numpy as np\nfor _ in range(2): {call}\nprint('went on')"
    done = run(program, tmp_path, CRISPDM_RUN_DIR=str(tmp_path / "run"))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (0, "went on\n", 1), done.stderr
    assert words in done.stderr
    assert not (tmp_path / "run" / "media.jsonl").exists()
    assert list((tmp_path / "run").rglob("*.*")) == []


@pytest.mark.proves("recorder.cannot-write")
def test_a_full_disk_keeps_pieces_whole_or_not_at_all(tmp_path: Path) -> None:
    program = """
import resource
crispdm.text("a", "first")
resource.setrlimit(resource.RLIMIT_FSIZE, (500, resource.RLIM_INFINITY))
for _ in range(3): crispdm.text("a", "x" * 1000)      # the file does not fit
for _ in range(20): crispdm.text("b", "y")             # the line does not fit any more
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
crispdm.text("a", "last")
"""
    done = run(program, tmp_path, CRISPDM_RUN_DIR=str(tmp_path))
    assert done.returncode == 0
    assert 1 <= done.stderr.count("\n") <= 3, done.stderr
    raw = (tmp_path / "media.jsonl").read_text().splitlines()
    lines = [json.loads(line) for line in raw if line.endswith("}")]
    assert len(lines) < len(raw), "one was cut"
    assert (lines[0]["step"], lines[-1]["name"]) == (0, "a")
    assert {f"media/{file.name}" for file in (tmp_path / "media").iterdir()} == {line["file"] for line in lines}


@pytest.mark.proves("recorder.cannot-write")
def test_odd_values_never_end_a_training(tmp_path: Path) -> None:
    program = """
class Odd:
    def __getattr__(self, name): raise LookupError("odd")
    __str__ = __iter__ = __len__ = __array__ = lambda self, *_, **__: self.odd
half = "\\ud800"
deep = []
for _ in range(5000): deep = [deep]
for odd in (Odd(), half, deep, {half: half}, [Odd()], {"a": Odd()}, float("nan"), b"", (), 10**400, [10**400]):
    for name in ("image", "figure", "histogram", "text", "table"):
        getattr(crispdm, name)("odd", odd); getattr(crispdm, name)(odd, odd, odd); getattr(crispdm, name)(half, [1.0])
print("went on")
"""
    done = run(program, tmp_path, CRISPDM_RUN_DIR=str(tmp_path))
    assert (done.returncode, done.stdout) == (0, "went on\n"), done.stderr[-2000:]
    assert kept(tmp_path)


def test_a_text_and_a_table_are_bounded(tmp_path: Path) -> None:
    program = """
crispdm.text("long", "\\u00e4" * 2_000_000)
crispdm.table("wide", [list(range(1000))]); crispdm.table("large", [["x" * 5000] * 100 for _ in range(400)])
"""
    good(program, tmp_path, CRISPDM_RUN_DIR=str(tmp_path))
    long, wide, large = kept(tmp_path)
    assert (tmp_path / long["file"]).read_text() == "ä" * (1 << 19)
    assert wide["columns"] == 256
    assert large["bytes"] <= 8 << 20
    assert large["rows"] == 400


def test_what_a_png_says_of_its_size_is_kept(tmp_path: Path) -> None:
    header = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 300, 200)
    (tmp_path / "a.png").write_bytes(header)
    (tmp_path / "b.png").write_bytes(header[:12])
    program = "crispdm.image('a', ['a.png', 'b.png'])"
    good(program, tmp_path, CRISPDM_RUN_DIR=str(tmp_path / "run"))
    first, second = kept(tmp_path / "run")
    assert (first["width"], first["height"], "width" in second) == (300, 200, False)
