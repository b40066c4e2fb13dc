"""Jobs, as a program sees them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from jupyter_crispdm.base.errors import NotFound
from jupyter_crispdm.base.parsing.durations import brief_duration
from jupyter_crispdm.jobs.types import (
    AlertList,
    AlertRules,
    Artifact,
    ArtifactList,
    Input,
    Job,
    JobFact,
    JobList,
    Keep,
    Notify,
    Rerun,
    Stop,
    StopMany,
    Submission,
)
from jupyter_crispdm.tracking.diagnosis.types import AlertRule, CurveAlert, Diagnosis

from .live import Live
from .logtext import LogText
from .transport import Transport, quoted

if TYPE_CHECKING:
    from jupyter_crispdm.tracking.media.types import MediaSeries
    from jupyter_crispdm.tracking.types import Metrics

LOG_PIECE = 64 * 1024
_log = logging.getLogger(__name__)


class JobTimeout(TimeoutError):
    """The job was not over in time; it runs on."""


class Jobs:
    """Submit jobs, watch them, talk to them, stop them."""

    def __init__(self, transport: Transport, live: Live) -> None:
        self._transport = transport
        self._live = live

    def submit(
        self,
        command: Sequence[str] | None = None,
        *,
        script: str | None = None,
        notebook: str | None = None,
        args: Sequence[str] = (),
        parameters: Mapping[str, Any] | None = None,
        environment: str = "server",
        name: str | None = None,
        cwd: str | None = None,
        env: Mapping[str, str] | None = None,
        timeout: float | None = None,
        retries: int = 0,
        retry_delay: float = 0.0,
        after: Iterable[str] = (),
        tags: Iterable[str] = (),
        id: str | None = None,
        cpus: int = 1,
        gpus: int = 0,
        memory: int | None = None,
        notify: Notify = Notify.end,
        cells: Sequence[str] | None = None,
        from_cell: int | None = None,
        alerts: Iterable[AlertRule] = (),
    ) -> Job:
        """Submit a job and return it at once. With an `id` of your own it is safe to send it twice.

        It waits until `cpus` cores, `gpus` GPUs and `memory` bytes are free. `timeout` and `retry_delay`, which
        passes between two attempts, are seconds. Of a notebook, `cells` are run in place of its own, or those
        from position `from_cell` on. Its curves are watched for `alerts`.
        """
        submission = Submission(
            command=None if command is None else list(command),
            script=script,
            notebook=notebook,
            args=list(args),
            parameters=dict(parameters or {}),
            environment=environment,
            name=name,
            cwd=cwd,
            env=dict(env or {}),
            timeout=timeout,
            retries=retries,
            retry_delay=retry_delay,
            after=list(after),
            tags=list(tags),
            id=id,
            cpus=cpus,
            gpus=gpus,
            memory=memory,
            notify=notify,
            cells=None if cells is None else list(cells),
            from_cell=from_cell,
            alerts=[*alerts],
        )
        return self._transport.decode(self._transport.request("POST", "jobs", body=submission), Job)

    def list(
        self,
        *,
        state: str | None = None,
        owner: str | None = None,
        limit: int | None = None,
        before: str | None = None,
    ) -> Sequence[Job]:
        """Jobs, newest first. `state` may name several, separated by commas."""
        query = {"state": state, "owner": owner, "limit": limit, "before": before}
        return self._transport.ask("jobs", JobList, query).jobs

    def get(self, id: str) -> Job:
        """One job as it stands now."""
        return self._transport.ask(_path(id), Job)

    def submission(self, id: str) -> Submission:
        """What a job was submitted as."""
        return self._transport.ask(_path(id, "submission"), Submission)

    def rerun(self, id: str, **changes: Any) -> Job:
        """Submit a job once more under a new id; `changes` are fields of a submission, as `submit` takes them."""
        reply = self._transport.request("POST", _path(id, "rerun"), body=Rerun(changes=changes))
        return self._transport.decode(reply, Job)

    def stop(
        self, id: str, grace: tuple[float, float] | None = None, keep_best: bool = False, metric: str | None = None
    ) -> Job:
        """Ask a job to stop; it is over when its state says so.

        `grace` are the seconds it has after SIGINT and again after SIGTERM; None: what the server is set to. With
        `keep_best` what it kept at its best point is its result, by a `metric` or by what was held out.
        """
        body = Stop(grace=grace, keep=_keep(keep_best), metric=metric)
        return self._transport.decode(self._transport.request("POST", _path(id, "stop"), body=body), Job)

    def stop_many(
        self, ids: Iterable[str], grace: tuple[float, float] | None = None, keep_best: bool = False
    ) -> Sequence[Job]:
        """Ask several jobs to stop."""
        return self._stop_many(StopMany(ids=[*ids], grace=grace, keep=_keep(keep_best)))

    def stop_all(
        self, owner: str | None = None, grace: tuple[float, float] | None = None, keep_best: bool = False
    ) -> Sequence[Job]:
        """Ask every job that is not over to stop, of one owner or of all."""
        return self._stop_many(StopMany(all=True, owner=owner, grace=grace, keep=_keep(keep_best)))

    def _stop_many(self, request: StopMany) -> Sequence[Job]:
        return self._transport.decode(self._transport.request("POST", "jobs/stop", body=request), JobList).jobs

    def send(self, id: str, text: str | None = None, *, eof: bool = False) -> None:
        """Send text to a job's standard input as it is (a line needs its newline), or end it."""
        self._transport.request("POST", _path(id, "input"), body=Input(text=text, eof=eof))

    def log(self, id: str) -> str:
        """Everything the job has printed so far."""
        return "".join(self.log_pieces(id))

    def log_pieces(self, id: str) -> Iterator[str]:
        """The same piece by piece, for logs that do not fit into memory."""
        with self._transport.stream(_path(id, "log")) as reply:
            yield from reply.iter_text(LOG_PIECE)

    def follow(
        self, id: str, since: int | None = 0, remark: Callable[[str], object] = _log.warning
    ) -> Iterator[str]:
        """The log as it grows, until the job is over; goes on after a drop or a restart of the server.

        `since` is the byte to begin at; None begins at most 64 KiB before the end. What is to be said about the log,
        that some of it is missing or cannot be read, goes to `remark`.
        """
        text = LogText(remark)
        for message in self._live.follow(f"jobs/{id}/log", since=since):
            if piece := text.add(message.data):
                yield piece
            if text.has_ended:
                return

    def watch(self, id: str, seconds: float | None = None) -> Iterator[Job]:
        """The job at its changes, the newest where they come quickly, until it is over or `seconds` have passed.

        Raises NotFound when it is deleted meanwhile.
        """
        for message in self._live.follow(f"jobs/{id}", seconds=seconds):
            job = msgspec.convert(message.data, JobFact).job
            if not isinstance(job, Job):
                raise NotFound(f"Job {id} was deleted.", field="id")
            yield job
            if job.state.final:
                return

    def wait(self, id: str, timeout: float | None = None) -> Job:
        """Wait until the job is over and return it. Raises JobTimeout after `timeout` seconds."""
        for job in self.watch(id, timeout):
            if job.state.final:
                return job
        raise JobTimeout(f"Job {id} is not over after {brief_duration(timeout or 0.0)}.")

    def metrics(
        self,
        id: str,
        since: int | None = None,
        points: int | None = None,
        names: Iterable[str] | None = None,
    ) -> Metrics:
        """Metric points after a cursor, thinned to at most `points` a series."""
        from jupyter_crispdm.tracking.types import Metrics  # brings numpy, which few commands need

        query = {"since": since, "points": points, "name": None if names is None else [*names]}
        return self._transport.ask(_path(id, "metrics"), Metrics, query)

    def zoom(
        self, id: str, axis: str = "step", begin: float | None = None, end: float | None = None,
        points: int | None = None, names: Iterable[str] | None = None,
    ) -> Metrics:  # fmt: skip
        """A range of a job's curves on an axis, "step" or "time" (seconds since the epoch), in about `points` each."""
        from jupyter_crispdm.tracking.types import Metrics  # brings numpy, which few commands need

        of = None if names is None else [*names]
        query = {"axis": axis, "begin": begin, "end": end, "points": points, "name": of}
        return self._transport.ask(_path(id, "metrics"), Metrics, query)

    def diagnosis(self, id: str) -> Diagnosis:
        """What a job's curves say: under-fitted, over-fitted, just right, diverging, and why."""
        return self._transport.ask(_path(id, "diagnosis"), Diagnosis)

    def alerts(self, id: str) -> Sequence[CurveAlert]:
        """The rules that a job's curves are watched for, and which of them were raised."""
        return self._transport.ask(_path(id, "alerts"), AlertList).alerts

    def set_alerts(self, id: str, rules: Iterable[AlertRule]) -> Sequence[CurveAlert]:
        """Watch a job's curves for other rules."""
        reply = self._transport.request("PUT", _path(id, "alerts"), body=AlertRules(alerts=[*rules]))
        return self._transport.decode(reply, AlertList).alerts

    def artifacts(self, id: str) -> Sequence[Artifact]:
        """The files a job left behind."""
        return self._transport.ask(_path(id, "artifacts"), ArtifactList).artifacts

    def artifact(self, id: str, path: str) -> bytes:
        """The content of one of them."""
        return self._transport.request("GET", _path(id, "artifacts", *path.split("/"))).content

    def media(self, id: str, name: str | None = None, kind: str | None = None) -> Sequence[MediaSeries]:
        """What a job kept with a step: pictures, histograms, texts, tables, figures; of one name, or of one kind."""
        from jupyter_crispdm.tracking.media.types import MediaList  # brings numpy, which few commands need

        return self._transport.ask(_path(id, "media"), MediaList, {"name": name, "kind": kind}).media

    def piece(self, id: str, name: str, step: int | None = None, *, kind: str | None = None, index: int = 0) -> bytes:
        """The content of one of them, by default the newest: of a histogram or table JSON, of a text UTF-8."""
        query = {"step": step, "kind": kind, "index": index or None}
        return self._transport.request("GET", _path(id, "media", name), query=query).content

    def delete(self, id: str) -> None:
        """Delete a job that is over, with its files."""
        self._transport.request("DELETE", _path(id))


def _keep(best: bool) -> Keep | None:
    return Keep.best if best else None


def _path(id: str, *rest: str) -> str:
    return "/".join(["jobs", quoted(id), *map(quoted, rest)])
