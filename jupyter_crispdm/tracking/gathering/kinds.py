"""Which files are those of trackers, told by their names."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from .formats.format import Format
from .formats.mlflow import MetricOfMlflow
from .formats.objects import LinesOfMetrics
from .formats.table import TableOfMetrics
from .formats.tensorboard import TensorBoardEvents
from .formats.wandb import WandbHistory

_TABLES = ("metrics.csv", "results.csv", "progress.csv", "summary.csv", "history.csv", "log.csv", "logs.csv",
           "training.log", "training.csv", "training_log.csv", "train_log.csv")  # fmt: skip
_OBJECTS = ("metrics.jsonl", "log.jsonl", "history.jsonl", "train_log.jsonl", "stats.jsonl", "metrics.json",
            "scalars.json")  # fmt: skip
#: Only those that are named so: closing another, which this process has open too, would drop its locks.
_DATABASES = (".db", ".sqlite", ".sqlite3")
#: Folders of which each is a part of one run, as Keras and many others have them.
_PARTS = ("train", "training", "validation", "val", "valid", "eval", "evaluation", "test", "dev")


class Kind(NamedTuple):
    """What a file is. `group`: the path of what belongs together; `part`: what its names begin with all the same.

    Without `make` it is a database, in which many may write; whose its rows are is told by themselves.
    """

    name: str
    group: str
    part: str
    make: Callable[[], Format] | None


def kind_of(path: str) -> Kind | None:
    """What a file is by its path from the folder in which it was found; None for any that is no tracker's."""
    *folders, name = path.split("/")
    folder, low = "/".join(folders), name.lower()
    if "tfevents" in low:
        return _tensorboard(folders)
    if low.endswith(".wandb"):
        return Kind("wandb", folder, "", WandbHistory)
    if low.endswith(_DATABASES) and ("mlflow" in low or "mlruns" in low):
        return Kind("mlflow", path, "", None)
    if "mlruns" in folders:
        return _mlflow(folders, name)
    if low.endswith((".csv", ".tsv", ".log")):
        sure = low in _TABLES
        return Kind("table", path, "", lambda: TableOfMetrics(sure=sure))
    if low.endswith((".jsonl", ".ndjson")) or low in _OBJECTS or low.endswith(".log.json"):
        sure = low in _OBJECTS
        return Kind("objects", path, "", lambda: LinesOfMetrics(sure=sure))
    return None


def _tensorboard(folders: list[str]) -> Kind | None:
    last = folders[-1] if folders else ""
    if last.replace(".", "", 1).isdigit() and len(last) >= 10:  # what `add_hparams` writes: one value, of no step
        return None
    if last.lower() in _PARTS:
        return Kind("tensorboard", "/".join(folders[:-1]), f"{last}/", TensorBoardEvents)
    return Kind("tensorboard", "/".join(folders), "", TensorBoardEvents)


def _mlflow(folders: list[str], name: str) -> Kind | None:
    """mlruns/<experiment>/<run>/metrics/<name>, in which a name may have folders of its own."""
    at = folders.index("mlruns")
    if len(folders) < at + 4 or folders[at + 3] != "metrics":
        return None
    metric = "/".join([*folders[at + 4 :], name])
    return Kind("mlflow", "/".join(folders[: at + 3]), "", lambda: MetricOfMlflow(metric))
