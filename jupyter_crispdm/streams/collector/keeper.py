"""The recording as the collector sees it: appended to at once, turned into parquet beside the collecting."""

from __future__ import annotations

import asyncio
import logging

from jupyter_crispdm.base.clock import Clock
from jupyter_crispdm.base.errors import StorageFull
from jupyter_crispdm.base.tasks import spawn

from ..recording.recorder import Recorder
from ..recording.retention import keep
from ..types import Spec

_log = logging.getLogger(__name__)
SEGMENT_BYTES = 32 << 20
"""A segment is done when it has so many bytes, however young it is."""
_SYNC_SECONDS = 1.0
_TIDY_SECONDS = 60.0
_AGAIN_SECONDS = 10.0


class Keeper:
    """Decides when the log is synced and settled and what is kept. What fails is said, and tried again."""

    def __init__(self, recorder: Recorder, clock: Clock) -> None:
        self.trouble = ""
        self.recorder = recorder
        self._clock = clock
        self._chores: asyncio.Task[None] | None = None
        now = clock.monotonic()
        self._sealed = self._synced = now
        self._settle_at: float | None = now  # what an earlier collector left
        self._tidy_at = now
        self._settled_bytes = 0

    @property
    def size(self) -> int:
        """How many bytes the recording has, as far as it was measured."""
        return self._settled_bytes + self.recorder.open_bytes

    def tick(self, spec: Spec) -> None:
        """Do what is due. Only sealing is done at once; the rest takes as long as the disk likes, in a thread."""
        if self._chores is not None and not self._chores.done():
            return
        now = self._clock.monotonic()
        if now - self._sealed >= spec.backup_seconds or self.recorder.open_bytes >= _most_bytes(spec):
            self._seal(now)
        self._chores = spawn("recording", self._do_chores(spec, now))

    async def finish(self, spec: Spec) -> None:
        """Turn all there is into parquet. What the disk does not take stays in the log, and is not lost."""
        if self._chores is not None:
            await asyncio.wait([self._chores])
        now = self._clock.monotonic()
        self._seal(now)
        await self._do_chores(spec, now)
        self.recorder.close()

    def _seal(self, now: float) -> None:
        self._sealed, size = now, self.recorder.open_bytes
        try:
            self.recorder.seal()
        except (OSError, StorageFull) as error:
            self._fail(error)
        else:
            self._settle_at = now
            self._settled_bytes += size

    async def _do_chores(self, spec: Spec, now: float) -> None:
        try:
            if self._settle_at is not None and now >= self._settle_at:
                self._settle_at = None
                await asyncio.to_thread(self.recorder.settle)
                self._tidy_at, self.trouble = now, ""
            elif now - self._synced >= _SYNC_SECONDS:
                self._synced = now
                await asyncio.to_thread(self.recorder.sync)
            if now >= self._tidy_at:
                self._tidy_at = now + _TIDY_SECONDS
                await asyncio.to_thread(self._tidy, spec)
        except (OSError, StorageFull) as error:
            self._fail(error)
            self._settle_at = now + _AGAIN_SECONDS

    def _tidy(self, spec: Spec) -> None:
        kept = keep(
            self.recorder.directory, self._clock.now(), seconds=spec.keep_seconds, most_bytes=spec.keep_bytes
        )
        self._settled_bytes = max(0, kept.bytes - self.recorder.open_bytes)

    def _fail(self, error: Exception) -> None:
        text = f"The recording cannot be put away: {error}"
        if text != self.trouble:
            _log.warning("%s", text)
        self.trouble = text


def _most_bytes(spec: Spec) -> int:
    """How large a segment may become: a fraction of what is kept, so that removing old files is enough."""
    return SEGMENT_BYTES if spec.keep_bytes is None else max(1 << 16, min(SEGMENT_BYTES, spec.keep_bytes // 4))
