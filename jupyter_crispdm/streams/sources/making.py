"""From what somebody asked for to what is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_crispdm.base.clock import Clock, SystemClock
from jupyter_crispdm.base.errors import SetupError
from jupyter_crispdm.serving.inference.http.request_log import log_of

from .. import types
from .files import FileSource
from .http import HttpPlace, HttpSource
from .metrics import MetricsSource
from .mqtt import MqttPlace, MqttSource
from .port import Source
from .replay import ReplaySource, Span
from .serving import ServingSource
from .simulated import SimulatedSource


@dataclass(frozen=True)
class Place:
    """Where a source works: the stream's own directory, variables with its secrets, and the path of what it reads."""

    directory: Path
    environ: Mapping[str, str]
    path: str
    clock: Clock

    def secret(self, name: str) -> str:
        """The value of a variable. Raises SetupError where there is none."""
        if name and name not in self.environ:
            raise SetupError(f"The variable '{name}' with the password is not set.")
        return self.environ.get(name, "")


def make(
    source: types.Source, directory: Path, environ: Mapping[str, str], place: str = "", clock: Clock | None = None
) -> Source:
    """The source that was asked for. `place` is the path of what it reads. Raises SetupError."""
    return _MAKERS[type(source)](source, Place(directory, environ, place, clock or SystemClock()))


def _simulated(source: types.SimulatedSource, place: Place) -> Source:
    return SimulatedSource(source.rate, source.seed, clock=place.clock)


def _mqtt(source: types.MqttSource, place: Place) -> Source:
    broker = MqttPlace(
        source.host, source.topic, source.port, source.qos, source.version, source.tls,
        source.ca and (place.path or source.ca), source.username,
        place.secret(source.password_env), source.session_seconds,
    )  # fmt: skip
    return MqttSource(broker, place.directory, clock=place.clock)


def _file(source: types.FileSource, place: Place) -> Source:
    path = Path(place.path or source.path)
    return FileSource(path, place.directory, source.format, from_start=source.from_start, clock=place.clock)


def _http(source: types.HttpSource, place: Place) -> Source:
    secret = place.secret(source.password_env)
    address = HttpPlace(source.url, source.mode, source.interval, source.username, secret)
    return HttpSource(address, place.directory, clock=place.clock)


def _metrics(source: types.MetricsSource, place: Place) -> Source:
    return MetricsSource(Path(place.path), place.directory, source.names, clock=place.clock)


def _serving(source: types.ServingSource, place: Place) -> Source:
    return ServingSource(log_of(Path(place.path)), place.directory, source.model, clock=place.clock)


def _replay(source: types.ReplaySource, place: Place) -> Source:
    span = Span(source.speed, source.start, source.end, source.repeat)
    return ReplaySource(Path(place.path), place.directory, span, clock=place.clock)


_MAKERS: dict[type[types.Source], Callable[[Any, Place], Source]] = {
    types.SimulatedSource: _simulated,
    types.MqttSource: _mqtt,
    types.FileSource: _file,
    types.HttpSource: _http,
    types.MetricsSource: _metrics,
    types.ServingSource: _serving,
    types.ReplaySource: _replay,
}
