"""A model that others made and a package ships, answers here as it does in its own package: Silero's voice detector."""

from __future__ import annotations

import warnings
from importlib.resources import files
from typing import Any

import numpy as np
import pytest
import torch
from crispdm import predictors

RATE, CHUNK, CONTEXT = 16_000, 512, 64
SIGNATURE = {"inputs": [{"name": "x", "datatype": "FP32", "shape": [1, -1]},
                        {"name": "sr", "datatype": "INT64", "shape": [1]}]}  # fmt: skip


def speech() -> np.ndarray:
    """A second of something that rises and falls as a voice does."""
    time = np.arange(RATE, dtype=np.float32) / RATE
    voice = sum(np.sin(2 * np.pi * 140 * n * time) / n for n in range(1, 12))
    wave: np.ndarray = (voice * (np.sin(2 * np.pi * 3 * time) > 0) * 0.2).astype(np.float32)
    return wave[: RATE // CHUNK * CHUNK]


def own(onnx: bool) -> Any:
    """The model as its package loads it."""
    from silero_vad import load_silero_vad

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return load_silero_vad(onnx=onnx)


def path(name: str) -> str:
    return str(files("silero_vad.data").joinpath(name))


def expected(model: Any, wave: np.ndarray) -> list[float]:
    model.reset_states()
    with torch.no_grad():
        return [float(model(torch.from_numpy(chunk)[None], RATE)) for chunk in wave.reshape(-1, CHUNK)]


@pytest.mark.proves("models.third-party")
def test_its_graph_answers_piece_by_piece_while_the_client_keeps_its_state() -> None:
    predictor = predictors.load({"format": "onnx", "path": path("silero_vad.onnx"), "metadata": {}, "threads": 1})
    assert {one["name"]: one["shape"] for one in predictor.signature["inputs"]} == {
        "input": [-1, -1], "state": [2, -1, 128], "sr": [],
    }  # fmt: skip
    assert predictor.batch == 1
    wave, state, context = speech(), np.zeros((2, 1, 128), np.float32), np.zeros((1, CONTEXT), np.float32)
    answers = []
    for chunk in wave.reshape(-1, CHUNK):
        piece = np.concatenate([context, chunk[None]], 1)
        answer = predictor.infer({"input": piece, "state": state, "sr": np.array([RATE])})
        state, context = answer["stateN"], piece[:, -CONTEXT:]
        answers.append(float(answer["output"][0, 0]))
    assert answers == pytest.approx(expected(own(onnx=True), wave), abs=1e-6)
    assert max(answers) - min(answers) > 0.01


@pytest.mark.proves("models.third-party")
def test_its_torchscript_answers_a_whole_wave_and_remembers_nobody() -> None:
    header = {"format": "torchscript", "path": path("silero_vad.jit"), "signature": SIGNATURE,
              "metadata": {"config": {"method": "audio_forward", "reset": "reset_states"}}}  # fmt: skip
    predictors.ready(header)
    predictor, wave = predictors.load(header), speech()
    given = {"x": wave[None], "sr": np.array([RATE])}
    (first,), (again,) = (predictor.infer(given).values() for _ in range(2))
    assert first[0].tolist() == pytest.approx(expected(own(onnx=False), wave), abs=1e-6)
    assert np.array_equal(first, again)


@pytest.mark.proves("models.third-party")
def test_its_torchscript_answers_a_piece_from_the_beginning_each_time() -> None:
    header = {"format": "torchscript", "path": path("silero_vad.jit"), "signature": SIGNATURE,
              "metadata": {"config": {"reset": "reset_states"}}}  # fmt: skip
    predictor, chunk = predictors.load(header), speech()[:CHUNK]
    answers = [predictor.infer({"x": chunk[None], "sr": np.array([RATE])})["output0"].tolist() for _ in range(3)]
    assert answers == [[pytest.approx(expected(own(onnx=False), chunk), abs=1e-6)]] * 3
