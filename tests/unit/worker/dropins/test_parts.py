"""Parts of the drop-ins that programs use by themselves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .running import report


@pytest.mark.proves("recorder.wandb")
def test_a_config_is_asked_by_item_and_attribute_and_takes_namespaces(tmp_path: Path) -> None:
    script = """
import argparse, collections
import crispdm.wandb as wandb
config = wandb.init(config=argparse.Namespace(rate=0.1)).config
config.update(collections.OrderedDict(depth=3), allow_val_change=True)
config["seed"] = 1; config.name = "a"
config.update(None); config.update(5)
assert (config.rate, config["depth"], config.get("seed"), config.name) == (0.1, 3, 1, "a")
assert sorted(config) == sorted(config.keys()) == ["depth", "name", "rate", "seed"]
assert dict(config.items()) == config.as_dict() == eval(repr(config))
for wrong in ("nothing", "__deepcopy__"):
    try: getattr(config, wrong)
    except AttributeError as error: assert wrong in str(error)
    else: raise SystemExit("no error")
try: config["nothing"]
except KeyError: pass
"""
    assert report(script, tmp_path).params == {"rate": 0.1, "depth": 3, "seed": 1, "name": "a"}


@pytest.mark.proves("recorder.wandb")
def test_tables_grow_by_rows_and_columns_and_come_from_frames(tmp_path: Path) -> None:
    script = """
import pandas as pd
import crispdm.wandb as wandb
empty = wandb.Table(columns=["a"])
empty.add_data(1); empty.add_data(2); empty.add_column("b", ["x", "y", "z"])
wandb.log({"grown": empty, "frame": wandb.Table(dataframe=pd.DataFrame({"n": [1.5]})),
           "given": wandb.Table(data=pd.DataFrame({"n": [2.5]})), "rows": wandb.Table(rows=[[7]], columns=["r"])})
"""
    found = report(script, tmp_path)
    tables = {one["name"]: json.loads((found.run / one["file"]).read_text()) for one in found.media}
    assert tables["grown"] == {"columns": ["a", "b"], "rows": [[1, "x"], [2, "y"], [None, "z"]]}
    assert (tables["frame"]["rows"], tables["given"]["rows"], tables["rows"]["rows"]) == ([[1.5]], [[2.5]], [[7]])


@pytest.mark.proves("recorder.wandb")
def test_steps_are_given_counted_or_taken_from_another_metric(tmp_path: Path) -> None:
    script = """
import crispdm.wandb as wandb
run = wandb.init()
run.define_metric("val/*", step_metric="epoch"); run.define_metric("epoch")
run.log({"a": 1.0}); run.log({"a": 2.0}, commit=True); run.log({"a": 3.0}, step=10); run.log({"a": 4.0})
run.log({"a": 5.0}, step=2)                       # steps never go back
run.log({"val/loss": 1.0})                        # without the metric that it is told by: as any other
run.log({"val/loss": 0.5, "epoch": 3}); run.log({"val/deep": {"er": 0.25}, "epoch": 4})
"""
    found = report(script, tmp_path)
    assert found.steps("a") == [0, 1, 10, 10, 11]
    assert found.steps("val/loss") == [11, 3]
    assert found.steps("val/deep.er") == [4]


@pytest.mark.proves("recorder.wandb")
def test_files_are_kept_that_are_saved_and_those_of_artifacts(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a.txt").write_text("a")
    script = """
import crispdm.wandb as wandb
artifact = wandb.Artifact("data", type="dataset")
artifact.add_dir("folder"); artifact.add_file("folder/a.txt", "b.txt")
assert wandb.log_artifact(artifact) is artifact and artifact.type == "dataset"
wandb.log_artifact("folder/a.txt")
assert [path.rsplit("/", 1)[1] for path in wandb.save("folder/*.txt")] == ["a.txt"]
assert wandb.save("nothing*") == wandb.save() == []
wandb.alert("Title", "text"); wandb.unwatch(); assert wandb.login()
"""
    found = report(script, tmp_path)
    assert [one["name"] for one in found.of("artifact")] == ["data/folder", "data/b.txt", "a.txt", "a.txt"]
    assert (found.run / "artifacts" / "data" / "folder" / "a.txt").read_text() == "a"
    assert (found.run / found.media[0]["file"]).read_text() == "Title\ntext"


def test_only_numbers_are_taken_from_what_a_library_reports(tmp_path: Path) -> None:
    script = """
import numpy as np, torch
from crispdm._libraries import as_number, first_of, numbers
found = numbers({"int": 1, "bool": True, "text": "1", "none": None, "numpy": np.float32(0.5), "one": np.array([2.0]),
                 "many": np.zeros(3), "tensor": torch.tensor(3.0), "tensors": torch.zeros(2), "list": [1], 4: 5.0})
assert found == {"int": 1.0, "bool": 1.0, "numpy": 0.5, "one": 2.0, "tensor": 3.0, "4": 5.0}, found
assert numbers(None) == {} and as_number(b"1") is None
assert first_of("json", "nothing_like_this", "json").loads("1") == 1
try: first_of("Nothing", "nothing_like_this")
except ImportError as error: assert "This needs Nothing" in str(error)
"""
    report(script, tmp_path)


@pytest.mark.proves("recorder.lightning")
def test_only_the_first_of_several_processes_reports_by_the_logger(tmp_path: Path) -> None:
    script = """
import torch
from types import SimpleNamespace
from lightning.pytorch.utilities.rank_zero import rank_zero_only
from crispdm.lightning import CrispdmLogger
logger = CrispdmLogger()
logger.log_metrics({"loss": torch.tensor(0.5), "text": "x"}, 3)
logger.log_hyperparams(SimpleNamespace(rate=1)); logger.log_hyperparams({"depth": 2})
rank_zero_only.rank = 1
logger.log_metrics({"loss": 1.0}, 4); logger.log_hyperparams({"other": 2})
logger.after_save_checkpoint(SimpleNamespace(best_model_path="nothing.ckpt"))
assert logger.log_dir == logger.root_dir == logger.save_dir and logger.name and logger.version == ""
"""
    found = report(script, tmp_path, "lightning")
    assert (found.steps("loss"), found.params) == ([3], {"rate": 1, "depth": 2})


@pytest.mark.proves("recorder.transformers")
def test_only_the_first_of_several_processes_reports_by_the_callback(tmp_path: Path) -> None:
    script = """
from types import SimpleNamespace
from crispdm.transformers import CrispdmCallback
state = SimpleNamespace(is_world_process_zero=False, global_step=1, max_steps=-1)
callback = CrispdmCallback(keep_checkpoints=True)
for hook in ("on_train_begin", "on_step_end", "on_save", "on_log"):
    getattr(callback, hook)(SimpleNamespace(rate=1, output_dir="out"), state, None, logs={"loss": 1.0})
state.is_world_process_zero = True
callback.on_train_begin(SimpleNamespace(rate=1, nothing=None, empty=""), state, None)
callback.on_step_end(None, state, None)  # nobody knows how many there are
callback.on_log(None, state, None); callback.on_log(None, state, None, logs={"eval_f1": 0.5, "test_acc": 1, "epoch": 2})
"""
    found = report(script, tmp_path, "transformers")
    assert set(found.series) == {"eval/f1", "test/acc", "epoch"}
    assert (found.params, found.of("progress"), found.of("artifact")) == ({"rate": 1}, [], [])
