"""What a serving front is started with, and its limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

WORKER = Path(__file__).parents[2] / "worker"


@dataclass(frozen=True)
class Limits:
    """What a request may take; sizes in bytes."""

    body: int = 64 * 2**20
    images: int = 256
    image_pixels: int = 32 * 2**20
    batch_pixels: int = 128 * 2**20
    archive_entries: int = 1000
    archive_bytes: int = 256 * 2**20
    archive_ratio: int = 200
    config: int = 64 * 2**10
    waiting: int = 256
    in_flight: int = 512 * 2**20
    results: int = 1000


@dataclass(frozen=True)
class FrontSettings:
    """Where a front lives and how it behaves; times in seconds."""

    directory: Path
    host: str = "127.0.0.1"
    port: int = 8503
    token: str | None = None
    site: Path = WORKER / "site"
    load_seconds: float = 300.0
    predict_seconds: float = 120.0
    restarts: int = 5
    first_pause: float = 0.5
    longest_pause: float = 30.0
    limits: Limits = field(default_factory=Limits)

    @property
    def local(self) -> bool:
        """Whether only this machine can reach it."""
        return self.host in ("127.0.0.1", "localhost", "::1")
