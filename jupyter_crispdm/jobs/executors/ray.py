"""Jobs on a Ray cluster, by the Jobs API of its head: plain HTTP, so that the server needs no Ray of its own.

Ray differs from a batch system in three ways. It gives up on a job that has found no room for 15 minutes; we send
that again. It cannot cancel a job that waits; the supervisor of one that was stopped ends at once when it comes to
run. And it remembers every job there ever was; we let it forget our oldest.
"""

from __future__ import annotations

import asyncio
import shlex
import ssl
from collections.abc import Iterable
from pathlib import Path

import httpx
import msgspec

from jupyter_crispdm.base.secrets import take_secret

from ..types import JobState
from .cluster import ClusterJob, Outcome
from .listing import Listing, Standing, Unreachable
from .port import CannotStart, CannotUse

TOKEN_VARIABLE = "RAY_AUTH_TOKEN"
_OURS = "crispdm-"
_WAITS = {"PENDING": "waits for room in the Ray cluster"}
_ALIVE = {"PENDING", "RUNNING"}
_NO_ROOM_IN_TIME = "JOB_SUPERVISOR_ACTOR_START_TIMEOUT"
_ADDED = "Running entrypoint for job "
_REMEMBERED = 100
_FORGOTTEN_AT_ONCE = 20
# Where somebody stops a job in Ray itself: time between SIGTERM and SIGKILL, for its supervisor to end it in order.
_VARIABLES = {"RAY_JOB_STOP_WAIT_TIME_S": "30"}
_WORDS = 300
_AT_ONCE = 8


def check_address(address: str) -> str:
    """The address without its last slash. Raises CannotUse."""
    try:
        url = httpx.URL(address)
        right = url.scheme in ("http", "https") and bool(url.host) and not url.query and not url.fragment
    except httpx.InvalidURL:
        right = False
    if not right:
        raise CannotUse("'ray_address' must be the address of the Ray dashboard, like http://head.example.org:8265.")
    if url.userinfo:
        raise CannotUse(f"'ray_address' must hold no password: use {TOKEN_VARIABLE} or 'ray_token_file'.")
    return address.rstrip("/")


class RayJob(msgspec.Struct, frozen=True):
    """What Ray knows of a job; `driver_exit_code` is that of the supervisor, once it has ended by itself."""

    status: str
    submission_id: str | None = None
    message: str | None = None
    error_type: str | None = None
    driver_exit_code: int | None = None
    end_time: int | None = None


