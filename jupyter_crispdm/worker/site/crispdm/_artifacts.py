"""Files to keep: copied into the run's `artifacts/`, whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterable, Mapping
from typing import Any

from ._events import plain, write_event
from ._harmless import harmless
from ._lineage import code, data_hash
from ._metrics import newest_step
from ._run import run_dir

_FORMATS = {
    ".pt": "torch",
    ".pth": "torch",
    ".onnx": "onnx",
    ".safetensors": "safetensors",
    ".skops": "skops",
    ".torchscript": "torchscript",
    ".pt2": "exported",
    ".pkl": "pickle",
    ".joblib": "pickle",
}

_LARGEST_EXAMPLE = 10_000

#: What file systems without links say, those of networks and clouds among them.
_NO_LINKS = (errno.EPERM, errno.EACCES, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV)


def _itself(path: Any = "", *_: Any, **__: Any) -> str:
    try:
        return str(os.fspath(path))
    except Exception:
        return ""


@harmless(_itself)
def artifact(path: str | os.PathLike[str], name: str | None = None) -> str:
    """Keep a copy of a file or folder as `artifacts/<name>`, in place of an older one; answers its path.

    Where it cannot be kept, the path that was given.
    """
    source = _source(path)
    relative = _inside(name or os.path.basename(source))
    copy = os.path.join(run_dir(), "artifacts", *relative.split("/"))
    if not _same(source, copy):
        _copy(source, copy, replace=True)
    write_event("artifact", {"path": f"artifacts/{relative}", "name": relative, "size": _size(copy), **_at()})
    return copy


@harmless(_itself)
def model(
    path: str | os.PathLike[str],
    name: str | None = None,
    *,
    format: str | None = None,
    task: str | None = None,
    classes: Iterable[str] | None = None,
    signature: Mapping[str, Any] | None = None,
    input_example: Any = None,
    metrics: Mapping[str, float] | None = None,
    note: str = "",
    script: str | os.PathLike[str] | None = None,
    data: str | os.PathLike[str] | None = None,
    **metadata: Any,
) -> str:
    """Keep a copy of a trained model and have it registered; answers the copy's path, else the one given.

    Where not given, the name is the file's without its ending, and the format follows from the ending.
    Each call keeps a copy of its own, so that an earlier version stays what it was. `script` is Python that serves
    it, with a class that loads and predicts; `data` is what it was trained on, a file or folder, which is hashed.
    The running script and the git checkout are noted by themselves. Metrics that are not given are the newest logged.
    """
    source = _source(path)
    stem, ending = os.path.splitext(os.path.basename(source))
    format = format or _FORMATS.get(ending.lower())
    if format is None:
        raise ValueError(
            f"crispdm.model: give the format, for example format='torch'; {ending!r} does not tell it"
        )
    if isinstance(classes, str):
        raise TypeError("crispdm.model: 'classes' must be a list of names, not one string")
    copy = _copy(source, os.path.join(run_dir(), "artifacts", stem + ending), replace=False)
    fields = {"name": name or stem, "format": format, "task": task, "classes": plain(list(classes or []))}
    said = {
        "metadata": plain(metadata), "signature": plain(signature), "metrics": plain(metrics), "note": note,
        "input_example": plain(_listed(input_example)), "script": _kept_script(script), "code": code(),
    }  # fmt: skip
    if data is not None:
        said.update(data=os.fspath(data), data_hash=data_hash(os.fspath(data)))
    write_event("model", {"path": _relative(copy), **fields, **_at(), **{key: one for key, one in said.items() if one}})
    return copy


def _at() -> dict[str, int]:
    """The step at which a file is kept, so that the one of the best step can be found."""
    step = newest_step()
    return {} if step is None else {"step": step}


def _listed(example: Any) -> Any:
    """An array as lists, a table as its columns: so far as they are small."""
    for convert in ("to_dict", "tolist"):
        if callable(getattr(example, convert, None)):
            if getattr(example, "size", 0) > _LARGEST_EXAMPLE:
                raise ValueError(f"crispdm.model: 'input_example' may have {_LARGEST_EXAMPLE:,} numbers")
            return example.to_dict("list") if convert == "to_dict" and hasattr(example, "columns") else example.tolist()
    return example


def _kept_script(script: str | os.PathLike[str] | None) -> str | None:
    if script is None:
        return None
    source = _source(script)
    return _relative(_copy(source, os.path.join(run_dir(), "artifacts", os.path.basename(source)), replace=False))


def _relative(copy: str) -> str:
    return f"artifacts/{os.path.basename(copy)}"


def _source(path: str | os.PathLike[str]) -> str:
    source = os.path.abspath(os.fspath(path))
    if not os.path.exists(source):
        raise FileNotFoundError(errno.ENOENT, "crispdm: there is no such file to keep", source)
    return source


def _inside(name: str) -> str:
    parts = name.replace(os.sep, "/").split("/")
    if os.path.isabs(name) or any(part in ("", ".", "..") or "\0" in part for part in parts):
        raise ValueError(f"crispdm.artifact: the name must be a relative path without '..', not {name!r}")
    return "/".join(parts)


def _copy(source: str, target: str, replace: bool) -> str:
    """Copy beside the run, flush to disk, then give the copy its name; a taken name gets a number."""
    os.makedirs(os.path.dirname(target), exist_ok=True)
    temporary = os.path.join(run_dir(), f".copy-{os.getpid()}-{os.urandom(4).hex()}")
    try:
        if os.path.isdir(source):
            shutil.copytree(source, temporary)
        else:
            shutil.copyfile(source, temporary)
            _flush(temporary)
        if not replace:
            return _place(temporary, target)
        _replace(temporary, target)
        return target
    finally:
        _remove(temporary)


def _replace(temporary: str, target: str) -> None:
    if os.path.isdir(target) or (os.path.isdir(temporary) and os.path.lexists(target)):
        aside = temporary + ".old"
        os.rename(target, aside)
        os.rename(temporary, target)
        _remove(aside)
    else:
        os.replace(temporary, target)


def _place(temporary: str, target: str) -> str:
    stem, ending = os.path.splitext(target)
    number = 1
    while True:
        free = target if number == 1 else f"{stem}-{number}{ending}"
        try:
            if os.path.isdir(temporary):
                os.mkdir(free)  # reserves the name; a folder may be renamed over an empty one
                os.rename(temporary, free)
            else:
                os.link(temporary, free)
            return free
        except FileExistsError:
            number += 1
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            if not os.path.lexists(free):
                os.rename(temporary, free)
                return free
            number += 1


def _flush(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(path: str) -> None:
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    elif os.path.lexists(path):
        os.unlink(path)


def _same(one: str, other: str) -> bool:
    return os.path.exists(other) and os.path.samefile(one, other)


def _size(path: str) -> int:
    if not os.path.isdir(path):
        return os.path.getsize(path)
    files = (os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names)
    return sum(os.path.getsize(file) for file in files)
