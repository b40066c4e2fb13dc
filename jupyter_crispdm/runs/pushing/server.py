"""An MLflow tracking server, asked by its REST API (2.0): the few verbs that a finished run needs.

MLflow's own client would bring dozens of packages into the server, import for seconds while holding Python's lock,
block a thread, and tell its makers that it is used. The API is public, and versioned.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeVar
from urllib.parse import quote, urlsplit

import httpx
import msgspec

from jupyter_crispdm.base.errors import SetupError
from jupyter_crispdm.base.secrets import secret
from jupyter_crispdm.base.tasks import Setback, within

SETTING = "CrispdmApp.mlflow_tracking_uri"
#: How many metrics, and how many params or tags, MLflow takes at once.
MOST_METRICS, MOST_PARAMS = 1000, 100
_SECONDS = 30.0
_MOST_ANSWER = 32 << 20
_API, _FILES = "/api/2.0/mlflow", "/api/2.0/mlflow-artifacts/artifacts"
_PASSING = frozenset({408, 425, 429})
_DENIED = frozenset({401, 403})
_HISTORY_PAGE = 25_000
_OVER = frozenset({"FINISHED", "FAILED", "KILLED"})
_LOOPBACK = ("all://127.0.0.1", "all://localhost", "all://[::1]")
_T = TypeVar("_T")
_Id = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,255}\Z")]


class Unreachable(Setback):
    """The server is away, lets nobody in, or has trouble of its own: another try may do."""


class Refused(Exception):
    """The server does not take what was sent, and would not the next time. `code` is MLflow's."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Credentials:
    """How the server lets us in: by user and password, or by a token; as for MLflow's client, the first goes before."""

    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)

    @classmethod
    def given(cls) -> Credentials:
        """Those of MLflow's own environment variables."""
        return cls(
            secret("MLFLOW_TRACKING_USERNAME"), secret("MLFLOW_TRACKING_PASSWORD"), secret("MLFLOW_TRACKING_TOKEN")
        )

    @property
    def auth(self) -> httpx.Auth | None:
        """What is sent with each request."""
        if self.user and self.password:
            return httpx.BasicAuth(self.user, self.password)
        return _Bearer(self.token) if self.token else None


class _Bearer(httpx.Auth):
    def __init__(self, token: str) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Any:
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request


class RunInfo(msgspec.Struct, frozen=True):
    """A run as the server has it."""

    run_id: _Id
    experiment_id: _Id
    status: str = ""
    artifact_uri: str = ""

    @property
    def is_over(self) -> bool:
        """Whether it says how it ended: that is told last."""
        return self.status in _OVER


class _Experiment(msgspec.Struct):
    experiment_id: _Id
    lifecycle_stage: str = "active"


class _ExperimentAnswer(msgspec.Struct):
    experiment: _Experiment


class _Created(msgspec.Struct):
    experiment_id: _Id


class _Run(msgspec.Struct):
    info: RunInfo


class _RunAnswer(msgspec.Struct):
    run: _Run


class _Runs(msgspec.Struct):
    runs: list[_Run] = []


class _History(msgspec.Struct):
    metrics: list[dict[str, Any]] = []
    next_page_token: str = ""


class _Nothing(msgspec.Struct):
    pass


class _Error(msgspec.Struct):
    error_code: str
    message: str = ""


def address(uri: str) -> str:
    """A server's address, as all others begin. Raises SetupError for what is none, or holds a password."""
    try:
        parts = urlsplit(uri)
        has_port = parts.port != 0
    except ValueError:
        parts, has_port = urlsplit(""), False
    if parts.scheme not in ("http", "https") or not parts.hostname or not has_port or not uri.isprintable():
        raise SetupError(f"{SETTING}: '{uri[:50]}' is not the address of a server, as http://mlflow.example:5000 is.")
    if parts.username is not None or parts.password is not None:
        raise SetupError(
            f"{SETTING} must not hold a name or password: give them as MLFLOW_TRACKING_USERNAME and "
            "MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN, in the server's environment."
        )
    if parts.query or parts.fragment:
        raise SetupError(f"{SETTING} must end with the path: nothing may follow '?' or '#'.")
    return uri.rstrip("/")


