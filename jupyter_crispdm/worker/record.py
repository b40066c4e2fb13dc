"""The files by which a supervisor speaks: what it was asked to do, and what became of it."""

from __future__ import annotations

import json
import os
import sys
from typing import Any, NamedTuple

DEFAULT_GRACE = (10.0, 10.0)
_LARGEST = sys.float_info.max  # JSON may say more, and Python reads NaN and Infinity in it


class Spec(NamedTuple):
    """What to run, from spec.json and grant.json. Seconds and bytes; None means no limit."""

    argv: list[str]
    cwd: str
    env: dict[str, str]
    timeout: float | None
    grace: tuple[float, float]
    log_limit: int | None
    memory: int | None
    umask: int | None = None  # of the command; None leaves it


def read_spec(directory: str) -> Spec:
    """Read and check spec.json, and what grant.json adds. Raises OSError, or ValueError that names the wrong field."""
    content = _read_object(directory, "spec.json")
    argv, cwd = content.get("argv"), content.get("cwd")
    if not isinstance(argv, list) or not argv or not all(isinstance(word, str) for word in argv):
        raise ValueError("'argv' must be a list of at least one string")
    env = _variables(content)
    if not isinstance(cwd, str):
        raise ValueError("'cwd' must be a string")
    timeout = _positive(content, "timeout")
    grace = read_grace(content.get("grace"), DEFAULT_GRACE)
    env.update(_granted(directory))
    log_limit, memory = _bytes(content, "log_limit"), _bytes(content, "memory")
    return Spec(argv, cwd, env, timeout, grace, log_limit, memory, _umask(content))


def _umask(content: dict[str, Any]) -> int | None:
    value = content.get("umask")
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 0o777:
        raise ValueError("'umask' must be 0 to 511")
    return value


def read_grace(value: object, default: tuple[float, float]) -> tuple[float, float]:
    """Two numbers of seconds; `default` for anything else."""
    if not isinstance(value, list) or len(value) != 2 or not all(_is_number(one) for one in value):
        return default
    return max(0.0, float(value[0])), max(0.0, float(value[1]))


def write_record(directory: str, name: str, content: dict[str, Any]) -> None:
    """Write a JSON file so that a reader, or a crash, sees it whole or not at all."""
    path, temporary = os.path.join(directory, name), os.path.join(directory, "." + name + ".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        write_all(descriptor, json.dumps(content).encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    os.replace(temporary, path)
    parent = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(parent)
    finally:
        os.close(parent)


def write_all(descriptor: int, data: bytes) -> None:
    """Write every byte."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _granted(directory: str) -> dict[str, str]:
    """The variables that say which part of the machine is the job's, such as its GPUs."""
    try:
        return _variables(dict({"env": {}}, **_read_object(directory, "grant.json")))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise ValueError(f"grant.json: {error}") from error


def _read_object(directory: str, name: str) -> dict[str, Any]:
    with open(os.path.join(directory, name), encoding="utf-8") as file:
        content = json.load(file)
    if not isinstance(content, dict):
        raise ValueError(f"{name} must hold an object")
    return content


def _variables(content: dict[str, Any]) -> dict[str, str]:
    env = content.get("env")
    if not isinstance(env, dict) or not all(isinstance(value, str) for value in env.values()):
        raise ValueError("'env' must be an object of strings")
    return env


def _bytes(content: dict[str, Any], name: str) -> int | None:
    value = _positive(content, name)
    return None if value is None else int(value)


def _positive(content: dict[str, Any], name: str) -> float | None:
    value = content.get(name)
    if value is None:
        return None
    if not _is_number(value) or value <= 0:
        raise ValueError(f"'{name}' must be a number above 0, or null")
    return float(value)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= _LARGEST
