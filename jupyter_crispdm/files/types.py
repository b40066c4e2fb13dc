"""What the room of files says and hears."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Annotated

from msgspec import Meta

from jupyter_crispdm.base.wire import Body, Wire


class Access(str, Enum):
    """What somebody may do in a folder; who may write may also read."""

    READ = "read"
    WRITE = "write"


class FolderKind(str, Enum):
    """Whose a folder is: one's own, everybody's, or all of the server's root directory."""

    HOME = "home"
    SHARED = "shared"
    ROOT = "root"


class Folder(Wire, frozen=True):
    """A folder that a person reaches, with all that lies in it; the path is relative to the root directory."""

    path: str
    name: str
    access: Access
    kind: FolderKind


class FolderList(Wire, frozen=True):
    """The folders that somebody has; bytes that are free on the disk, and of their home the limit and what it takes."""

    folders: list[Folder]
    free: int
    quota: int | None
    used: int


class OnConflict(str, Enum):
    """What to do where a name is taken: find a new one, or refuse."""

    RENAME = "rename"
    REFUSE = "refuse"


class Transfer(Body, frozen=True):
    """Files and folders to copy or move into a folder."""

    paths: list[str]
    to: str
    conflict: OnConflict = OnConflict.REFUSE


class Done(Wire, frozen=True):
    """What became of one file or folder: where it is now, or why it stayed. `status` is that of HTTP."""

    path: str
    to: str | None
    status: int
    reason: str = ""


class DoneList(Wire, frozen=True):
    """What became of each."""

    items: list[Done]


class ToTrash(Body, frozen=True):
    """Files and folders to throw away; `forever`: without a way back."""

    paths: list[str]
    forever: bool = False


class Restore(Body, frozen=True):
    """Bring something back from the trash; `to` is a folder, and None the one where it was."""

    to: str | None = None
    conflict: OnConflict = OnConflict.RENAME


class Trashed(Wire, frozen=True):
    """Something in the trash of the one who threw it away."""

    id: str
    path: str
    name: str
    kind: str
    bytes: int
    trashed: datetime


class TrashList(Wire, frozen=True):
    """One's own trash, the newest first; `limit` (bytes) and `days` say when the oldest is deleted, None: never."""

    items: list[Trashed]
    bytes: int
    limit: int | None
    days: float | None


class FileKind(str, Enum):
    """What something in a folder is, by its name."""

    FOLDER = "folder"
    NOTEBOOK = "notebook"
    TABLE = "table"
    PICTURE = "picture"
    FILE = "file"


class SortBy(str, Enum):
    """By what a list is sorted; folders always stand first."""

    NAME = "name"
    SIZE = "size"
    MODIFIED = "modified"
    KIND = "kind"


class Order(str, Enum):
    """Which way a list is sorted."""

    ASCENDING = "ascending"
    DESCENDING = "descending"


class ListQuery(Body, frozen=True):
    """Which folder to list (empty: the root), and how it is sorted."""

    path: str = ""
    sort: SortBy = SortBy.NAME
    order: Order = Order.ASCENDING


class Listed(Wire, frozen=True):
    """Something in a folder: bytes (None for folders), seconds since the epoch of its last change, what one may do."""

    name: str
    kind: FileKind
    size: int | None
    modified: float | None
    access: Access


class Listing(Wire, frozen=True):
    """What is in a folder; `left_out` counts what is there and not shown: links, pipes, unreadable names."""

    path: str
    access: Access
    entries: list[Listed]
    left_out: int


JsonValue = str | int | float | bool | None


class PreviewKind(str, Enum):
    """As what a file can be seen; `none`: not at all, and `note` says why."""

    TABLE = "table"
    TEXT = "text"
    NOTEBOOK = "notebook"
    PICTURE = "picture"
    NONE = "none"


class LookQuery(Body, frozen=True):
    """Which file to look at, and how many rows of a table to show."""

    path: str
    rows: Annotated[int, Meta(ge=1, le=500)] = 50


class Column(Wire, frozen=True):
    """A column of a table, with its type as the file has it; of tables that are text 'number' or 'text'."""

    name: str
    type: str


class Cell(Wire, frozen=True):
    """A cell of a notebook: code, markdown or raw."""

    kind: str
    source: str


class FilePreview(Wire, frozen=True):
    """A first look at a file. What its kind does not have is empty; a picture is at ``files/PATH``.

    `total` counts the rows or cells of the whole file, None where nobody has counted; `truncated`: there is more.
    """

    path: str
    kind: PreviewKind
    size: int
    modified: float
    truncated: bool = False
    note: str = ""
    columns: list[Column] = []
    rows: list[list[JsonValue]] = []
    total: int | None = None
    separator: str = ""
    encoding: str = ""
    text: str = ""
    cells: list[Cell] = []
    width: int | None = None
    height: int | None = None


class ArchiveQuery(Body, frozen=True):
    """The files and folders that go into a zip; the name may be given more than once."""

    path: list[str]


class ContentQuery(Body, frozen=True):
    """Which file to send, and whether it is to be kept rather than shown."""

    path: str
    download: bool = False


class WriteQuery(Body, frozen=True):
    """Where to write a file; where something is there already it is replaced, or with `replace` false refused."""

    path: str
    replace: bool = True


class Written(Wire, frozen=True):
    """A file that was written, and its bytes."""

    path: str
    size: int
