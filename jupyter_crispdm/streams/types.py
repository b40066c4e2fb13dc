"""What travels about streams, and what the server and a stream's collector tell each other in its directory."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType, field

from jupyter_crispdm.base.live.core.log import LogEntry
from jupyter_crispdm.base.parsing.names import NameRule
from jupyter_crispdm.base.wire import Body, Wire

STREAM_ID = NameRule(
    "[A-Za-z0-9][A-Za-z0-9_-]{0,63}",
    "1 to 64 letters, digits, '_' or '-', the first a letter or a digit, and not 'test'",
    reserved=("test",),
)
EVENT_ID = NameRule("[A-Za-z0-9][A-Za-z0-9_-]{0,63}", "1 to 64 letters, digits, '_' or '-'")
StreamId = Annotated[str, STREAM_ID.meta]
EventId = Annotated[str, EVENT_ID.meta]
Column = list[int | float | str | None]
Columns = dict[str, Column]

Positive = Annotated[float, Meta(gt=0)]
NotNegative = Annotated[float, Meta(ge=0)]
Samples = Annotated[int, Meta(ge=1, le=1_000_000)]
Port = Annotated[int, Meta(ge=1, le=65535)]
Text = Annotated[str, Meta(max_length=2000)]


class _Mapped(Body, frozen=True, kw_only=True, tag_field="kind"):
    """`fields`: a JSON path for each column; without it columns have the names of the message's own fields.

    `python` is `package.module:function`, or `path/below/root.py:function`: it makes samples of a message instead.
    """

    fields: dict[str, str] = {}
    python: Text = ""


class SimulatedSource(_Mapped, frozen=True, kw_only=True, tag="simulated"):
    """A sine with noise and a probability of defects, `rate` samples a second; `seed` repeats the same."""

    rate: Annotated[float, Meta(gt=0, le=100_000)] = 10.0
    seed: int | None = None


class MqttSource(_Mapped, frozen=True, kw_only=True, tag="mqtt"):
    """What a broker publishes under a topic (wildcards allowed); `version` 3 is MQTT 3.1.1.

    `password_env` names an environment variable of the server, one that `stream_secrets` allows. `ca` is a file of
    certificates below the server's root. The session is kept for `session_seconds` while nobody collects.
    """

    host: Annotated[str, Meta(min_length=1, max_length=253)]
    topic: Annotated[str, Meta(min_length=1, max_length=65535)]
    port: Port = 1883
    qos: Annotated[int, Meta(ge=0, le=2)] = 1
    version: Literal[3, 5] = 5
    tls: bool = False
    ca: Text = ""
    username: Text = ""
    password_env: Text = ""
    session_seconds: Annotated[int, Meta(ge=0, le=2**32 - 1)] = 604_800


class FileSource(_Mapped, frozen=True, kw_only=True, tag="file"):
    """A file that grows, or a folder that gets new ones, below the server's root; `from_start`: with what is there."""

    path: Annotated[str, Meta(min_length=1, max_length=4096)]
    format: Literal["auto", "csv", "jsonl", "parquet"] = "auto"
    from_start: bool = True


class HttpSource(_Mapped, frozen=True, kw_only=True, tag="http"):
    """An address, asked every `interval` seconds, or one that streams: events, JSON lines, a WebSocket.

    With `username` the password is sent as such, without it as a bearer's token.
    """

    url: Annotated[str, Meta(min_length=1, max_length=4096)]
    mode: Literal["auto", "poll", "sse", "ndjson", "websocket"] = "auto"
    interval: Annotated[float, Meta(ge=0.05, le=86400)] = 1.0
    username: Text = ""
    password_env: Text = ""


class MetricsSource(_Mapped, frozen=True, kw_only=True, tag="metrics"):
    """The curves of a job, as they grow; `names`: only these."""

    job: Annotated[str, Meta(min_length=1, max_length=64)]
    names: list[str] = []


class ServingSource(_Mapped, frozen=True, kw_only=True, tag="serving"):
    """What the prediction service logs of its requests; `model`: only those of one model."""

    model: Text = ""


class ReplaySource(_Mapped, frozen=True, kw_only=True, tag="replay"):
    """A recorded stream once more, `speed` times as fast; `start` and `end` are seconds since the epoch."""

    stream: StreamId
    speed: Annotated[float, Meta(gt=0, le=100)] = 1.0
    start: float | None = None
    end: float | None = None
    repeat: bool = False


