"""Callbacks of what trains networks: Lightning, Transformers, Keras."""

from __future__ import annotations

from pathlib import Path

import pytest

from .running import report

LIGHTNING = """
import torch
from lightning.pytorch import LightningModule, Trainer
from crispdm.lightning import CrispdmLogger

class Model(LightningModule):
    def __init__(self, rate=0.1):
        super().__init__()
        self.save_hyperparameters()
        self.layer = torch.nn.Linear(4, 1)
    def training_step(self, batch, index):
        loss = self.layer(batch[0]).pow(2).mean()
        self.log("train/loss", loss)
        return loss
    def validation_step(self, batch, index):
        self.log("val/loss", self.layer(batch[0]).pow(2).mean())
        if index == 0:
            self.logger.log_image("samples", [torch.rand(3, 8, 8)], step=self.global_step, caption=["noise"])
            self.logger.experiment.text("note", "of the module itself", self.global_step)
            self.logger.log_table("words", columns=["word"], data=[["a"]], step=self.global_step)
    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), self.hparams.rate)

data = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.rand(40, 4)), batch_size=4)
Trainer(max_epochs=3, logger=CrispdmLogger(keep_checkpoints=True), log_every_n_steps=1, enable_progress_bar=False,
        enable_model_summary=False, accelerator="cpu", num_sanity_val_steps=0).fit(Model(), data, data)
"""
TRANSFORMERS = """
import torch
from transformers import Trainer, TrainingArguments
from crispdm.transformers import CrispdmCallback

class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(4, 1)
    def forward(self, x=None, labels=None):
        return {"loss": (self.layer(x).squeeze(-1) - labels).pow(2).mean(), "logits": self.layer(x)}

rows = [{"x": torch.rand(4), "labels": torch.rand(())} for _ in range(40)]
args = TrainingArguments(output_dir="out", num_train_epochs=2, per_device_train_batch_size=4, logging_steps=5,
                         eval_strategy="epoch", save_strategy="epoch", report_to=[], disable_tqdm=True, use_cpu=True)
Trainer(Model(), args, train_dataset=rows, eval_dataset=rows[:8],
        callbacks=[CrispdmCallback(keep_checkpoints=True)]).train()
"""
KERAS = """
import os; os.environ["KERAS_BACKEND"] = "torch"
import keras
import numpy as np
from crispdm.keras import CrispdmCallback
model = keras.Sequential([keras.layers.Dense(4), keras.layers.Dense(1)])
model.compile(optimizer="adam", loss="mse", metrics=["mae"])
x, y = np.random.rand(64, 3), np.random.rand(64)
model.fit(x, y, epochs=3, batch_size=16, validation_split=0.25, verbose=0, callbacks=[CrispdmCallback(every=2)])
"""


@pytest.mark.proves("recorder.lightning")
def test_a_module_of_lightning_reports_by_its_logger(tmp_path: Path) -> None:
    found = report(LIGHTNING, tmp_path, "lightning")
    assert found.steps("train/loss") == list(range(30))
    assert found.steps("val/loss") == [9, 19, 29]
    assert found.params["rate"] == 0.1
    kept = found.of("artifact")
    assert kept
    assert {(one["path"], one["step"] in (9, 19, 29)) for one in kept} == {("artifacts/best.ckpt", True)}
    assert list((found.run / "lightning" / "checkpoints").iterdir())
    shown = {(one["kind"], one["name"], one["step"], one.get("caption")) for one in found.media}
    assert {("image", "samples", 10, "noise"), ("text", "note", 20, None), ("table", "words", 30, None)} <= shown


@pytest.mark.proves("recorder.transformers")
def test_a_trainer_of_transformers_reports_by_its_callback(tmp_path: Path) -> None:
    found = report(TRANSFORMERS, tmp_path, "transformers")
    assert found.steps("train/loss") == [5, 10, 15, 20], "the mean over all steps is no point of this curve"
    assert found.steps("train/train_loss") == [20]
    assert found.steps("eval/loss") == [10, 20]
    assert found.values("epoch")[:2] == [0.5, 1.0]
    assert found.params["num_train_epochs"] == 2
    last = found.of("progress")[-1]
    assert (last["done"], last["total"]) == (20, 20)
    assert [one["step"] for one in found.of("artifact")] == [10, 20]
    assert list((found.run / "artifacts" / "checkpoint").iterdir())


@pytest.mark.proves("recorder.keras")
def test_a_model_of_keras_reports_by_its_callback(tmp_path: Path) -> None:
    found = report(KERAS, tmp_path, "keras")
    assert set(found.series) == {"loss", "mae", "val_loss", "val_mae", "batch/loss", "batch/mae"}
    assert found.steps("val_loss") == [0, 1, 2]
    assert found.steps("batch/loss") == [2, 4, 6, 8]
    assert (found.params["epochs"], found.params["optimizer"]["name"]) == (3, "adam")
    assert [(one["done"], one["total"]) for one in found.of("progress")] == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize("module", ["lightning", "transformers", "keras", "xgboost"])
def test_a_library_that_is_missing_is_named(tmp_path: Path, module: str) -> None:
    hidden = ("lightning", "pytorch_lightning", "transformers", "keras", "tensorflow", "xgboost")
    hides = f"import sys\nfor name in {hidden}: sys.modules[name] = None\n"
    script = f"{hides}try: import crispdm.{module}\nexcept ImportError as error: print(error, file=sys.stderr)"
    assert "This needs " in report(script, tmp_path).stderr


@pytest.mark.proves("recorder.cannot-write")
def test_a_callback_never_ends_a_training(tmp_path: Path) -> None:
    script = """
from types import SimpleNamespace
from crispdm.lightgbm import CrispdmCallback
from crispdm.sklearn import monitor, report
CrispdmCallback()(None)
odd = SimpleNamespace(iteration=0, begin_iteration=0, end_iteration=1, params={}, evaluation_result_list=[1])
CrispdmCallback()(odd)
assert monitor(0, None, {}) is False
report(object()); report(None, 1, 2, "x")
"""
    found = report(script, tmp_path, good=False)
    assert (found.series, found.events) == ({}, [])
    assert 3 <= found.stderr.count("the program goes on") <= 6
