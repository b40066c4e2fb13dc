"""A few real steps: the loss falls, facts are recorded, Ctrl-C ends well, the model is one that can be served."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

from crispdm.algorithms import unet

from jupyter_crispdm.tracking import read_run
from tests.support import eventually_sync

from .conftest import DEMO

QUICK = ["--width=4", "--batch=8", "--held-out=2", "--threads=1", "--lr=0.05"]


def start(tmp_path: Path, *arguments: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "CRISPDM_RUN_DIR": str(tmp_path), "CRISPDM_JOB_ID": "1"}
    command = [sys.executable, "-u", str(DEMO / "train.py"), *QUICK, *arguments]
    return subprocess.Popen(command, cwd=tmp_path, env=environment, text=True, stdout=subprocess.PIPE)


def recorded(run: Path) -> Collection[str]:
    """The names of all metrics so far."""
    return read_run(run) if (run / "metrics").exists() else ()


def events(run: Path, kind: str) -> list[dict[str, Any]]:
    lines = (run / "events.jsonl").read_text().splitlines()
    return [event for event in map(json.loads, lines) if event["kind"] == kind]


def test_a_few_steps_teach_something_and_all_of_it_is_recorded(tmp_path: Path) -> None:
    process = start(tmp_path, "--epochs=2", "--steps=12")
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    assert "digits found and named" in output

    series = read_run(tmp_path)
    assert len(series["loss"].value) == 24
    assert series["loss"].value[-4:].mean() < 0.85 * series["loss"].value[:4].mean()
    assert series["val_loss"].step.tolist() == [12, 24]
    assert {"val_iou", "val_accuracy", "accuracy/0", "accuracy/9"} <= set(series)

    assert events(tmp_path, "params")[0]["params"]["epochs"] == 2
    assert events(tmp_path, "progress")[-1]["done"] == 24
    assert [event["name"] for event in events(tmp_path, "artifact")] == ["preview.png"]
    (model,) = events(tmp_path, "model")
    assert (model["name"], model["format"], model["task"]) == ("unet_digits", "torch", "segmentation")
    assert (model["metadata"]["algorithm"], model["metadata"]["dataset"]) == ("unet", "digits")
    predictor = unet.load(tmp_path / model["path"], model["metadata"])
    assert predictor.classes == model["classes"] == [str(digit) for digit in range(10)]


def test_a_stopped_training_keeps_its_best_model(tmp_path: Path) -> None:
    process = start(tmp_path, "--epochs=1000", "--steps=2")
    eventually_sync(lambda: "val_loss" in recorded(tmp_path), 60)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "Stopped after step" in output
    assert len(events(tmp_path, "model")) == 1


def test_a_training_stopped_at_once_says_that_there_is_no_model(tmp_path: Path) -> None:
    process = start(tmp_path, "--epochs=1", "--steps=100000")
    eventually_sync(lambda: "loss" in recorded(tmp_path), 60)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "no model to keep" in output
    assert events(tmp_path, "model") == []