Source = SimulatedSource | MqttSource | FileSource | HttpSource | MetricsSource | ServingSource | ReplaySource


class Alert(Body, frozen=True, kw_only=True):
    """When an alarm is raised: `field` is `over` or `under` a limit for so many `samples` and `seconds`.

    It is cleared once the field is back by `hysteresis`. After one alarm none is raised for `quiet` seconds.
    """

    field: Text = "probability"
    over: float | None = 0.5
    under: float | None = None
    hysteresis: NotNegative = 0.0
    samples: Samples = 1
    seconds: NotNegative = 0.0
    quiet: NotNegative = 5.0


class _Judging(Body, frozen=True, kw_only=True, tag_field="kind"):
    """`writes` names the column that gets the detector's score, from 0 to 1; `limit` is where an alarm is raised.

    `limit` None raises none. `name` is what events call the detector.
    """

    name: Text = ""
    writes: Text = ""
    samples: Samples = 1
    seconds: NotNegative = 0.0
    quiet: NotNegative = 5.0


class ThresholdDetector(_Judging, frozen=True, kw_only=True, tag="threshold"):
    """A column over or under a limit, back again by `hysteresis`."""

    field: Text = "value"
    over: float | None = None
    under: float | None = None
    hysteresis: NotNegative = 0.0


class ZScoreDetector(_Judging, frozen=True, kw_only=True, tag="zscore"):
    """A column further from the mean of the last `window` samples than `limit` standard deviations."""

    field: Text = "value"
    window: Samples = 100
    limit: Positive | None = 4.0


class TreesDetector(_Judging, frozen=True, kw_only=True, tag="trees"):
    """Online half-space trees over some columns."""

    fields: list[str] = field(default_factory=lambda: ["value"])
    window: Samples = 250
    trees: Annotated[int, Meta(ge=1, le=200)] = 25
    height: Annotated[int, Meta(ge=1, le=15)] = 8
    seed: int = 42
    limit: Annotated[float, Meta(ge=0, le=1)] | None = 0.9


class ModelDetector(_Judging, frozen=True, kw_only=True, tag="model"):
    """A deployed model is asked about some columns; its output (the first, or the named one) is the score."""

    model: Annotated[str, Meta(min_length=1, max_length=200)]
    fields: list[str] = field(default_factory=lambda: ["value"])
    output: Text = ""
    limit: float | None = 0.5


Detector = ThresholdDetector | ZScoreDetector | TreesDetector | ModelDetector


class StreamState(str, Enum):
    """Where a stream stands: `starting running` while it collects, `stopped failed` while it does not."""

    starting = "starting"
    running = "running"
    stopped = "stopped"
    failed = "failed"


class Spec(Wire, frozen=True, kw_only=True):
    """What a collector is to do: `stream.json`, written by the server, read again whenever it changes.

    `place` is the absolute path of what the source reads: a file, a job's directory, another stream's.
    Passwords are not in it, but in `secrets.json`, by the names of their variables.
    """

    id: str
    name: str
    source: Source
    window: int = 1000
    backup_seconds: float = 300.0
    alert: Alert | None = None
    detectors: list[Detector] = []
    keep_seconds: float | None = None
    keep_bytes: int | None = None
    place: str = ""


class Status(Wire, frozen=True, kw_only=True):
    """What a collector says of itself: `status.json`, at most twice a second.

    `rate` is samples a second, `lag` seconds from a sample's time to its record; `seq` and `time` are those of the
    newest sample. `rejected` counts messages that made no sample, by reason. `updated` is seconds since the epoch.
    """

    state: StreamState = StreamState.running
    reason: str = ""
    rate: float = 0.0
    lag: float | None = None
    received: int = 0
    seq: int = 0
    time: float | None = None
    rejected: dict[str, int] = {}
    bytes: int = 0
    pid: int = 0
    updated: float = 0.0


