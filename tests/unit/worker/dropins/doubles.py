"""Libraries for training in a few lines each: names that a script uses, and hooks in the order of the originals.

Where CRISPDM_LIBRARIES names an interpreter that has the originals, the same scripts run with those instead.
"""

from __future__ import annotations

_LIGHTNING = """
import inspect, os
from types import SimpleNamespace
import torch

class LightningModule(torch.nn.Module):
    trainer = None
    def save_hyperparameters(self):
        given = inspect.currentframe().f_back.f_locals
        self.hparams = SimpleNamespace(**{k: v for k, v in given.items() if k not in ("self", "__class__")})
    @property
    def logger(self): return self.trainer.logger
    @property
    def global_step(self): return self.trainer.step
    def log(self, name, value): self.trainer.logged[name] = value.detach()

class Trainer:
    def __init__(self, max_epochs, logger, **options): self.epochs, self.logger, self.step = max_epochs, logger, 0
    def tell(self, epoch, step):
        self.logger.log_metrics({"epoch": epoch, **{k: v.item() for k, v in self.logged.items()}}, step=step)
    def fit(self, model, train, val):
        model.trainer, optimizer = self, model.configure_optimizers()
        self.logger.log_hyperparams(vars(model.hparams))
        folder = os.path.join(self.logger.save_dir, str(self.logger.name), self.logger.version, "checkpoints")
        os.makedirs(folder)
        for epoch in range(self.epochs):
            for index, batch in enumerate(train):
                self.logged = {}
                optimizer.zero_grad(); model.training_step(batch, index).backward(); optimizer.step()
                self.tell(epoch, self.step)
                self.step += 1
            self.logged = {}
            for index, batch in enumerate(val): model.validation_step(batch, index)
            self.tell(epoch, step=self.step - 1)
            path = os.path.join(folder, f"epoch={epoch}.ckpt")
            torch.save(model.state_dict(), path)
            self.logger.after_save_checkpoint(SimpleNamespace(best_model_path=path))
            self.logger.save()
        self.logger.finalize("success")
"""
_LIGHTNING_LOGGER = """
class Logger:
    def __init__(self): pass
    def save(self): pass
    def finalize(self, status): pass
"""
_RANK_ZERO = """
import functools
def rank_zero_only(function):
    @functools.wraps(function)
    def only(*args, **options): return function(*args, **options) if rank_zero_only.rank == 0 else None
    return only
rank_zero_only.rank = 0
"""
_TRANSFORMERS = """
import os
from types import SimpleNamespace

class TrainingArguments:
    def __init__(self, **given): self.__dict__.update(given)
    def to_sanitized_dict(self): return dict(vars(self))

class Trainer:
    def __init__(self, model, args, train_dataset, eval_dataset, callbacks):
        self.args, self.callbacks = args, callbacks
        self.per_epoch = len(train_dataset) // args.per_device_train_batch_size
        self.state = SimpleNamespace(global_step=0, max_steps=self.per_epoch * args.num_train_epochs, epoch=0.0,
                                     is_world_process_zero=True, log_history=[])
        self.call("on_init_end")
    def call(self, hook, **more):
        for one in self.callbacks: getattr(one, hook)(self.args, self.state, SimpleNamespace(), **more)
    def log(self, logs): self.call("on_log", logs={**logs, "epoch": self.state.epoch})
    def train(self):
        self.call("on_train_begin", model=None)
        for epoch in range(self.args.num_train_epochs):
            self.call("on_epoch_begin")
            for _ in range(self.per_epoch):
                self.call("on_step_begin")
                self.state.global_step += 1
                self.state.epoch = self.state.global_step / self.per_epoch
                self.call("on_step_end")
                if self.state.global_step % self.args.logging_steps == 0:
                    self.log({"loss": 1 / self.state.global_step, "grad_norm": 1.5, "learning_rate": 5e-5})
            self.log({"eval_loss": 0.25, "eval_runtime": 0.1})
            self.call("on_evaluate", metrics={})
            path = f"{self.args.output_dir}/checkpoint-{self.state.global_step}"
            os.makedirs(path)
            with open(path + "/model.safetensors", "w") as file: file.write("weights")
            self.call("on_save")
            self.call("on_epoch_end")
        self.log({"train_runtime": 1.0, "total_flos": 0.0, "train_loss": 0.5})
        self.call("on_train_end")
"""
_TRAINER_CALLBACK = "class TrainerCallback:\n" + "".join(
    f"    def {hook}(self, args, state, control, **more): pass\n"
    for hook in (
        "on_init_end", "on_train_begin", "on_train_end", "on_epoch_begin", "on_epoch_end", "on_step_begin",
        "on_step_end", "on_evaluate", "on_save", "on_log",
    )
)  # fmt: skip
_KERAS = """
from types import SimpleNamespace
from . import callbacks, layers

class Sequential:
    def __init__(self, layers): self.layers = layers
    def compile(self, optimizer, loss, metrics):
        self.optimizer = SimpleNamespace(get_config=lambda: {"name": optimizer, "learning_rate": 0.001})
    def fit(self, x, y, epochs, batch_size, validation_split, verbose, callbacks):
        steps = int(len(x) * (1 - validation_split)) // batch_size
        for one in callbacks:
            one.set_model(self); one.set_params({"verbose": 0, "epochs": epochs, "steps": steps})
            one.on_train_begin()
        for epoch in range(epochs):
            for one in callbacks: one.on_epoch_begin(epoch)
            for batch in range(steps):
                for one in callbacks: one.on_train_batch_end(batch, {"loss": 0.5, "mae": 0.4})
            for one in callbacks: one.on_epoch_end(epoch, {"loss": 0.5, "mae": 0.4, "val_loss": 0.6, "val_mae": 0.5})
        for one in callbacks: one.on_train_end({})
"""
_KERAS_CALLBACKS = """
class Callback:
    def __init__(self): self.params, self.model = None, None
    def set_params(self, params): self.params = params
    def set_model(self, model): self.model = model
    def on_epoch_begin(self, epoch, logs=None): pass
    def on_train_end(self, logs=None): pass
"""
_XGBOOST = """
from . import callback

class DMatrix:
    def __init__(self, data, label): self.data = data

def train(params, dtrain, rounds, evals, verbose_eval, callbacks):
    history = {}
    for one in callbacks: one.before_training(None)
    for epoch in range(rounds):
        if any([one.before_iteration(None, epoch, history) for one in callbacks]): break
        for _, name in evals: history.setdefault(name, {}).setdefault("logloss", []).append(0.5 / (epoch + 1))
        if any([one.after_iteration(None, epoch, history) for one in callbacks]): break
    for one in callbacks: one.after_training(None)

def cv(params, dtrain, rounds, nfold, callbacks, metrics):
    history = {}
    for epoch in range(rounds):
        for name in ("train", "test"): history.setdefault(name, {}).setdefault(metrics, []).append((0.75, 0.125))
        for one in callbacks: one.after_iteration(None, epoch, history)
"""
_XGBOOST_CALLBACK = """
class TrainingCallback:
    def __init__(self): pass
    def before_training(self, model): return model
    def after_training(self, model): return model
    def before_iteration(self, model, epoch, evals_log): return False
    def after_iteration(self, model, epoch, evals_log): return False
"""
_LIGHTGBM = """
import collections
names = "model params iteration begin_iteration end_iteration evaluation_result_list"
Env = collections.namedtuple("CallbackEnv", names)

class Dataset:
    def __init__(self, data, label, reference=None): pass

def train(params, train_set, rounds, valid_sets, valid_names, callbacks):
    for n in range(rounds):
        found = [(name, metric, 0.5 / (n + 1), False) for name in valid_names for metric in params["metric"]]
        for one in callbacks: one(Env(None, {**params, "num_iterations": rounds}, n, 0, rounds, found))

def cv(params, train_set, rounds, nfold, stratified, callbacks):
    for n in range(rounds):
        found = [("valid", metric, 0.5, False, 0.125) for metric in params["metric"]]
        for one in callbacks: one(Env(None, {**params, "num_iterations": rounds}, n, 0, rounds, found))
"""

#: Of each library its files, by their paths.
DOUBLES = {
    "lightning": {
        "lightning/__init__.py": "", "lightning/pytorch/__init__.py": _LIGHTNING,
        "lightning/pytorch/loggers/__init__.py": "", "lightning/pytorch/loggers/logger.py": _LIGHTNING_LOGGER,
        "lightning/pytorch/utilities/__init__.py": "", "lightning/pytorch/utilities/rank_zero.py": _RANK_ZERO,
    },
    "transformers": {
        "transformers/__init__.py": _TRANSFORMERS, "transformers/trainer_callback.py": _TRAINER_CALLBACK,
    },
    "keras": {
        "keras/__init__.py": _KERAS, "keras/callbacks.py": _KERAS_CALLBACKS,
        "keras/layers.py": "class Dense:\n    def __init__(self, units): pass\n",
    },
    "xgboost": {"xgboost/__init__.py": _XGBOOST, "xgboost/callback.py": _XGBOOST_CALLBACK},
    "lightgbm": {"lightgbm/__init__.py": _LIGHTGBM},
}  # fmt: skip
