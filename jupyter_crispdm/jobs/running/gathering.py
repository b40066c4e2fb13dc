"""What running jobs print, and write to the files of other trackers, taken over as curves while it comes.

Twice a second, a bounded part at a time, in a thread; and once more before a job is said to be over, so that who hears
of the end finds the last points. What cannot be read within a moment then follows after the end.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection
from contextlib import suppress
from functools import partial
from pathlib import Path

from jupyter_crispdm.base.clock import Clock
from jupyter_crispdm.base.errors import Unavailable
from jupyter_crispdm.base.files.disk import on_disk
from jupyter_crispdm.base.tasks import Loop
from jupyter_crispdm.tracking.gathering.finding import Claims
from jupyter_crispdm.tracking.gathering.gatherer import Gatherer, LogRules
from jupyter_crispdm.tracking.parsers import LogParser, RuleSet

from ..executors.reach import Reach
from ..store import JobRecord
from .openfiles import open_files
from .session import JobSession

_SECONDS = 0.5
_PATIENCE_SECONDS = 1.0
_PAUSE_SECONDS = 0.005
_MOST_REMEMBERED = 10_000
_log = logging.getLogger(__name__)


class JobGathering:
    """Gathers for all jobs that run or ran."""

    def __init__(
        self,
        sessions: Callable[[], Collection[JobSession]],
        root: Path,
        clock: Clock,
        rules: Callable[[], RuleSet] = RuleSet,
    ) -> None:
        self._sessions, self._root, self._clock, self._rules = sessions, root, clock, rules
        self._used = rules()
        self._claims = Claims(self._working)
        self._reach = Reach()
        self._running: dict[Path, tuple[int, Gatherer]] = {}
        self._ending: dict[Path, Gatherer] = {}
        self._whole: dict[str, str] = {}  # jobs that are over and gathered to the end, and by which rules
        self._troubles: dict[Path, str] = {}
        self._loop = Loop("what jobs print and other trackers write", self._run)

    def start(self) -> None:
        """Begin to look."""
        self._loop.start()

    async def close(self) -> None:
        """Look no more."""
        await self._loop.close()
        self._reach.close()
        left = {**{path: one for path, (_, one) in self._running.items()}, **self._ending}
        for path, one in left.items():
            with suppress(Unavailable):
                await on_disk(path, one.leave)

    async def look(self) -> None:
        """Take over what is new of each job, so much at a time."""
        await self._leave_others()
        self._use_rules()
        running = {one.directory.path: one.record for one in self._sessions() if one.running and not one.record.service}
        questions = {path: self._gatherer(path, record).gather for path, record in running.items()}
        await self._reach.ask(questions)
        self._say_troubles()
        ending = dict(self._ending)
        answers = await self._reach.ask({path: partial(one.gather, over=True) for path, one in ending.items()})
        for path, more in answers.items():
            if not more and self._ending.get(path) is ending[path]:  # not of another attempt by now
                self._end(path)

    async def finish(self, record: JobRecord, started: float | None) -> None:
        """Take over the last of a job whose attempt is over; what takes longer than a moment comes after the end."""
        if record.service:
            return
        self._use_rules()
        path = self._root / record.job.id
        one = self._gatherer(path, record, started)
        del self._running[path]
        self._ending[path] = one
        until = self._clock.monotonic() + _PATIENCE_SECONDS
        try:
            while await on_disk(path, one.gather, over=True):
                if self._clock.monotonic() > until:
                    return
                await asyncio.sleep(_PAUSE_SECONDS)
        except Unavailable:  # of a disk that hangs
            return
        except Exception:
            _log.exception("What job %s printed could not be taken over as curves.", record.job.id)
        self._end(path)

    async def ensure(self, record: JobRecord) -> None:
        """See that a job that is over is gathered: it may have ended without a server, or before these rules."""
        id = record.job.id
        is_whole = self._whole.get(id) == self._rules().digest
        if record.job.state.final and not is_whole and self._root / id not in self._ending:
            await self.finish(record, None)

    def is_busy(self, id: str) -> bool:
        """Whether something of a job that is over is still to be taken over."""
        return self._root / id in self._ending

    async def _leave_others(self) -> None:
        """Leave jobs that nobody follows any more. One whose end is being noted is about to be finished by who does."""
        followed = {one.directory.path for one in self._sessions()}
        left = {path: one for path, (_, one) in self._running.items() if path not in followed}
        for path in left:
            del self._running[path]
        await self._reach.ask({path: one.leave for path, one in left.items()})

    def _gatherer(self, path: Path, record: JobRecord, started: float | None = None) -> Gatherer:
        job = record.job
        if started is None and job.started is not None:
            started = job.started.timestamp()
        if path in self._ending:  # of an earlier attempt
            self._ending.pop(path).close()
        attempt, known = self._running.get(path, (0, None))
        if known is None or attempt != job.attempt:
            if known is not None:
                known.close()
            known = Gatherer(
                path,
                folder=None if job.state.final or started is None else _folder(job.cwd),
                started=started,
                attempt=job.attempt,
                rules=_log_rules(self._used),
                opened=partial(open_files, path),
                claims=self._claims,
            )
            self._running[path] = job.attempt, known
        return known

    def _working(self) -> dict[Path, Path]:
        """Where jobs work, those too that are only about to begin: a file is nobody's before it is known whose."""
        sessions = [one for one in [*self._sessions()] if not one.record.service]
        return {one.directory.path: Path(one.record.job.cwd) for one in sessions}

    def _use_rules(self) -> None:
        rules = self._rules()
        if rules.digest != self._used.digest:
            self._used = rules
            for _, one in self._running.values():
                one.use(_log_rules(rules))

    def _say_troubles(self) -> None:
        """Say once what of a job cannot be taken over."""
        for path, (_, one) in self._running.items():
            if one.trouble and self._troubles.get(path) != one.trouble:
                _log.warning("Not all that job %s says can be taken over as curves: %s.", path.name, one.trouble)
        self._troubles = {path: one.trouble for path, (_, one) in self._running.items() if one.trouble}

    def _end(self, path: Path) -> None:
        one = self._ending.pop(path, None)
        if one is not None:
            one.close()
            self._whole[path.name] = self._used.digest
        if len(self._whole) > _MOST_REMEMBERED:
            self._whole.pop(next(iter(self._whole)))

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(_SECONDS)
            await self.look()


def _folder(cwd: str) -> Path | None:
    return Path(cwd) if cwd.startswith("/") else None


def _log_rules(rules: RuleSet) -> LogRules:
    return LogRules(partial(LogParser, rules), rules.digest)
