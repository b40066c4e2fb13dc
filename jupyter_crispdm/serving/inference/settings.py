"""What an inference server is started with, and its limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from mmap import mmap
from pathlib import Path

WORKER = Path(__file__).parents[2] / "worker"


@dataclass(frozen=True)
class RequestLimits:
    """What a request may take; sizes in bytes. What ends in `each` is one caller's: an address, or a person."""

    body: int = 64 * 2**20
    images: int = 256
    image_pixels: int = 32 * 2**20
    batch_pixels: int = 128 * 2**20
    piece_images: int = 8
    piece_pixels: int = 4 * 2**20
    elements: int = 4 * 2**20
    archive_entries: int = 1000
    archive_bytes: int = 256 * 2**20
    archive_ratio: int = 200
    config: int = 64 * 2**10
    configs: int = 64
    waiting: int = 512
    waiting_each: int = 128
    streams: int = 16
    batch_bytes: int = 8 * 2**20
    requests_each: int = 128
    in_flight: int = 512 * 2**20
    in_flight_each: int = 128 * 2**20
    results: int = 1000
    result_bytes: int = 2**30


@dataclass(frozen=True)
class ConnectionLimits:
    """How slow a client may be, in seconds; bodies in bytes a second; and how many may be connected.

    Who is refused before the end of what it sends may send on for `linger` seconds, up to `linger_bytes`.
    """

    headers: float = 10.0
    header_bytes: int = 64 * 2**10
    body: float = 10.0
    rate: float = 16 * 2**10
    answer: float = 60.0
    linger: float = 5.0
    linger_bytes: int = 128 * 2**20
    rest: float = 75.0
    connections: int = 1024
    connections_each: int = 256


@dataclass(frozen=True)
class InferenceSettings:
    """Where an inference server lives and how it behaves; times in seconds."""

    directory: Path
    host: str = "127.0.0.1"
    port: int = 8503
    grpc_port: int | None = None
    """Where the Open Inference Protocol is also answered by gRPC; 0: a free port; None: nowhere."""

    token: str | None = None
    """What callers must show, or several such, with commas between them."""

    token_rate: float | None = None
    """How often each token may be used in a second; None means as often as one likes."""

    origins: frozenset[str] = frozenset()
    """Pages of other sites that may ask, such as `https://a.example`."""

    key: str = ""
    site: Path = WORKER / "site"
    load_seconds: float = 300.0
    predict_seconds: float = 120.0
    patience: float = 300.0
    drain_seconds: float = 10.0
    restarts: int = 5
    """Starts more in which a model may fail to become ready before that is told as its failure."""

    first_pause: float = 0.5
    longest_pause: float = 30.0
    limits: RequestLimits = field(default_factory=RequestLimits)
    connection_limits: ConnectionLimits = field(default_factory=ConnectionLimits)
    memory_bytes: int | None = None
    """What all models may take together; None: no limit but the machine's."""

    cores: int | None = None
    """How many cores the workers of a model share; None: those that this process may use."""

    is_one_of_many: bool = False
    """Whether others answer for the same models, and callers do not know which: nothing is kept that one of them
    would have and the others not."""

    kept: mmap | None = None
    """Memory of answers that were given to a key, which outlives a front; None: one's own."""

    @cached_property
    def tokens(self) -> dict[str, str]:
        """The names of the tokens by what they are, which no log is told."""
        given = [text.strip() for text in (self.token or "").split(",") if text.strip()]
        return {secret: f"token {number}" for number, secret in enumerate(dict.fromkeys(given), 1)}

    @property
    def local(self) -> bool:
        """Whether only this machine can reach it."""
        return self.host in ("127.0.0.1", "localhost", "::1")
