"""The verbs of uploads, as the tus protocol has them."""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import formatdate
from urllib.parse import quote

from jupyter_crispdm.base.errors import BadRequest, Conflict, CrispdmError, Locked, StorageFull, TooLarge, Unavailable
from jupyter_crispdm.base.http.incoming import BodyCut, Incoming
from jupyter_crispdm.base.http.request import Request
from jupyter_crispdm.base.http.route import Reply, Routes, route

from ..handlers import caller
from .manager import Upload, UploadManager
from .metadata import FIELD
from .protocol import ABOUT, HEADERS, MEDIA, check_version, read_append, read_creation, read_first
from .types import OpenUpload, UploadId, UploadList

_PIECES = (MEDIA,)


class UploadRoutes(Routes):
    """Files that come in pieces, and go on where they were cut."""

    headers = HEADERS

    def __init__(self, uploads: UploadManager) -> None:
        self._uploads = uploads

    def about(self) -> Mapping[str, str]:
        """What of the tus protocol is understood."""
        largest = self._uploads.limits.largest
        return ABOUT if largest is None else {**ABOUT, "Tus-Max-Size": str(largest)}

    @route("GET", "files/uploads", answer=UploadList, resource="files")
    async def index(self, request: Request) -> UploadList:
        """List the caller's uploads that go on."""
        return UploadList([self._told(request, upload) for upload in self._uploads.open_of(caller(request))])

    @route("POST", "files/uploads", body=bytes, media=_PIECES, streamed=True, status=201,
           resource="files", action="write")
    async def create(self, request: Request, body: Incoming) -> Reply:
        """Begin an upload (tus: creation), whose first piece may be the body; `Location` is where it goes on."""
        check_version(request.headers)
        first = read_first(request.headers, body.announced)
        person = caller(request)
        upload = await self._uploads.create(person, read_creation(request.headers, self._uploads.limits.largest))
        if first is not None:
            try:
                await self._uploads.append(person, upload.record.id, first, body)
            except BodyCut:
                raise
            except CrispdmError:
                await self._uploads.remove(person, upload.record.id)
                raise
        return Reply(headers={"Location": self._url(request, upload), **_state(upload)})

    @route("GET", "files/uploads/{id}", answer=OpenUpload, resource="files")
    async def find(self, request: Request, id: UploadId) -> Reply:
        """Tell how much of a file is there, also in headers. HEAD breaks off a piece on its way: its line is dead."""
        check_version(request.headers, required=False)
        if request.handler.request.method == "GET":
            upload = self._uploads.look(caller(request), id)
        else:
            upload = await self._find(request, id)
        return Reply(self._told(request, upload), headers=_found(upload))

    @route("PATCH", "files/uploads/{id}", body=bytes, media=_PIECES, streamed=True, resource="files", action="write")
    async def append(self, request: Request, id: UploadId, body: Incoming) -> Reply:
        """Add a piece at `Upload-Offset`; with the last one the file gets its place, told in `Upload-Path`."""
        check_version(request.headers)
        append = read_append(request.headers, body.announced)
        return Reply(headers=_state(await self._uploads.append(caller(request), id, append, body)))

    @route("DELETE", "files/uploads/{id}", resource="files", action="write")
    async def remove(self, request: Request, id: UploadId) -> Reply:
        """Cancel an upload (tus: termination); a file that has its place already stays there."""
        check_version(request.headers)
        await self._uploads.remove(caller(request), id)
        return Reply()

    @route("POST", "files/uploads/{id}", body=bytes, media=_PIECES, streamed=True, resource="files", action="write")
    async def instead(self, request: Request, id: UploadId, body: Incoming) -> Reply:
        """Do what `X-HTTP-Method-Override` says, PATCH, DELETE or HEAD, for who can only send POST."""
        method = request.headers.get("X-HTTP-Method-Override", "").upper()
        if method == "PATCH":
            return await self.append(request, id, body)
        if method == "DELETE":
            return await self.remove(request, id)
        if method == "HEAD":
            return Reply(headers=_found(await self._find(request, id)))
        raise BadRequest("'X-HTTP-Method-Override' must be PATCH, DELETE or HEAD.", field="X-HTTP-Method-Override")

    async def _find(self, request: Request, id: UploadId) -> Upload:
        try:
            return await self._uploads.find(caller(request), id)
        except (Conflict, StorageFull, TooLarge, Unavailable) as error:
            # by any other status clients would begin anew
            raise Locked(error.message, retry_after=1) from error

    def _url(self, request: Request, upload: Upload) -> str:
        return request.url_for(UploadRoutes.append, id=upload.record.id)

    def _told(self, request: Request, upload: Upload) -> OpenUpload:
        record, progress = upload.record, upload.progress
        return OpenUpload(record.id, self._url(request, upload), record.placed or record.wanted.path, record.length,
                          progress.offset, upload.expires)


def _state(upload: Upload) -> dict[str, str]:
    """How far it is; the path is told as an address would be, for headers hold no letters beyond ASCII."""
    told = {"Upload-Offset": str(upload.progress.offset), "Upload-Expires": formatdate(upload.expires, usegmt=True)}
    return {**told, "Upload-Path": quote(upload.record.placed)} if upload.is_placed else told


def _found(upload: Upload) -> dict[str, str]:
    told = {**_state(upload), "Upload-Length": str(upload.record.length)}
    return {**told, FIELD: upload.record.metadata} if upload.record.metadata else told
