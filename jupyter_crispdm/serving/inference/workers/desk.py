"""Where requests for a model wait, and where its workers get them: no timer, no task and no lock for a request."""

from __future__ import annotations

import asyncio
import logging
import math
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jupyter_crispdm.base.errors import CrispdmError, Unavailable, Unprocessable

from ..batching.batch import Misfit, companions
from ..batching.deadly import Deadly
from ..batching.line import Full, Line
from ..batching.sizes import Sizes
from ..errors import WorkerDied
from ..settings import RequestLimits
from ..tensors import Buffer, RawTensor
from .alarm import Alarm
from .requests import Ask, Batch, Infer, Request, late
from .streams import Stream
from .worker import Worker

_log = logging.getLogger(__name__)
_POISON = "This request has ended the model's process twice; it is not tried again."


class Desk:
    """Callers on one side, workers on the other. Whatever waits when a worker is free is its next batch."""

    def __init__(self, name: str, limits: RequestLimits, patience: float, batch: int) -> None:
        self._name, self._limits, self._patience, self._sizes = name, limits, patience, Sizes(batch)
        self._loop = asyncio.get_running_loop()
        self._line: Line[Request] = Line(limits.waiting, limits.waiting_each)
        self._again: deque[Request] = deque()
        self._opening: Line[Stream] = Line(limits.waiting, limits.waiting_each)
        self._workers: list[Worker] = []
        self._deadly = Deadly()
        self._refusal: CrispdmError | None = None
        self._usual = 0.1
        self._called = False
        self._alarm = Alarm(self._expire)
        self._quiet: asyncio.Future[None] | None = None
        self.batch_rows: Counter[int] = Counter()
        """How often so many rows were handed out together."""

        self.idle_since: float | None = self._loop.time()

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._line) + len(self._again) + len(self._opening)

    @property
    def working(self) -> int:
        """How many are being worked on."""
        return sum(len(worker.batch.requests) if worker.batch else 0 for worker in self._workers) + self.streams

    @property
    def streams(self) -> int:
        """How many streams are open."""
        return sum(len(worker.streams) for worker in self._workers)

    def infer(
        self, inputs: Sequence[RawTensor], caller: str, deadline: float | None, trace: str
    ) -> asyncio.Future[Any]:
        """Ask with tensors."""
        return self._join(Infer(caller, self._until(deadline), self._left, inputs, trace))

    def ask(self, header: Mapping[str, Any], body: Sequence[Buffer], caller: str) -> asyncio.Future[Any]:
        """Ask in the worker's own words."""
        return self._join(Ask(caller, self._until(None), self._left, header, body))

    def stream(self, parameters: Mapping[str, Any], caller: str) -> Stream:
        """Ask for an answer piece by piece. Raises Unavailable, Unprocessable."""
        stream = Stream(parameters, caller, self._until(None), self._reader_left)
        if self._refusal is not None:
            raise self._refusal
        if self._deadly and self._deadly.refuses(stream.frame, ()):
            raise Unprocessable(_POISON)
        try:
            displaced = self._opening.join(caller, stream)
        except Full:
            raise self._full() from None
        if displaced is not None:
            displaced.end(self._full())
        self._alarm.mind(stream.deadline)
        self._call()
        return stream

    def add(self, worker: Worker) -> None:
        """A worker is ready."""
        worker.answered, worker.freed = self._answered, self._hand_out
        self._sizes.restrict(int(worker.description.get("batch", 1)))
        self._workers.append(worker)
        self._hand_out()

    def remove(self, worker: Worker, ended: str) -> None:
        """A worker has ended: what it was at alone is lost, those of a batch are tried one by one."""
        self._workers.remove(worker)
        lost = WorkerDied(
            f"The model's process {ended} while it worked on this. It is started anew; try again.", retry_after=1
        )
        batch, worker.batch = worker.batch, None
        alive = [] if batch is None else [request for request in batch.requests if not request.done()]
        if worker.is_to_blame and (batch is None or len(batch.requests) == 1):
            suspects = [request.frame() for request in alive]
            self._deadly.blame([*suspects, *((one.frame, ()) for one in worker.streams.values() if one.room)])
        for stream in worker.streams.values():
            stream.end(lost)
        worker.streams.clear()
        if batch is not None and len(batch.requests) > 1:
            self._one_by_one(alive)
        else:
            for request in alive:
                request.refuse(lost)
        self._hand_out()

    def refuse(self, error: CrispdmError | None) -> None:
        """Take nobody any more, for this reason; None takes them again. Those who are there stay."""
        self._refusal = error

    def clear(self, error: CrispdmError) -> None:
        """Tell everybody who waits that it is in vain."""
        waiting = [*self._again, *self._line.clear()]
        self._again.clear()
        for request in waiting:
            request.refuse(error)
        for stream in self._opening.clear():
            stream.end(error)
        self._hand_out()

    def close(self, error: CrispdmError) -> None:
        """Tell everybody that it is in vain."""
        self.clear(error)
        for worker in self._workers:
            for request in worker.batch.requests if worker.batch else ():
                request.refuse(error)
            for stream in worker.streams.values():
                stream.end(error)
        self._alarm.cancel()

    async def quiet(self) -> None:
        """Wait until nobody waits or is worked on."""
        while self.idle_since is None:
            self._quiet = self._loop.create_future()
            await self._quiet

    def _until(self, deadline: float | None) -> float:
        return self._loop.time() + self._patience if deadline is None else deadline

    def _join(self, request: Request) -> Request:
        error = self._refusal
        if error is None and self._deadly and self._deadly.refuses(*request.frame()):
            error = Unprocessable(_POISON)
        if error is not None:
            request.refuse(error)
            return request
        try:
            displaced = self._line.join(request.caller, request)
        except Full:
            request.refuse(self._full())
            return request
        if displaced is not None:
            displaced.refuse(self._full())
        self._alarm.mind(request.deadline)
        self._call()
        return request

    def _full(self) -> Unavailable:
        pause = min(60, max(1, math.ceil(self._usual * self.waiting / max(1, len(self._workers)))))
        message = f"{self.waiting} requests wait for the model already. Try again in {pause} s."
        return Unavailable(message, retry_after=pause)

    def _call(self) -> None:
        """Hand out at the end of this turn of the event loop: what comes in it goes together."""
        if not self._called:
            self._called, self.idle_since = True, None
            self._loop.call_soon(self._hand_out)

    def _hand_out(self) -> None:
        self._called = False
        while self._line or self._again:
            free = [worker for worker in self._workers if worker.is_free]
            if not free:
                break
            self._give(min(free, key=lambda worker: len(worker.streams)), len(free))
        while self._opening and self._begin():
            continue
        if self.idle_since is None and not self.waiting and not self.working:
            self.idle_since = self._loop.time()
            if self._quiet is not None and not self._quiet.done():
                self._quiet.set_result(None)

    def _give(self, worker: Worker, free: int) -> None:
        """Give a worker its next batch, and leave the other free ones their share of what waits."""
        if self._again:
            requests = [self._again.popleft()]
        elif len(self._line) == 1:
            requests = [self._line.pop()]
        else:
            fit = self._line.head()[1].rows_within(self._limits.batch_bytes)
            most_rows = min(self._sizes.next(), fit)
            requests = self._line.gather(-(-len(self._line) // free), companions(most_rows))
        batch = Batch(requests)
        self.batch_rows[batch.rows] += 1
        try:
            worker.give(batch)
        except Exception as error:  # what cannot be put into a frame
            worker.batch = None
            self._failed(batch, error)

    def _begin(self) -> bool:
        """Begin with the next stream where there is room for one."""
        free = [worker for worker in self._workers if len(worker.streams) < self._limits.streams]
        if not free:
            return False
        min(free, key=lambda worker: len(worker.streams)).begin(self._opening.pop())
        return True

    def _answered(self, worker: Worker, batch: Batch, seconds: float, header: bytes, body: Buffer) -> None:
        """Give the worker what waits before anybody is told: it works meanwhile."""
        self._usual += 0.1 * (seconds - self._usual)
        self._sizes.learn(batch.rows, seconds)
        self._hand_out()
        try:
            batch.answered(header, body)
        except Exception as error:  # what the model refused, or said wrongly
            self._failed(batch, error)
        else:
            if self._deadly:
                for request in batch.requests:
                    self._deadly.forgive(*request.frame())

    def _failed(self, batch: Batch, error: Exception) -> None:
        alive = [request for request in batch.requests if not request.done()]
        if len(batch.requests) > 1:
            if isinstance(error, Misfit):
                _log.warning("%s is asked one by one from now on: %s.", self._name, error)
                self._sizes.restrict(1)
            self._one_by_one(alive)
            return
        if not isinstance(error, CrispdmError):
            error = Unprocessable(f"The model's answer cannot be used: {error}")
        for request in alive:
            request.refuse(error)

    def _one_by_one(self, requests: Sequence[Request]) -> None:
        """Ask again, each alone, so that a bad request spoils no other."""
        for request in requests:
            request.alone = True
            self._again.append(request)
        self._call()

    def _left(self, request: Request) -> None:
        self._call()
        if self._line.leave(request.caller, request):
            return
        if request in self._again:
            self._again.remove(request)
        for worker in self._workers:
            worker.drop(request)

    def _reader_left(self, stream: Stream) -> None:
        self._call()
        if not self._opening.leave(stream.caller, stream):
            for worker in self._workers:
                worker.drop(stream)

    def _expire(self, now: float) -> float:
        """Tell those whose time is over; when the next one's will be. What is done for them already is in vain."""
        pending = [request for request in self._pending() if not request.done()]
        for request in [request for request in pending if request.deadline <= now]:
            request.refuse(late())
            self._left(request)
        for stream in [stream for stream in self._opening if stream.deadline <= now]:
            self._opening.leave(stream.caller, stream)
            stream.end(self._full())
        later = (request.deadline for request in pending if request.deadline > now)
        return min([*later, *(stream.deadline for stream in self._opening)], default=math.inf)

    def _pending(self) -> Iterator[Request]:
        yield from self._again
        yield from self._line
        for worker in self._workers:
            if worker.batch is not None:
                yield from worker.batch.requests