class Stream(Wire, frozen=True, kw_only=True):
    """One stream. `rate` is samples a second, `lag` seconds, `bytes` what its directory holds, `time` of the newest.

    `reason` says why it does not collect, or what is wrong while it does. Viewers see those that are `shared`,
    without source, directory and job.
    """

    id: str
    name: str
    source: Source | None
    state: StreamState
    reason: str = ""
    rate: float = 0.0
    lag: float | None = None
    received: int = 0
    seq: int = 0
    time: float | None = None
    rejected: dict[str, int] = {}
    bytes: int = 0
    directory: str = ""
    window: int = 1000
    backup_seconds: float = 300.0
    alert: Alert | None = None
    detectors: list[Detector] = []
    keep_days: float | None = None
    keep_bytes: int | None = None
    shared: bool = True
    job: str | None = None
    owner: str = ""
    created: datetime
    open_alarms: int = 0
    last_alarm: datetime | None = None


class StreamList(Wire, frozen=True):
    """Streams, oldest first."""

    streams: list[Stream]


class NewStream(Body, frozen=True, kw_only=True):
    """A stream to make, and to collect unless `start` is false. `keep_days` None: what the server is set to."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    source: Source
    id: StreamId | None = None
    window: Annotated[int, Meta(ge=1, le=100_000)] = 1000
    backup_seconds: Annotated[float, Meta(ge=1, le=86400)] = 300.0
    alert: Alert | None = Alert()
    detectors: Annotated[list[Detector], Meta(max_length=20)] = []
    keep_days: Positive | None = None
    keep_bytes: Annotated[int, Meta(ge=1_000_000)] | None = None
    shared: bool = True
    start: bool = True


class StreamChange(Body, frozen=True, kw_only=True):
    """What to change of a stream; what is left out stays. Only another `source` interrupts the collecting."""

    name: Annotated[str, Meta(min_length=1, max_length=200)] | UnsetType = UNSET
    source: Source | UnsetType = UNSET
    window: Annotated[int, Meta(ge=1, le=100_000)] | UnsetType = UNSET
    backup_seconds: Annotated[float, Meta(ge=1, le=86400)] | UnsetType = UNSET
    alert: Alert | UnsetType | None = UNSET
    detectors: Annotated[list[Detector], Meta(max_length=20)] | UnsetType = UNSET
    keep_days: Positive | UnsetType | None = UNSET
    keep_bytes: Annotated[int, Meta(ge=1000000)] | UnsetType | None = UNSET
    shared: bool | UnsetType = UNSET


class Window(Wire, frozen=True):
    """Samples by column, and the number of the last one; `trouble` says what could not be read."""

    seq: int
    columns: Columns
    trouble: str = ""


class WindowQuery(Body, frozen=True):
    """`since`: only what came after that sample; without it the whole window."""

    since: Annotated[int, Meta(ge=0)] | None = None


class HistoryQuery(Body, frozen=True):
    """A time span, in seconds since the epoch, thinned to about `points` samples that keep each extreme."""

    start: float | None = field(default=None, name="from")
    end: float | None = field(default=None, name="to")
    points: Annotated[int, Meta(ge=10, le=20_000)] = 2000


class ExportQuery(Body, frozen=True):
    """A time span, in seconds since the epoch, as a file."""

    format: Literal["parquet", "csv"] = "parquet"
    start: float | None = field(default=None, name="from")
    end: float | None = field(default=None, name="to")


class TrialBody(Body, frozen=True, kw_only=True):
    """A source to try."""

    source: Source


class ProposedColumn(Wire, frozen=True):
    """A column that messages could fill: its JSON path, and what stands there."""

    name: str
    path: str
    type: Literal["number", "text"]


class Trial(Wire, frozen=True):
    """The first messages of a source, and columns for them; `reason` says why there are none."""

    messages: list[str]
    columns: list[ProposedColumn]
    reason: str = ""


class StreamsFact(Wire, frozen=True, omit_defaults=True):
    """What the topic `streams` tells: all `streams` first, then one `stream` that changed or was `deleted`."""

    streams: list[Stream] | UnsetType = UNSET
    stream: Stream | UnsetType = UNSET
    deleted: str | UnsetType = UNSET
    gap: bool = False


class StreamFact(LogEntry, frozen=True, omit_defaults=True, kw_only=True):
    """What the topic `streams/{id}` tells: samples by column, the column `seq` among them, and the last one's number.

    Newcomers get the window first. The cursor is `seq`. Fractions come with nine digits of a number: all of them are in
    what `window`, `history` and `export` answer.
    """

    columns: Columns
    seq: int
    gap: bool = False