class TrackingServer:
    """One server. Each verb raises Unreachable, and Refused for what it will never take."""

    def __init__(self, uri: str, credentials: Credentials, seconds: float = _SECONDS) -> None:
        self.uri = address(uri)
        self.name = f"the MLflow server at {urlsplit(uri).hostname}"
        self._seconds = seconds
        mounts = {pattern: httpx.AsyncHTTPTransport() for pattern in _LOOPBACK}
        self._http = httpx.AsyncClient(
            timeout=seconds, follow_redirects=False, mounts=mounts, auth=credentials.auth,
            headers={"User-Agent": "jupyter_crispdm"},
        )  # fmt: skip

    async def close(self) -> None:
        """Close its connections."""
        await self._http.aclose()

    def page(self, experiment: str, run: str) -> str:
        """Where people see a run."""
        return f"{self.uri}/#/experiments/{experiment}/runs/{run}"

    async def look(self) -> None:
        """See whether it is there and lets us in."""
        await self._call("POST", "experiments/search", {"max_results": 1}, _Nothing)

    async def experiment(self, name: str) -> str:
        """The id of an experiment, which is made where there is none. Never raises Refused: it is no run's fault."""
        try:
            found = await self._experiment(name) or await self._new_experiment(name)
        except Refused as error:
            raise Unreachable(f"{_begun(self.name)} refuses the experiment '{name}': {error}") from None
        if found is None or found.lifecycle_stage != "active":
            raise Unreachable(
                f"On {self.name} the experiment '{name}' was deleted: restore it there, or set "
                "CrispdmApp.mlflow_experiment to another name."
            )
        return found.experiment_id

    async def find(self, experiment: str, tag: str, value: str) -> RunInfo | None:
        """The run that bears a tag; None where none does. The value must hold no quotes."""
        body = {"experiment_ids": [experiment], "filter": f"tags.`{tag}` = '{value}'", "max_results": 1}
        found = (await self._call("POST", "runs/search", body, _Runs)).runs
        return found[0].info if found else None

    async def create(self, body: Mapping[str, Any]) -> RunInfo:
        """Make a run, as `runs/create` is told it."""
        return (await self._call("POST", "runs/create", body, _RunAnswer)).run.info

    async def log(self, run: str, *, metrics: Sequence[Any] = (), params: Sequence[Any] = ()) -> None:
        """Tell some metrics or some params, as many as MLflow takes at once."""
        body = {"run_id": run, "metrics": metrics, "params": params}
        await self._call("POST", "runs/log-batch", {name: value for name, value in body.items() if value}, _Nothing)

    async def tag(self, run: str, key: str, value: str) -> None:
        """Set a tag."""
        await self._call("POST", "runs/set-tag", {"run_id": run, "key": key, "value": value}, _Nothing)

    async def logged(self, run: str, metric: str) -> int:
        """How many points of a metric have arrived."""
        query, count = {"run_id": run, "metric_key": metric, "max_results": str(_HISTORY_PAGE)}, 0
        while True:
            answer = await self._call("GET", "metrics/get-history", None, _History, query)
            count += len(answer.metrics)
            if not answer.next_page_token or not answer.metrics:
                return count
            query["page_token"] = answer.next_page_token

    async def finish(self, run: str, status: str, end: int) -> None:
        """Say how a run ended, and when (ms since the epoch)."""
        await self._call("POST", "runs/update", {"run_id": run, "status": status, "end_time": end}, _Nothing)

    def keeps_files(self, run: RunInfo) -> bool:
        """Whether it takes files itself; else they lie where only programs with keys of their own can write."""
        return bool(self._folder(run))

    async def upload(self, run: RunInfo, name: str, data: bytes) -> None:
        """Give it a file of a run. Raises Refused also where it has trouble: a run without its files is better."""
        status, answer = await self._ask("PUT", f"{_FILES}/{quote(self._folder(run))}/{quote(name)}", content=data)
        if not 200 <= status < 300:
            raise Refused(_told(status, answer))

    def _folder(self, run: RunInfo) -> str:
        """Where a run's files are below the server's own; empty where it does not keep them."""
        try:
            parts = urlsplit(run.artifact_uri)
        except ValueError:
            return ""
        names = [name for name in parts.path.split("/") if name]
        is_here = parts.netloc in ("", urlsplit(self.uri).netloc)
        if parts.scheme != "mlflow-artifacts" or not is_here or {".", ".."} & set(names):
            return ""
        return "/".join(names)

    async def _experiment(self, name: str) -> _Experiment | None:
        query = {"experiment_name": name}
        try:
            return (await self._call("GET", "experiments/get-by-name", None, _ExperimentAnswer, query)).experiment
        except Refused as error:
            if error.code != "RESOURCE_DOES_NOT_EXIST":
                raise
            return None

    async def _new_experiment(self, name: str) -> _Experiment | None:
        try:
            return _Experiment((await self._call("POST", "experiments/create", {"name": name}, _Created)).experiment_id)
        except Refused as error:
            if error.code != "RESOURCE_ALREADY_EXISTS":  # somebody just made it
                raise
            return await self._experiment(name)

    async def _call(
        self, method: str, verb: str, body: Any, kind: type[_T], query: Mapping[str, str] | None = None
    ) -> _T:
        content = None if body is None else msgspec.json.encode(body)
        status, answer = await self._ask(method, f"{_API}/{verb}", content=content, query=query)
        if status in _DENIED:
            raise Unreachable(
                f"{_begun(self.name)} does not let us in ({status}): see MLFLOW_TRACKING_USERNAME and _PASSWORD, or "
                "MLFLOW_TRACKING_TOKEN, in this server's environment."
            )
        if status in _PASSING or status >= 500:
            raise Unreachable(f"{_begun(self.name)} has trouble: {_told(status, answer)}")
        if status >= 400 and (error := _read(answer, _Error)) is not None:
            raise Refused(_told(status, answer), error.error_code)
        told = _read(answer, kind) if 200 <= status < 300 else None
        if told is None:
            raise Unreachable(f"{_begun(self.name)} does not speak MLflow's API at {self.uri} ({verb}: {status}).")
        return told

    async def _ask(
        self, method: str, path: str, *, content: bytes | None = None, query: Mapping[str, str] | None = None
    ) -> tuple[int, bytes]:
        try:
            return await within(self._send(method, path, content, query), 2 * self._seconds)
        except (httpx.HTTPError, OSError, asyncio.TimeoutError) as error:
            raise Unreachable(f"{_begun(self.name)} does not answer: {type(error).__name__}.") from None

    async def _send(
        self, method: str, path: str, content: bytes | None, query: Mapping[str, str] | None
    ) -> tuple[int, bytes]:
        kind = "application/octet-stream" if method == "PUT" else "application/json"
        headers = {} if content is None else {"Content-Type": kind}
        answer = bytearray()
        async with self._http.stream(
            method, f"{self.uri}{path}", content=content, params=query, headers=headers
        ) as response:
            async for piece in response.aiter_bytes():
                answer += piece
                if len(answer) > _MOST_ANSWER:
                    raise httpx.DecodingError("the answer is too long")
        return response.status_code, bytes(answer)


def _read(answer: bytes, kind: type[_T]) -> _T | None:
    try:
        return msgspec.json.decode(answer, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _told(status: int, answer: bytes) -> str:
    """What went wrong, in a line."""
    error = _read(answer, _Error)
    words = "" if error is None else re.sub(r"\s+", " ", f"{error.error_code}: {error.message}")
    return f"{status} {words}"[:300].strip()


def _begun(name: str) -> str:
    return name[0].upper() + name[1:]
