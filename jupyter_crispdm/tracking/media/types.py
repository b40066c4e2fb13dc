"""What travels about media of runs. Times are seconds since the epoch, sizes bytes and pixels."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import msgspec

from jupyter_crispdm.base.live.core.log import LogEntry
from jupyter_crispdm.base.wire import Body, Wire


class MediaKind(Enum):
    """What a piece is: pictures and figures are PNG, JPEG, GIF or WebP, a text is UTF-8, the others are JSON."""

    image = "image"
    figure = "figure"
    histogram = "histogram"
    text = "text"
    table = "table"


class MediaPiece(Wire, frozen=True):
    """One piece: at which step, as which of several of that step, and what is known of it.

    `version` is another one for each piece that is kept at the same place: with it an address is of this piece alone.
    """

    step: int
    time: float | None
    bytes: int
    index: int = 0
    caption: str = ""
    width: int | None = None
    height: int | None = None
    rows: int | None = None
    columns: int | None = None
    version: str = ""


class MediaSeries(Wire, frozen=True):
    """All pieces of one name, by step. `left_out` is how many of them are not listed, spread evenly."""

    name: str
    kind: MediaKind
    pieces: list[MediaPiece]
    left_out: int = 0


class MediaList(Wire, frozen=True):
    """What a run has kept with a step, by name, and why some of it cannot be read."""

    media: list[MediaSeries]
    trouble: str = ""


class MediaFact(LogEntry, frozen=True, omit_defaults=True):
    """What the topic `jobs/{id}/media` tells: pieces that came, by name; of the same step and index the newer counts.

    `cursor` is where to go on. `reset`: all that was told before is void. `ended`: nothing more will come. `trouble`
    says why some of it cannot be read.
    """

    media: list[MediaSeries]
    cursor: int


class MediaQuery(Body, frozen=True):
    """Those of one `name`, or of one `kind`."""

    name: str | None = None
    kind: MediaKind | None = None


class PieceQuery(Body, frozen=True):
    """Which piece of a name: its `kind` where names have several, the `step` (default: the newest), the `index`.

    What was kept there last is answered, whatever `version` says: it is for those who keep answers, as browsers do.
    """

    kind: MediaKind | None = None
    step: int | None = None
    index: int = 0
    version: Annotated[str, msgspec.Meta(max_length=64)] = ""
