"""Under which name a stream is known at its broker, so that the broker keeps what comes while nobody collects."""

from __future__ import annotations

import secrets
from pathlib import Path

import msgspec

from jupyter_crispdm.base.files.atomic import write_atomic
from jupyter_crispdm.base.files.regular import Unreadable, read_regular

_FILE = "mqtt.json"


class Session(msgspec.Struct, frozen=True):
    """The client's name, and the topic that it follows at a broker."""

    client: str
    broker: str = ""
    topic: str = ""


def read_session(directory: Path) -> Session:
    """The session of a stream; where it has none, or a broken one, a new one that is written down at once."""
    try:
        return msgspec.json.decode(read_regular(directory / _FILE), type=Session)
    except (FileNotFoundError, Unreadable, msgspec.DecodeError):
        # two servers may have a stream of the same name: with the same client they would push each other out
        session = Session(f"crispdm-{directory.name[:40]}-{secrets.token_hex(4)}")
        write_session(directory, session)
        return session


def write_session(directory: Path, session: Session) -> None:
    """Remember it."""
    write_atomic(directory / _FILE, msgspec.json.encode(session))
