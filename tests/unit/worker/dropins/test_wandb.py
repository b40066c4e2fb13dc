"""Programs for wandb, with one line changed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .running import report

PROGRAM = """
import argparse
import numpy as np
import torch
from PIL import Image
import crispdm.wandb as wandb
run = wandb.init(project="digits", name="first", config={"rate": 0.1, "net": {"width": 4}}, tags=["a"], mode="offline")
wandb.config.update({"epochs": 3}); wandb.config.seed = 7
assert wandb.config.rate == 0.1 and wandb.config["epochs"] == 3 and run.config.get("nothing", 1) == 1
assert "seed" in wandb.config and not hasattr(wandb.config, "other") and len(wandb.config) == 4
wandb.define_metric("val/*", step_metric="epoch")
wandb.watch(torch.nn.Linear(2, 1))
for epoch in range(3):
    for batch in range(4):
        wandb.log({"train": {"loss": torch.tensor(1 / (batch + 1))}, "lr": np.float32(0.5)})
    wandb.log({"val/loss": 0.5 / (epoch + 1), "epoch": epoch})
wandb.log({"partial": 1.0}, commit=False)
wandb.log({"rest": 2.0})
black = wandb.Image(np.zeros((4, 5, 3), np.uint8), caption="black")
wandb.log({"pictures": [black, wandb.Image(Image.new("L", (3, 3)))],
           "one": wandb.Image(np.random.rand(6, 6)), "weights": wandb.Histogram(np.random.randn(100), num_bins=8),
           "given": wandb.Histogram(np_histogram=np.histogram([1, 2, 2], bins=2)), "bare": torch.rand(10)}, step=40)
table = wandb.Table(columns=["a", "b"], data=[[1, "x"]]); table.add_data(2, "y"); table.add_column("c", [True, False])
wandb.log({"predictions": table, "note": wandb.Html("<b>bold</b>"), "nothing": None})
wandb.summary["best"] = 0.9
run.summary["acc"] = 0.8
open("weights.bin", "w").write("w")
wandb.save("weights.*")
artifact = wandb.Artifact("model:v1", type="model"); artifact.add_file("weights.bin"); wandb.log_artifact(artifact)
wandb.finish()
with wandb.init(project="digits", config=argparse.Namespace(rate=0.2), mode="offline") as second:
    second.log({"again": 1.0}, step=5)
"""


@pytest.mark.proves("recorder.wandb")
def test_a_program_for_wandb_reports_with_one_line_changed(tmp_path: Path) -> None:
    found = report(PROGRAM, tmp_path)
    assert found.steps("train.loss") == [0, 1, 2, 3, 5, 6, 7, 8, 10, 11, 12, 13]
    assert found.steps("val/loss") == [0, 1, 2], "the steps of what is defined by the epoch"
    assert found.steps("partial") == found.steps("rest") == [15], "what is not committed is of the next call's step"
    assert found.steps("again") == [5]
    assert (found.values("lr")[0], found.values("train.loss")[:2]) == (0.5, [1.0, 0.5])
    assert found.params["rate"] == 0.2
    assert {"net": {"width": 4}, "epochs": 3, "seed": 7, "summary/best": 0.9}.items() <= found.params.items()
    assert found.params["wandb/project"] == "digits"
    kept = [(one["kind"], one["name"], one["step"], one.get("index")) for one in found.media]
    assert kept == [
        ("image", "pictures", 40, 0), ("image", "pictures", 40, 1), ("image", "one", 40, None),
        ("histogram", "weights", 40, None), ("histogram", "given", 40, None), ("histogram", "bare", 40, None),
        ("table", "predictions", 40, None), ("text", "note", 40, None),
    ]  # fmt: skip
    assert found.media[0]["caption"] == "black"
    content = {one["name"]: (found.run / one["file"]).read_text() for one in found.media if one["kind"] != "image"}
    assert json.loads(content["predictions"]) == {
        "columns": ["a", "b", "c"], "rows": [[1, "x", True], [2, "y", False]]
    }  # fmt: skip
    assert len(json.loads(content["weights"])["counts"]) == 8
    assert [one["path"] for one in found.of("artifact")] == ["artifacts/weights.bin", "artifacts/model-v1/weights.bin"]


@pytest.mark.proves("recorder.wandb")
def test_without_init_it_begins_by_itself_and_what_has_no_place_is_said_once(tmp_path: Path) -> None:
    script = """
import crispdm.wandb as wandb
wandb.log({"loss": 1.0, "odd": object()})
wandb.log({"odd": object(), "sound": wandb.Audio([0.5])}); wandb.Audio([0.5])
wandb.log("nothing"); wandb.log({"loss": 0.5})
try: wandb.sweep
except AttributeError as error: print(error)
"""
    found = report(script, tmp_path, good=False)
    assert found.steps("loss") == [0, 2]
    said = [line for line in found.stderr.splitlines() if line.startswith("crispdm")]
    assert len(said) == 3
    assert "'odd' is object" in said[0]
    assert "wandb.Audio" in said[1]


@pytest.mark.proves("recorder.wandb")
def test_an_id_with_resume_goes_on_with_a_run(tmp_path: Path) -> None:
    begins = "import os; del os.environ['CRISPDM_RUN_DIR']\nimport crispdm, crispdm.wandb as wandb\n"
    made = "crispdm._run.new_run('abc'); wandb.init(id='abc'); wandb.log({'loss': 1.0}, step=3)"
    again = "wandb.init(id='abc', resume='allow'); wandb.log({'loss': 0.5}, step=4)"
    report(begins + made, tmp_path)
    report(begins + again, tmp_path)
    from jupyter_crispdm.tracking import read_run

    assert read_run(tmp_path / "crispdm-runs" / "abc")["loss"].step.tolist() == [3, 4]
