"""What is sent is what MLflow's own messages and rules take, and the double answers as they say."""

from __future__ import annotations

import asyncio
import json
import math
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_crispdm.runs.types import MlflowState
from tests.unit.runs.pushing import messages

from .conftest import Opened
from .double import Double, served
from .test_pusher import INPUTS


@pytest.mark.proves("runs.pushed")
async def test_mlflow_understands_every_word_of_both(tmp_path: Path, opened: Opened) -> None:
    double = Double()
    lost = iter([True])
    double.trouble = lambda verb, number: verb == "runs/log-batch" and number == 2 and next(lost, False)
    curves = {"loss": [float(n) for n in range(1500)], "odd/ä@1": [math.nan, math.inf, -math.inf]}
    async with opened(tmp_path) as house, served(double):
        house.add("a", curves, inputs=INPUTS, parameters={"lr": 0.1, "long": "x" * 4000, "a:b": [1], "": None})
        house.models = {"a": ["digits 1"]}
        pusher = house.open(double.url)
        await house.reaches("a", MlflowState.pushed)
        house.models = {"a": ["digits 1", "digits 2"]}
        pusher.look()
        await house.reaches("a", MlflowState.pushed)
    asked = zip(double.heard, double.said, strict=True)
    pairs = [(verb, body, answer) for (verb, body), answer in asked if verb != "files"]
    assert {verb for verb, _, _ in pairs} >= messages.VERBS.keys() - {"experiments/search"}
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, messages.__file__], input=json.dumps(pairs), capture_output=True, text=True,
        timeout=240,
    )  # fmt: skip
    assert (done.stdout.strip(), done.returncode) == (str(len(pairs)), 0), done.stderr
