"""Tells people and programs that a job is over, and what other rooms want told.

What is to be told is noted in a file before anything else notes that the job is over, and taken away when it was
told. So a server that dies in between tells it at its next start, and none tells it twice, but for the notice that
was on its way in that moment. What other rooms want told is kept in memory only.

<data>/notices/<job>      a job that is to be told about; in it, a line each, who was told already
<job directory>/told      everybody was told, or never will be
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from jupyter_crispdm.base.errors import CrispdmError, NotFound
from jupyter_crispdm.base.files.disk import on_disk
from jupyter_crispdm.base.files.regular import Unreadable, open_regular
from jupyter_crispdm.base.tasks import Loop
from jupyter_crispdm.jobs.manager import JobManager
from jupyter_crispdm.jobs.types import Job, Notify
from jupyter_crispdm.tracking.diagnosis.types import CurveAlert

from .messengers import Messenger, NotDelivered
from .notice import FAILURES, Notice, alert_notice, job_notice

_log = logging.getLogger(__name__)
_AT_ONCE = 8
_MOST_WAITING = 1000
_TOLD = "told"


class Notices:
    """Watches for jobs that end, and has messengers tell it.

    `url` is the address of our pages. `pauses` are the seconds before each further try.
    """

    def __init__(
        self,
        jobs: JobManager,
        messengers: Sequence[Messenger],
        directory: Path,
        url: str,
        pauses: Sequence[float] = (2.0, 10.0),
    ) -> None:
        self._jobs, self._messengers, self._directory = jobs, messengers, directory
        self._url, self._pauses = url, pauses
        self._waiting: asyncio.Queue[str] = asyncio.Queue()
        self._known: set[str] = set()
        self._again: set[str] = set()  # those of them that changed once more meanwhile
        self._failing: set[str] = set()
        self._of_others: asyncio.Queue[Notice] = asyncio.Queue(_MOST_WAITING)
        self._loops = [Loop(f"notices {number}", self._work) for number in range(1, _AT_ONCE + 1)]
        self._loops.append(Loop("notices of other rooms", self._work_for_others))
        if messengers:
            directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            jobs.on_change(self._job_changed)

    async def start(self) -> None:
        """Tell what was left to tell, then whatever ends."""
        if not self._messengers:
            return
        left = await asyncio.to_thread(lambda: [file.name for file in self._directory.iterdir()])
        for id in sorted(left):
            self._line_up(id)
        for loop in self._loops:
            loop.start()

    async def close(self) -> None:
        """Leave what is not told yet to the next start."""
        await asyncio.gather(*(loop.close() for loop in self._loops))
        for messenger in self._messengers:
            await messenger.close()

    def tell(self, notice: Notice) -> None:
        """Have something told; where a thousand notices wait already, it is left out."""
        if not self._messengers:
            return
        try:
            self._of_others.put_nowait(notice)
        except asyncio.QueueFull:
            _log.warning("Too many notices wait; one is left out: %s", notice.text)

    def tell_alert(self, job: Job, alert: CurveAlert) -> None:
        """Have an alert of a job's curves told: it was asked for, so whatever else of the job is told."""
        self.tell(alert_notice(job, alert, f"{self._url}?job={job.id}"))

    @property
    def url(self) -> str:
        """The address of our pages."""
        return self._url

    def _job_changed(self, job: Job) -> None:
        if not job.state.final:
            return
        try:  # whether it was told before is looked up later: the job's own disk may hang
            (self._directory / job.id).touch(mode=0o600)
        except OSError as error:  # a full disk: it is told all the same, unless the server dies before
            _log.warning("The notice about job %s could not be noted: %s", job.id, error)
        self._line_up(job.id)

    def _line_up(self, id: str) -> None:
        if id in self._known:
            self._again.add(id)
        else:
            self._known.add(id)
            self._waiting.put_nowait(id)

    async def _work(self) -> None:
        while True:
            id = await self._waiting.get()
            try:
                await self._tell(id)
            except (OSError, CrispdmError) as error:  # it stays noted for the next start
                _log.warning("The notice about job %s could not be given: %s", id, error)
            finally:
                self._known.discard(id)
                if id in self._again:  # it was noted anew, maybe after it was told
                    self._again.discard(id)
                    self._line_up(id)

    async def _tell(self, id: str) -> None:
        try:
            job = await self._jobs.get(id)
            notify = (await self._jobs.submission(id)).notify
        except NotFound:  # deleted in the meantime: nobody asks any more
            await asyncio.to_thread((self._directory / id).unlink, missing_ok=True)
            return
        if not job.state.final:
            return
        wanted = notify is Notify.end or (notify is Notify.failure and job.state in FAILURES)
        if wanted and await on_disk(self._jobs.directory(id), self._is_open, id):
            notice = job_notice(job, f"{self._url}?job={id}")
            await asyncio.gather(*(self._deliver(messenger, notice, id) for messenger in self._messengers))
        await on_disk(self._jobs.directory(id), self._finish, id)

    async def _deliver(self, messenger: Messenger, notice: Notice, id: str) -> None:
        mark = hashlib.sha256(messenger.key.encode()).hexdigest()
        if mark in await asyncio.to_thread(self._marks, id):
            return
        if await self._has_told(messenger, notice, f"that job {id} is over"):
            await asyncio.to_thread(self._mark, id, mark)

    async def _work_for_others(self) -> None:
        while True:
            notice = await self._of_others.get()
            await asyncio.gather(*(self._has_told(messenger, notice, notice.event) for messenger in self._messengers))

    async def _has_told(self, messenger: Messenger, notice: Notice, what: str) -> bool:
        error = await self._try(messenger, notice)
        if error is None:
            self._failing.discard(messenger.key)
        elif messenger.key not in self._failing:  # said once, until it works again
            self._failing.add(messenger.key)
            _log.warning("The %s was not told %s: %s", messenger.name, what, error)
        return error is None

    async def _try(self, messenger: Messenger, notice: Notice) -> NotDelivered | None:
        """The last failure, None when it was delivered. One that failed before is tried only once."""
        pauses = () if messenger.key in self._failing else self._pauses
        for pause in (*pauses, None):
            try:
                await messenger.send(notice)
            except NotDelivered as error:
                if pause is None or not error.passing:
                    return error
                await asyncio.sleep(pause)
            else:
                return None
        raise AssertionError("the last pause is None")

    def _is_open(self, id: str) -> bool:
        return not os.path.lexists(self._jobs.directory(id) / _TOLD)

    def _marks(self, id: str) -> list[str]:
        try:
            return (self._directory / id).read_text().split()
        except FileNotFoundError:
            return []

    def _mark(self, id: str, mark: str) -> None:
        with (self._directory / id).open("a") as file:
            file.write(f"{mark}\n")

    def _finish(self, id: str) -> None:
        told = self._jobs.directory(id) / _TOLD
        with suppress(FileNotFoundError, Unreadable):  # a lost job has no directory; a program may have put it there
            os.close(open_regular(told, os.O_WRONLY | os.O_CREAT, below=self._jobs.root))
        (self._directory / id).unlink(missing_ok=True)
