"""What the door takes from the server extension's settings: the one place where they are read."""

from __future__ import annotations

from typing import Protocol


class DoorSettings(Protocol):
    """The settings, as `CrispdmApp` documents them."""

    data_dir: str
    database_url: str
    session_days: float
    published: list[str]
    trusted_extensions: list[str]
