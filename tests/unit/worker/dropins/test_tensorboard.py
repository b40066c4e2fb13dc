"""Programs that write for TensorBoard, with one import changed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from .running import report

PROGRAM = """
import numpy as np
import torch
from crispdm.tensorboard import SummaryWriter
with SummaryWriter("runs/exp/train") as train, SummaryWriter("runs/exp/val") as val:
    for step in range(3):
        train.add_scalar("loss", torch.tensor(1.0 / (step + 1)), step)
        val.add_scalar("loss", 2.0, global_step=step, walltime=5.0)
    train.add_scalars("group", {"a": 1.0, "b": 2.0}, 4)
    train.add_histogram("weights", torch.arange(10.0), 1, bins="tensorflow")
    red = torch.zeros(3, 8, 6); red[0] = 1
    train.add_image("chw", red, 2)
    train.add_image("hwc", (red * 255).to(torch.uint8).permute(1, 2, 0).numpy(), 2, dataformats="HWC")
    train.add_image("hw", np.ones((8, 6)), 2, dataformats="HW")
    train.add_images("batch", torch.rand(2, 1, 8, 6), 3)
    train.add_text("note", "hello **bold**", 0)
    train.add_hparams({"rate": 0.1, "net": "small"}, {"hparam/acc": 0.9})
    train.flush()
plain = SummaryWriter()
plain.add_scalar("bare", 1.0); plain.add_scalar("bare", 2.0); plain.close()
"""


@pytest.mark.proves("recorder.tensorboard-twin")
def test_a_writer_for_tensorboard_reports_with_one_import_changed(tmp_path: Path) -> None:
    found = report(PROGRAM, tmp_path)
    assert found.values("train/loss") == pytest.approx([1.0, 0.5, 1 / 3])
    assert found.steps("val/loss") == [0, 1, 2]
    assert (found.steps("train/group/a"), found.values("train/group/b")) == ([4], [2.0])
    assert found.steps("bare") == [0, 1]
    assert (found.params["rate"], found.values("train/hparam/acc")) == (0.1, [0.9])
    kept = [(one["kind"], one["name"], one["step"], one.get("width"), one.get("height")) for one in found.media]
    assert kept == [
        ("histogram", "train/weights", 1, None, None), ("image", "train/chw", 2, 6, 8), ("image", "train/hwc", 2, 6, 8),
        ("image", "train/hw", 2, 6, 8), ("image", "train/batch", 3, 6, 8), ("image", "train/batch", 3, 6, 8),
        ("text", "train/note", 0, None, None),
    ]  # fmt: skip
    for line in found.media[1:3]:
        with Image.open(found.run / line["file"]) as image:
            assert np.asarray(image)[0, 0].tolist() == [255, 0, 0]
    assert not (tmp_path / "runs").exists()


@pytest.mark.proves("recorder.tensorboard-twin")
def test_what_has_no_place_is_passed_over_and_said_once(tmp_path: Path) -> None:
    script = """
from crispdm.tensorboard import SummaryWriter
import numpy as np
writer = SummaryWriter("runs/a")
for _ in range(2): writer.add_embedding(np.zeros((2, 2))); writer.add_graph(None); writer.add_scalar("loss", 1.0)
writer.add_image("wrong", np.zeros((2, 2)), dataformats="CHW"); writer.add_image("odd", np.zeros((2, 2)), 0, None, "XY")
assert writer.get_logdir() == "runs/a" and not hasattr(writer, "add_nothing")
"""
    found = report(script, tmp_path, good=False)
    assert found.steps("loss") == [0, 1]
    said = [line for line in found.stderr.splitlines() if line.startswith("crispdm")]
    assert len(said) == 4
    assert "is not 'CHW'" in said[2]
