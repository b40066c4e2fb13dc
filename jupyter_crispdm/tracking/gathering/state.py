"""How far a run is gathered: written after each time, so that a server that dies goes on where it was."""

from __future__ import annotations

import msgspec

from .places import Place

_FILE = "state.json"
_LARGEST = 16 << 20
_VERSION = 1


class InputState(msgspec.Struct):
    """One file that is read: up to which byte, what stood before it, and what its reader remembers.

    `begun`: where the current attempt begins in a log.
    """

    kind: str
    output: str
    prefix: str = ""
    file: int = 0
    position: int = 0
    before: bytes = b""
    memory: bytes = b""
    begun: int = 0


class OutputState(msgspec.Struct):
    """One file that is written: its rows, and of each of its names, by their numbers, the highest step."""

    rows: int = 0
    names: list[str] = []
    highest: list[int] = []


class State(msgspec.Struct):
    """All of it. `inputs` by their paths, those outside of the run's directory with a stroke before them.

    `folders`: of each kind and attempt the folders in which files were found, the first one first. `pieces`: bytes of
    the list of pieces. `over`: nothing more will come.
    """

    version: int = _VERSION
    rules: str = ""
    inputs: dict[str, InputState] = {}
    outputs: dict[str, OutputState] = {}
    folders: dict[str, list[str]] = {}
    pieces: int = 0
    piece_files: int = 0
    over: bool = False


def load(place: Place) -> State | None:
    """What was written last; None where there is nothing that can be read. Raises OSError for a folder that is none."""
    try:
        state = msgspec.json.decode(place.read(_FILE, _LARGEST), type=State)
    except (FileNotFoundError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return state if state.version == _VERSION else None


def save(place: Place, state: State) -> None:
    """Write it. Raises OSError."""
    place.replace(_FILE, msgspec.json.encode(state))
