"""The common calls of wandb, reported to this run: `import crispdm.wandb as wandb` is the only line that changes.

`init`, `log`, `config`, `summary`, `define_metric`, `save`, `log_artifact`, `watch`, `finish`; `Image`, `Histogram`,
`Table`, `Html`, `Artifact`. Nothing is sent anywhere, no account is needed. What has no place here (sound, video, 3-D,
sweeps) is passed over, and that is said once.
"""

from __future__ import annotations

from typing import Any

from .._harmless import tell
from ._config import Config
from ._data import Artifact, Histogram, Html, Image, Table
from ._run import Run

__all__ = [
    "Artifact",
    "Histogram",
    "Html",
    "Image",
    "Run",
    "Table",
    "alert",
    "config",
    "define_metric",
    "finish",
    "init",
    "log",
    "log_artifact",
    "login",
    "run",
    "save",
    "summary",
    "unwatch",
    "watch",
]

run: Run | None = None
config: Config = Config()
summary: Config = Config("summary/")
_PASSED_OVER = ("Audio", "Video", "Object3D", "Molecule", "Plotly", "Graph")


def init(project: str | None = None, **options: Any) -> Run:
    """Begin; `config` is noted, `name` and `project` beside it. `id` with `resume` goes on with that run."""
    global run, config, summary
    if run is None or run.finished or options.get("reinit"):
        run = Run(project, **options)
        config, summary = run.config, run.summary
    else:
        run.config.update(options.get("config") or {})
    return run


def log(data: Any, step: int | None = None, commit: bool | None = None, **_: Any) -> None:
    """Report numbers, pictures, histograms, tables and texts of a step."""
    _begun().log(data, step=step, commit=commit)


def define_metric(name: Any, step_metric: Any = None, **_: Any) -> None:
    """Take the steps of what is named like this (`*` is allowed) from another number of the same call."""
    _begun().define_metric(name, step_metric)


def save(glob_str: Any = None, *_: Any, **__: Any) -> list[str]:
    """Keep the files of a path or pattern; answers what was kept."""
    return _begun().save(glob_str)


def log_artifact(artifact_or_path: Any, *_: Any, **__: Any) -> Any:
    """Keep an artifact's files."""
    return _begun().log_artifact(artifact_or_path)


def finish(*_: Any, **__: Any) -> None:
    """End; what is logged afterwards begins anew."""
    if run is not None:
        run.finish()


def watch(*_: Any, **__: Any) -> None:
    """Passed over: gradients are reported by `log({"gradients": wandb.Histogram(…)})`."""


def unwatch(*_: Any, **__: Any) -> None:
    """As `watch`."""


def login(*_: Any, **__: Any) -> bool:
    """Nobody has to."""
    return True


def alert(title: str = "", text: str = "", *_: Any, **__: Any) -> None:
    """Keep what it says as a text."""
    _begun().log({"alert": f"{title}\n{text}"}, commit=False)


def _begun() -> Run:
    return run if run is not None and not run.finished else init()


def __getattr__(name: str) -> Any:
    if name not in _PASSED_OVER:
        raise AttributeError(f"module 'crispdm.wandb' has no attribute {name!r}")
    tell(f"wandb.{name}", NotImplementedError("this has no place in a run"))
    return _nothing


def _nothing(*_: Any, **__: Any) -> None:
    return
