"""What people ask of a stream, checked: sources, where they read, their passwords, limits of alarms."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Collection, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from jupyter_crispdm.base.errors import BadRequest, NotFound, Unprocessable
from jupyter_crispdm.base.secrets import secret

from ..batch import SEQ
from ..mapping.mapper import Mapper
from ..types import (
    Alert,
    Detector,
    FileSource,
    HttpSource,
    MetricsSource,
    MqttSource,
    ReplaySource,
    ServingSource,
    Source,
    ThresholdDetector,
)

_SCHEMES = ("http", "https", "ws", "wss")
_LONGEST_COLUMN = 64


class SourceChecks:
    """Checks sources, and finds what they read.

    Files are below `root_dir`. `serving` and `streams` are where the prediction service and the streams keep theirs,
    `run_of` finds a job's directory, `allowed` are the variables that may be used as passwords.
    """

    def __init__(
        self, root_dir: Path, serving: Path, streams: Path, run_of: Callable[[str], Awaitable[Path]],
        allowed: Collection[str],
    ) -> None:  # fmt: skip
        self._root_dir, self._serving, self._streams = root_dir, serving, streams
        self._run_of, self._allowed = run_of, frozenset(allowed)

    async def check(self, source: Source, known: Collection[str], own: str | None = None) -> None:
        """Refuse a source that cannot work. `known` are the streams there are, `own` the one that it is for.

        Raises BadRequest, Unprocessable.
        """
        require_finite(source, "source")
        _check_mapping(source, self._root_dir)
        if isinstance(source, MqttSource):
            _check_mqtt(source)
        elif isinstance(source, HttpSource):
            _check_http(source)
        elif isinstance(source, ReplaySource) and (source.stream not in known or source.stream == own):
            raise Unprocessable(f"There is no other stream '{source.stream}'.", field="source.stream")
        await self.place(source)
        self.passwords(source)

    async def place(self, source: Source) -> str:
        """The absolute path of what a source reads; empty for one that reads no files. Raises as `check` does."""
        if isinstance(source, FileSource):
            return str(await asyncio.to_thread(self._below, source.path, "source.path"))
        if isinstance(source, MqttSource) and source.ca:
            return str(await asyncio.to_thread(self._below, source.ca, "source.ca"))
        if isinstance(source, MetricsSource):
            try:
                return str(await self._run_of(source.job))
            except NotFound as error:
                raise Unprocessable(error.message, field="source.job") from error
        if isinstance(source, ReplaySource):
            return str(self._streams / source.stream)
        return str(self._serving) if isinstance(source, ServingSource) else ""

    def passwords(self, source: Source) -> dict[str, str]:
        """The passwords that a source names, by name. Raises Unprocessable for one that it may not have."""
        name = getattr(source, "password_env", "")
        if not name:
            return {}
        if name not in self._allowed:
            text = f"'{name[:100]}' is not among the variables that CrispdmApp.stream_secrets allows."
            raise Unprocessable(text, field="source.password_env")
        password = secret(name)
        if not password:
            text = f"The server was started without the variable '{name}'."
            raise Unprocessable(text, field="source.password_env")
        return {name: password}

    def _below(self, path: str, field: str) -> Path:
        try:
            found = (self._root_dir / path).resolve()
        except (OSError, RuntimeError, ValueError) as error:  # too long, a loop of links, a zero byte
            raise BadRequest(f"'{field}' is not a usable path.", field=field) from error
        if not found.is_relative_to(self._root_dir.resolve()):
            raise BadRequest(f"'{field}' must stay below the server's root folder.", field=field)
        return found


def check_alarms(alert: Alert | None, detectors: list[Detector]) -> None:
    """Refuse limits that mean nothing. Raises BadRequest."""
    if alert is not None:
        _check_limits(alert, "alert")
    for number, detector in enumerate(detectors):
        field = f"detectors[{number}]"
        require_finite(detector, field)
        if detector.writes:
            _check_column(detector.writes, f"{field}.writes")
        if isinstance(detector, ThresholdDetector):
            _check_limits(detector, field)


def require_finite(body: msgspec.Struct, field: str) -> None:
    """Refuse numbers that nothing can count with, and characters that no text has. Raises BadRequest."""
    for name, value in _values(body, field):
        if isinstance(value, float) and not math.isfinite(value):
            raise BadRequest(f"'{name}' must be a finite number.", field=name)
        if isinstance(value, str) and not value.isprintable():
            raise BadRequest(f"'{name}' must consist of printable characters.", field=name)


def _values(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, msgspec.Struct):
        for key in value.__struct_fields__:
            yield from _values(getattr(value, key), f"{name}.{key}")
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from ((name, key), (name, inner))
    elif isinstance(value, list):
        yield from ((f"{name}[{number}]", inner) for number, inner in enumerate(value))
    else:
        yield name, value


def _check_mapping(source: Source, root_dir: Path) -> None:
    for name in source.fields:
        _check_column(name, "source.fields")
    try:
        Mapper(source.fields, source.python, root_dir)
    except BadRequest as error:
        field = f"source.{error.details.get('field', 'fields')}"
        raise BadRequest(error.message, **{**error.details, "field": field}) from error


def _check_column(name: str, field: str) -> None:
    if not 1 <= len(name) <= _LONGEST_COLUMN or not name.isprintable() or name == SEQ:
        text = f"'{name[:80]}' cannot be the name of a column: 1 to {_LONGEST_COLUMN} printable characters, not 'seq'."
        raise BadRequest(text, field=field)


def _check_mqtt(source: MqttSource) -> None:
    levels = source.topic.split("/")
    misplaced = any(("#" in level and level != "#") or ("+" in level and level != "+") for level in levels)
    if misplaced or "#" in levels[:-1]:
        raise BadRequest("'source.topic': '+' and '#' stand for a whole level, '#' for the last.", field="source.topic")
    if any(character in source.host for character in "/@ "):
        raise BadRequest("'source.host' must be a name or an address, without a port.", field="source.host")


def _check_http(source: HttpSource) -> None:
    try:
        parts = urlsplit(source.url)
        usable = parts.scheme in _SCHEMES and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable:
        raise BadRequest("'source.url' must begin with http(s):// or ws(s):// and name a host.", field="source.url")
    if parts.username or parts.password:
        raise BadRequest("'source.url' must hold no password: use username and password_env.", field="source.url")


def _check_limits(limits: Alert | ThresholdDetector, field: str) -> None:
    require_finite(limits, field)
    if limits.over is None and limits.under is None:
        raise BadRequest(f"'{field}' needs a limit: 'over', 'under' or both.", field=f"{field}.over")