class Ray:
    """The cluster whose dashboard is at `address`. Raises CannotUse.

    The token comes from `token_file`, which is read each time, so that a new one counts at once; without a file it is
    `token`. An empty one means that Ray asks for none.
    """

    title = "Ray"

    def __init__(
        self, address: str, token_file: str = "", *, token: str = "", transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        url = check_address(address)
        self._token_file = Path(token_file).expanduser() if token_file else None
        self._token = token
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._http = httpx.AsyncClient(
            base_url=url,
            timeout=httpx.Timeout(25, connect=5),
            verify=ssl.create_default_context() if url.startswith("https:") else True,
            trust_env=False,
            transport=transport,
        )

    async def submit(self, job: ClusterJob) -> str:
        """Send a job; sent twice it is one all the same. Raises CannotStart, Unreachable."""
        async with self._room:  # its head is one process, and a thousand at once would wait past their time
            answer = await self._call("POST", "", _request(job))
        if answer.is_success or (await self._call("GET", job.name)).is_success:  # it was there already
            return job.name
        complaint = _last_line(answer.text)
        if answer.status_code == 400 or "status code 400" in answer.text:  # Ray's head says 500 for its agent's 400
            raise CannotStart(complaint)
        raise Unreachable(f"status {answer.status_code}: {complaint}")

    async def listing(self) -> Listing:
        """Our jobs that are not over. Raises Unreachable."""
        answer = await self._call("GET", "")
        try:
            known = msgspec.json.decode(answer.content, type=list[RayJob])
        except msgspec.DecodeError as error:
            raise Unreachable(f"status {answer.status_code}, and no list of jobs") from error
        ours = {one.submission_id: one for one in known if (one.submission_id or "").startswith(_OURS)}
        await self._forget(one for one in ours.values() if one.driver_exit_code is not None)
        return {id: Standing(id, _WAITS.get(one.status)) for id, one in ours.items() if id and one.status in _ALIVE}

    async def cancel(self, name: str, id: str) -> None:
        """Have Ray end a job; one that waits ends as soon as it is started."""
        await self._call("POST", f"{name}/stop")

    async def outcome(self, name: str, id: str) -> Outcome | None:
        """How a job ended that left no exit record."""
        answer = await self._call("GET", name)
        if answer.status_code == 404:  # its head was started anew
            return Outcome(JobState.queued, "Ray no longer knows it")
        try:
            return _outcome(msgspec.json.decode(answer.content, type=RayJob))
        except msgspec.DecodeError as error:
            raise Unreachable(f"status {answer.status_code}, and no job") from error

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _forget(self, done: Iterable[RayJob]) -> None:
        """Drop the oldest of those that left an exit record: each list holds every job there ever was."""
        oldest_first = sorted(done, key=lambda one: one.end_time or 0)
        for record in oldest_first[:-_REMEMBERED][:_FORGOTTEN_AT_ONCE]:
            await self._call("DELETE", record.submission_id or "")

    async def _call(self, method: str, path: str, body: object = None) -> httpx.Response:
        """Ask Ray. Raises Unreachable, also where it does not let us in; no text of ours holds the token."""
        headers = await self._headers()
        try:
            answer = await self._http.request(method, f"/api/jobs/{path}", json=body, headers=headers)
        except httpx.HTTPError as error:
            raise Unreachable(str(error) or type(error).__name__) from error
        if answer.status_code in (401, 403):
            does = "asks for a token" if answer.status_code == 401 else "refuses our token"
            raise Unreachable(f"it {does} (see {TOKEN_VARIABLE} and 'ray_token_file')")
        return answer

    async def _headers(self) -> dict[str, str]:
        try:
            token = (await asyncio.to_thread(self._read_token)).strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is no text"
            raise Unreachable(f"'ray_token_file' cannot be read: {reason}") from error
        if not (token.isascii() and token.isprintable()):
            raise Unreachable("the token has characters that cannot be sent")
        return {"Authorization": f"Bearer {token}"} if token else {}

    def _read_token(self) -> str:
        return self._token if self._token_file is None else self._token_file.read_text()


def take_token() -> str:
    """The token in our environment. It leaves that, so that no kernel and no job inherits it."""
    return take_secret(TOKEN_VARIABLE)


def _request(job: ClusterJob) -> dict[str, object]:
    """What Ray is asked for. It hands the entry point to a shell; cluster.log gets what this and the supervisor say."""
    log = shlex.quote(str(job.directory / "cluster.log"))
    hidden = "" if job.gpus else "CUDA_VISIBLE_DEVICES= "  # Ray lets those who asked for no GPU see what others use
    return {
        "submission_id": job.name,
        "entrypoint": f"{hidden}exec {shlex.join(job.argv)} >{log} 2>&1 </dev/null",
        "entrypoint_num_cpus": job.cpus,
        "entrypoint_num_gpus": job.gpus,
        "entrypoint_memory": job.memory,
        "runtime_env": {"env_vars": _VARIABLES},
    }


def _outcome(record: RayJob) -> Outcome:
    code = record.driver_exit_code
    if record.error_type == _NO_ROOM_IN_TIME:
        return Outcome(JobState.queued, "it found no room for too long")
    if record.status == "STOPPED":
        return Outcome(JobState.stopped, "cancelled in Ray")
    if code is None:
        said = _last_line(record.message or record.status).partition(" Some common causes")[0]
        return Outcome(JobState.lost, said.replace("the actor's node", "its machine"))
    if code < 0:
        return Outcome(JobState.lost, f"its supervisor was killed by signal {-code}")
    said = "".join(f": {line}" for line in _complaints(record.message or "")[-1:])
    return Outcome(JobState.lost, f"its supervisor ended with code {code}{said}")


def _complaints(message: str) -> list[str]:
    """What the shell said, of what Ray shows of the job's output: what it adds itself tells nothing."""
    lines = filter(str.strip, message.splitlines()[1:])
    return [line[:_WORDS] for line in lines if not line.startswith(_ADDED) and "job_manager.py" not in line]


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip(" .")]
    return lines[-1][:_WORDS] if lines else "it said nothing"
