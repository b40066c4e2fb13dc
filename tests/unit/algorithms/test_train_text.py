"""A few real steps: the loss falls, samples are shown, and the model is one that can be served."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from crispdm.algorithms import textrnn

from jupyter_crispdm.tracking import read_run
from tests.support import eventually_sync

from .conftest import DEMO

QUICK = ["--width=16", "--batch=4", "--length=32", "--threads=1", "--lr=0.02"]


def start(tmp_path: Path, *arguments: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "CRISPDM_RUN_DIR": str(tmp_path), "CRISPDM_JOB_ID": "1"}
    command = [sys.executable, "-u", str(DEMO / "train_text.py"), *QUICK, *arguments]
    return subprocess.Popen(command, cwd=tmp_path, env=environment, text=True, stdout=subprocess.PIPE)


def model_of(run: Path) -> dict[str, Any]:
    events = map(json.loads, (run / "events.jsonl").read_text().splitlines())
    (model,) = [event for event in events if event["kind"] == "model"]
    return dict(model)


@pytest.mark.proves("text.training")
def test_a_few_steps_teach_something_and_leave_a_model_that_writes(tmp_path: Path) -> None:
    process = start(tmp_path, "--steps=60", "--seconds=1000", "--samples=3")
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    assert output.count("The ") >= 2, "it shows now and then what it writes"

    series = read_run(tmp_path)
    assert series["loss"].value[-5:].mean() < 0.85 * series["loss"].value[:5].mean()
    assert series["val_loss"].step.tolist() == [20, 40, 60]

    model = model_of(tmp_path)
    assert (model["name"], model["format"], model["task"]) == ("python_manual", "torch", "text-generation")
    predictor = textrnn.load(tmp_path / model["path"], model["metadata"])
    pieces = list(predictor.stream({"prompt": "The", "max_tokens": 20}))
    assert len("".join(piece["text"] for piece in pieces)) == 20


def test_a_stopped_training_keeps_what_was_learned(tmp_path: Path) -> None:
    process = start(tmp_path, "--seconds=1000")
    eventually_sync(lambda: (tmp_path / "metrics").exists() and "loss" in read_run(tmp_path), 60)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert model_of(tmp_path)["task"] == "text-generation"


def test_what_it_reads_has_no_tables_and_only_common_characters(demo: Any) -> None:
    training = demo("train_text")
    text, alphabet = training.manual(), training.alphabet_of(training.manual())
    assert len(text) > 100_000
    assert not [line for line in text.splitlines() if line.strip().startswith(("|", "+"))]
    assert "\n" in alphabet
    assert len(alphabet) < 120
    assert len(textrnn.encode(text, alphabet)) > 0.99 * len(text)


def test_it_ends_in_time(tmp_path: Path) -> None:
    process = start(tmp_path, "--seconds=0.1")
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "It writes:" in output
    assert model_of(tmp_path)["metadata"]["steps"] >= 1
