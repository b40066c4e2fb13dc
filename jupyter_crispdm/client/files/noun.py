"""Files on the server, as a program sees them."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from jupyter_crispdm.files.types import (
    Done,
    DoneList,
    FilePreview,
    FolderList,
    Listed,
    Listing,
    OnConflict,
    Order,
    Restore,
    SortBy,
    ToTrash,
    Transfer,
    Trashed,
    TrashList,
    Written,
)
from jupyter_crispdm.files.uploads.types import OpenUpload, UploadList

from ..transport import Transport, quoted
from .uploading import PATIENCE_SECONDS, Progress, Upload, files_below

_PIECE = 256 * 1024


class Files:
    """The folders that the caller reaches; paths are relative to the server's root directory, with slashes."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def folders(self) -> FolderList:
        """The folders that one reaches, and how much room is left."""
        return self._transport.ask("files/folders", FolderList)

    def list(self, path: str = "", *, sort: str = "name", descending: bool = False) -> Sequence[Listed]:
        """What is in a folder, folders first; sorted by name, size, modified or kind."""
        order = Order.DESCENDING if descending else Order.ASCENDING
        query = {"path": path, "sort": SortBy(sort).value, "order": order.value}
        return self._transport.ask("files/list", Listing, query).entries

    def read(self, path: str) -> bytes:
        """The whole content of a file."""
        return self._transport.request("GET", "files/content", query={"path": path}).content

    def read_text(self, path: str, encoding: str = "utf-8") -> str:
        """The whole content of a file as text."""
        return self.read(path).decode(encoding)

    def write(self, path: str, content: str | bytes, *, replace: bool = True) -> Written:
        """Write a small file (8 MiB at most), whole or not at all; its folder must be there.

        Example
        -------
        >>> client.files.write("people/anna/notes.txt", "read the curves again")
        """
        data = content.encode() if isinstance(content, str) else content
        query = {"path": path, "replace": str(replace).lower()}
        reply = self._transport.request("PUT", "files/content", raw=data, query=query)
        return self._transport.decode(reply, Written)

    def download(self, path: str, to: str | os.PathLike[str] = ".") -> Path:
        """Fetch a file, or a folder as a zip, into a local folder or under a local name; whole or not at all."""
        is_folder = any(one.kind.value == "folder" for one in self._beside(path))
        name = path.rstrip("/").rpartition("/")[2] + (".zip" if is_folder else "")
        target = Path(to) / name if Path(to).is_dir() else Path(to)
        part = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
        try:
            self._fetch("archive" if is_folder else "content", path, part)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
        return target

    def upload(
        self,
        path: str | os.PathLike[str],
        to: str = "",
        *,
        name: str | None = None,
        overwrite: bool = False,
        rename: bool = False,
        progress: Progress | None = None,
        patience: float = PATIENCE_SECONDS,
    ) -> str:
        """Send a file, or a whole folder with what lies in it, into a folder of the server; the path that it got.

        Where the line breaks or the server restarts it goes on from what has come. A file of that name is a conflict
        unless it may be replaced (`overwrite`), or the new one gets another name (`rename`). `progress` is called with
        the bytes that are there and all of the file; `patience` is how many seconds may pass without any coming.

        Example
        -------
        >>> client.files.upload("scans.zip", to="data")
        'data/scans.zip'
        """
        source = Path(path)
        said = {"path": to, **({"overwrite": "true"} if overwrite else {}), **({"rename": "true"} if rename else {})}
        if not source.is_dir():
            one = Upload(self._transport, source, progress, patience)
            return one.send({"filename": source.name if name is None else name, **said})
        top = source.resolve().name if name is None else name
        for number, file in enumerate(files_below(source)):
            way = "/".join((top, *file.relative_to(source).parts))
            one = Upload(self._transport, file, progress, patience)
            one.send({"filename": file.name, "relativePath": way, **said}, is_first=number == 0)
        return "/".join(filter(None, (to.strip("/"), top)))

    def uploads(self) -> Sequence[OpenUpload]:
        """One's own files that are on their way, or were cut on it."""
        return self._transport.ask("files/uploads", UploadList).uploads

    def cancel(self, id: str) -> None:
        """Let a file go that is on its way."""
        self._transport.request("DELETE", f"files/uploads/{quoted(id)}", headers={"Tus-Resumable": "1.0.0"})

    def preview(self, path: str, rows: int = 50) -> FilePreview:
        """A first look: rows of a table, cells of a notebook, the head of a text, the size of a picture."""
        return self._transport.ask("files/preview", FilePreview, {"path": path, "rows": rows})

    def copy(self, *paths: str, to: str, rename: bool = False) -> Sequence[Done]:
        """Copy files and folders into a folder; where a name is taken it is refused, or with `rename` numbered."""
        return self._transfer("copy", paths, to, rename)

    def move(self, *paths: str, to: str, rename: bool = False) -> Sequence[Done]:
        """Move files and folders into a folder; where a name is taken it is refused, or with `rename` numbered."""
        return self._transfer("move", paths, to, rename)

    def trash(self, *paths: str, forever: bool = False) -> Sequence[Done]:
        """Throw files and folders away; `to` of each is its id in the trash."""
        reply = self._transport.request("POST", "files/trash", body=ToTrash(paths=[*paths], forever=forever))
        return self._transport.decode(reply, DoneList).items

    def trashed(self) -> Sequence[Trashed]:
        """What lies in one's own trash, the newest first."""
        return self._transport.ask("files/trash", TrashList).items

    def restore(self, id: str, to: str | None = None, *, rename: bool = True) -> Done:
        """Bring something back to where it was, or into another folder."""
        body = Restore(to=to, conflict=_on_conflict(rename))
        reply = self._transport.request("POST", f"files/trash/{quoted(id)}/restore", body=body)
        return self._transport.decode(reply, Done)

    def purge(self, id: str | None = None) -> None:
        """Delete something of one's own trash for good, or all of it."""
        self._transport.request("DELETE", f"files/trash/{quoted(id)}" if id else "files/trash")

    def _transfer(self, verb: str, paths: Sequence[str], to: str, rename: bool) -> Sequence[Done]:
        body = Transfer(paths=[*paths], to=to, conflict=_on_conflict(rename))
        reply = self._transport.request("POST", f"files/{verb}", body=body)
        return self._transport.decode(reply, DoneList).items

    def _beside(self, path: str) -> Sequence[Listed]:
        folder, _, name = path.strip("/").rpartition("/")
        return [one for one in self.list(folder) if one.name == name]

    def _fetch(self, what: str, path: str, part: Path) -> None:
        with self._transport.stream(f"files/{what}", query={"path": path}) as reply, part.open("xb") as file:
            for piece in reply.iter_bytes(_PIECE):
                file.write(piece)


def _on_conflict(rename: bool) -> OnConflict:
    return OnConflict.RENAME if rename else OnConflict.REFUSE
