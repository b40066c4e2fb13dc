"""A run as wandb's programs know it."""

from __future__ import annotations

import fnmatch
import glob
import os
from collections.abc import Mapping
from typing import Any

from .. import _continuing, _media
from .._artifacts import artifact
from .._events import params
from .._harmless import harmless, tell
from .._libraries import as_number
from .._media.arrays import is_array
from .._metrics import log
from .._run import run_dir
from ._config import Config
from ._data import Artifact, Histogram, Html, Image, Table

_MOST_FILES = 1000
_DEEPEST = 20


def _nothing(*_: Any, **__: Any) -> None:
    return


def _no_files(*_: Any, **__: Any) -> list[str]:
    return []


class Run:
    """What `wandb.init` answers. Steps count calls of `log`, unless they are given or taken from another metric."""

    def __init__(self, project: str | None = None, **options: Any) -> None:
        id, resumes = options.get("id"), options.get("resume")
        if id and resumes not in (None, False, "never") and os.path.isdir(os.path.join("crispdm-runs", str(id))):
            _continuing.resume(str(id))
        self.project = project
        self.name = options.get("name") or os.path.basename(run_dir())
        self.id = str(id or os.path.basename(run_dir()))
        self.dir = run_dir()
        self.url = ""
        self.config, self.summary = Config(), Config("summary/")
        self.step = 0
        self.finished = False
        self._steps_of: dict[str, str] = {}
        about = {key: options.get(key) for key in ("name", "group", "job_type", "tags", "notes")}
        params({f"wandb/{key}": value for key, value in {"project": project, **about}.items() if value})
        self.config.update(options.get("config"))

    @harmless(_nothing)
    def log(self, data: Any, step: int | None = None, commit: bool | None = None, **_: Any) -> None:
        """Report what one step brought. Without `commit` the next call belongs to the next step."""
        if not isinstance(data, Mapping):
            raise TypeError(f"crispdm.wandb.log: expected a mapping, not {type(data).__name__}")
        if step is not None:
            self.step = max(self.step, int(step))
        values = dict(_flat(data))
        by_step: dict[int, dict[str, float]] = {}
        for name, value in values.items():
            number, at = as_number(value), self._step(name, values)
            if number is not None:
                by_step.setdefault(at, {})[name] = number
            else:
                _keep(name, value, at)
        for at, numbers in by_step.items():
            log(numbers, step=at)
        if commit or (commit is None and step is None):
            self.step += 1

    @harmless(_nothing)
    def define_metric(self, name: Any, step_metric: Any = None, **_: Any) -> None:
        """Take the steps of some names from another number of the same call."""
        if step_metric is not None:
            self._steps_of[_called(name)] = _called(step_metric)

    @harmless(_no_files)
    def save(self, glob_str: Any = None, *_: Any, **__: Any) -> list[str]:
        """Keep the files of a path or pattern."""
        paths = glob.glob(os.fspath(glob_str))[:_MOST_FILES] if glob_str is not None else []
        return [artifact(path) for path in paths]

    def log_artifact(self, artifact_or_path: Any, *_: Any, **__: Any) -> Any:
        """Keep an artifact's files; answers it."""
        if isinstance(artifact_or_path, Artifact):
            for path, name in artifact_or_path.paths[:_MOST_FILES]:
                artifact(path, f"{artifact_or_path.name.replace(':', '-')}/{name}")
        else:
            artifact(artifact_or_path)
        return artifact_or_path

    def watch(self, *_: Any, **__: Any) -> None:
        """Passed over."""

    def finish(self, *_: Any, **__: Any) -> None:
        """Nothing waits to be written."""
        self.finished = True

    def __enter__(self) -> Run:
        return self

    def __exit__(self, *_: Any) -> None:
        self.finish()

    def _step(self, name: str, values: Mapping[str, Any]) -> int:
        for pattern, source in self._steps_of.items():
            if fnmatch.fnmatchcase(name, pattern):
                number = as_number(values.get(source))
                return self.step if number is None else int(number)
        return self.step


def _called(metric: Any) -> str:
    return str(getattr(metric, "name", metric))


def _flat(data: Mapping[Any, Any], before: str = "", depth: int = 0) -> list[tuple[str, Any]]:
    """Names of inner mappings joined by dots, as wandb does."""
    found: list[tuple[str, Any]] = []
    for key, value in data.items():
        if isinstance(value, Mapping) and depth < _DEEPEST:
            found += _flat(value, f"{before}{key}.", depth + 1)
        else:
            found.append((f"{before}{key}", value))
    return found


def _keep(name: str, value: Any, step: int) -> None:
    several = list(value) if isinstance(value, (list, tuple)) else [value]
    if several and all(isinstance(one, Image) for one in several):
        captions = "; ".join(one.caption for one in several if one.caption)
        _media.image(name, [one.value for one in several], step, caption=captions)
    elif isinstance(value, Histogram):
        _media.histogram(name, value.value, step, bins=value.bins)
    elif isinstance(value, Table):
        _media.table(name, value.data, step, columns=value.columns)
    elif isinstance(value, (str, Html)):
        _media.text(name, value.value if isinstance(value, Html) else value, step)
    elif hasattr(value, "savefig") or hasattr(value, "to_image"):
        _media.figure(name, value, step)
    elif hasattr(value, "convert") and hasattr(value, "mode"):
        _media.image(name, value, step)
    elif is_array(value) or (several and all(as_number(one) is not None for one in several)):
        _media.histogram(name, value, step)
    elif value is not None:
        tell("wandb.log", TypeError(f"{name[:60]!r} is {type(value).__name__}, which has no place in a run"))
