"""Four ways to one server: plain HTTP, the live socket, the Python client and the command line.

A road has the few verbs that people use; what it answers is what the API's JSON says. Where the server refuses, each
road raises `Refused` with the server's sentence. The live socket carries facts only: its commands go by HTTP, and all
that it tells comes from topics.
"""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Generator, Iterable, Iterator
from typing import Any, Protocol
from urllib.parse import quote

import httpx
import msgspec
import websocket

from jupyter_crispdm.base.errors import CrispdmError
from jupyter_crispdm.cli import main
from jupyter_crispdm.client import Client
from jupyter_crispdm.jobs.types import Submission
from jupyter_crispdm.schedules.types import Missed, Overlap

Fact = dict[str, Any]


class Refused(Exception):
    """The server would not, and said why."""


class Road(Protocol):
    """What can be done on every road."""

    def submit(self, command: list[str], **wishes: Any) -> str:
        """Submit a job, answer its id. `wishes` are fields of a submission."""

    def rerun(self, id: str, **changes: Any) -> str:
        """Submit it once more with changes, answer the new id."""

    def job(self, id: str) -> Fact:
        """One job as it stands."""

    def jobs(self) -> list[Fact]:
        """The jobs, newest first."""

    def log(self, id: str) -> str:
        """The log of a job, followed until the job is over."""

    def send(self, id: str, text: str) -> None:
        """Write to its standard input."""

    def end_input(self, id: str) -> None:
        """End its standard input."""

    def stop(self, id: str) -> None:
        """Ask it to stop."""

    def stop_all(self) -> None:
        """Ask all to stop."""

    def environments(self) -> list[Fact]:
        """The environments."""

    def models(self) -> list[Fact]:
        """The models."""

    def deploy(self, model: str) -> None:
        """Deploy a model."""

    def add_schedule(self, cron: str, command: list[str], **wishes: Any) -> str:
        """Make a schedule, answer its id. `wishes` are its other fields."""

    def schedules(self) -> list[Fact]:
        """The schedules."""

    def pause(self, id: str) -> None:
        """Pause a schedule."""

    def resume(self, id: str) -> None:
        """Resume a schedule."""

    def run_schedule(self, id: str) -> str:
        """Start a schedule's job now, answer the job's id."""

    def remove_schedule(self, id: str) -> None:
        """Remove a schedule."""


class OverHttp:
    """As any program does it that speaks HTTP and JSON."""

    def __init__(self, url: str, token: str) -> None:
        self.url, self.token = url, token
        self._http = httpx.Client(
            base_url=f"{url}crispdm/api/", headers={"Authorization": f"token {token}"}, timeout=60, trust_env=False
        )

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def call(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """Any verb of the API; what it answers, or None. Raises Refused."""
        reply = self._http.request(method, path, json=body, params=query)
        if reply.status_code >= 400:
            raise Refused(reply.json()["message"])
        return reply.json() if reply.content else None

    def submit(self, command: list[str], **wishes: Any) -> str:
        return str(self.call("POST", "jobs", {"command": command, **wishes})["id"])

    def rerun(self, id: str, **changes: Any) -> str:
        return str(self.call("POST", f"jobs/{quote(id, '')}/rerun", {"changes": changes})["id"])

    def job(self, id: str) -> Fact:
        found: Fact = self.call("GET", f"jobs/{quote(id, '')}")
        return found

    def jobs(self) -> list[Fact]:
        return self._list("jobs")

    def log(self, id: str) -> str:
        address = f"live?topic=jobs/{quote(id, '')}/log&since=0"
        with self._http.stream("GET", address, headers={"Accept": "application/x-ndjson"}) as reply:
            if reply.status_code >= 400:
                raise Refused(json.loads(reply.read())["message"])
            return _text(json.loads(line) for line in reply.iter_lines() if line.strip())

    def send(self, id: str, text: str) -> None:
        self.call("POST", f"jobs/{quote(id, '')}/input", {"text": text})

    def end_input(self, id: str) -> None:
        self.call("POST", f"jobs/{quote(id, '')}/input", {"eof": True})

    def stop(self, id: str) -> None:
        self.call("POST", f"jobs/{quote(id, '')}/stop", {})

    def stop_all(self) -> None:
        self.call("POST", "jobs/stop", {"all": True})

    def environments(self) -> list[Fact]:
        return self._list("environments")

    def models(self) -> list[Fact]:
        return self._list("models")

    def deploy(self, model: str) -> None:
        self.call("POST", "deployments", {"model": model})

    def add_schedule(self, cron: str, command: list[str], **wishes: Any) -> str:
        body = {"cron": cron, "submission": {"command": command}, **wishes}
        return str(self.call("POST", "schedules", body)["id"])

    def schedules(self) -> list[Fact]:
        return self._list("schedules")

    def pause(self, id: str) -> None:
        self.call("PATCH", f"schedules/{quote(id, '')}", {"paused": True})

    def resume(self, id: str) -> None:
        self.call("PATCH", f"schedules/{quote(id, '')}", {"paused": False})

    def run_schedule(self, id: str) -> str:
        return str(self.call("POST", f"schedules/{quote(id, '')}/run")["id"])

    def remove_schedule(self, id: str) -> None:
        self.call("DELETE", f"schedules/{quote(id, '')}")

    def _list(self, noun: str) -> list[Fact]:
        found: list[Fact] = self.call("GET", noun)[noun]
        return found


class OverSocket(OverHttp):
    """As a page does it: commands by HTTP, facts by the live socket."""

    def job(self, id: str) -> Fact:
        found: Fact = self._first(f"jobs/{id}")["job"]
        return found

    def log(self, id: str) -> str:
        with contextlib.closing(self._facts(f"jobs/{id}/log", since=0)) as facts:
            return _text(facts)

    def _list(self, noun: str) -> list[Fact]:
        found: list[Fact] = self._first(noun)[noun]
        return found

    def _first(self, topic: str) -> Fact:
        with contextlib.closing(self._facts(topic)) as facts:
            data: Fact = next(facts)["data"]
            return data

    def _facts(self, topic: str, **more: Any) -> Generator[Fact, None, None]:
        address = self.url.replace("http", "ws", 1) + "crispdm/api/live"
        socket = websocket.create_connection(address, header=[f"Authorization: token {self.token}"], timeout=60)
        try:
            socket.send(json.dumps({"subscribe": topic, **more}))
            while True:
                told = json.loads(socket.recv())
                if told.get("topic") == topic:
                    if "error" in told:
                        raise Refused(told["error"]["message"])
                    yield told
        finally:
            socket.close()


def _text(told: Iterable[Fact]) -> str:
    """The text of a log, from what its topic tells until the job is over."""
    text = ""
    for message in told:
        if "error" in message:
            raise Refused(message["error"]["message"])
        text += str(message["data"].get("text", ""))
        if message["data"].get("ended"):
            return text
    raise AssertionError("the log broke off")


@contextlib.contextmanager
def _as_refused() -> Iterator[None]:
    try:
        yield
    except CrispdmError as error:
        raise Refused(str(error)) from error


class ByClient:
    """As a notebook or a script does it."""

    def __init__(self, client: Client) -> None:
        self.client = client

    @_as_refused()
    def submit(self, command: list[str], **wishes: Any) -> str:
        return str(self.client.jobs.submit(command, **wishes).id)

    @_as_refused()
    def rerun(self, id: str, **changes: Any) -> str:
        return self.client.jobs.rerun(id, **changes).id

    @_as_refused()
    def job(self, id: str) -> Fact:
        return _plain(self.client.jobs.get(id))

    @_as_refused()
    def jobs(self) -> list[Fact]:
        return [_plain(job) for job in self.client.jobs.list()]

    @_as_refused()
    def log(self, id: str) -> str:
        return "".join(self.client.jobs.follow(id))

    @_as_refused()
    def send(self, id: str, text: str) -> None:
        self.client.jobs.send(id, text)

    @_as_refused()
    def end_input(self, id: str) -> None:
        self.client.jobs.send(id, eof=True)

    @_as_refused()
    def stop(self, id: str) -> None:
        self.client.jobs.stop(id)

    @_as_refused()
    def stop_all(self) -> None:
        self.client.jobs.stop_all()

    @_as_refused()
    def environments(self) -> list[Fact]:
        return [_plain(one) for one in self.client.environments.list()]

    @_as_refused()
    def models(self) -> list[Fact]:
        return [_plain(one) for one in self.client.models.list()]

    @_as_refused()
    def deploy(self, model: str) -> None:
        self.client.deployments.create(model)

    @_as_refused()
    def add_schedule(self, cron: str, command: list[str], **wishes: Any) -> str:
        chosen = {"missed": Missed, "overlap": Overlap}
        fields = {name: chosen[name](value) if name in chosen else value for name, value in wishes.items()}
        return self.client.schedules.create(cron, Submission(command=command), **fields).id

    @_as_refused()
    def schedules(self) -> list[Fact]:
        return [_plain(one) for one in self.client.schedules.list()]

    @_as_refused()
    def pause(self, id: str) -> None:
        self.client.schedules.pause(id)

    @_as_refused()
    def resume(self, id: str) -> None:
        self.client.schedules.resume(id)

    @_as_refused()
    def run_schedule(self, id: str) -> str:
        return self.client.schedules.run(id).id

    @_as_refused()
    def remove_schedule(self, id: str) -> None:
        self.client.schedules.delete(id)


def _plain(thing: Any) -> Fact:
    """What the API's JSON says of it."""
    plain: Fact = json.loads(msgspec.json.encode(thing))
    return plain


class ByCommands:
    """As somebody does it at a terminal."""

    def call(self, *words: str) -> str:
        """What a command prints. Raises Refused."""
        out, complaint = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(complaint):
            code = main([*words])
        if complaint.getvalue().startswith("jupyter crispdm: "):
            assert code != 0
            raise Refused(complaint.getvalue().removeprefix("jupyter crispdm: ").strip())
        return out.getvalue()

    def submit(self, command: list[str], **wishes: Any) -> str:
        return self.call("run", *_options(wishes), "--", *command).strip()

    def rerun(self, id: str, **changes: Any) -> str:
        return self.call("rerun", id, *_options(changes)).strip()

    def job(self, id: str) -> Fact:
        found = [job for job in self.jobs() if job["id"] == id]
        if not found:
            raise Refused(f"There is no job '{id}'.")
        return found[0]

    def jobs(self) -> list[Fact]:
        return self._list("jobs", "--limit", "500")

    def log(self, id: str) -> str:
        return self.call("logs", "--follow", id)

    def send(self, id: str, text: str) -> None:
        self.call("send", "--no-newline", id, text)

    def end_input(self, id: str) -> None:
        self.call("send", "--eof", id)

    def stop(self, id: str) -> None:
        self.call("stop", id)

    def stop_all(self) -> None:
        self.call("stop", "--all")

    def environments(self) -> list[Fact]:
        return self._list("envs")

    def models(self) -> list[Fact]:
        return self._list("models")

    def deploy(self, model: str) -> None:
        self.call("deploy", "--no-wait", model)

    def add_schedule(self, cron: str, command: list[str], **wishes: Any) -> str:
        return self.call("schedule", "add", cron, *_options(wishes), "--", *command).strip()

    def schedules(self) -> list[Fact]:
        return self._list("schedule", "list")

    def pause(self, id: str) -> None:
        self.call("schedule", "pause", id)

    def resume(self, id: str) -> None:
        self.call("schedule", "resume", id)

    def run_schedule(self, id: str) -> str:
        return self.call("schedule", "run", id).strip()

    def remove_schedule(self, id: str) -> None:
        self.call("schedule", "remove", id)

    def _list(self, *command: str) -> list[Fact]:
        answer = json.loads(self.call(*command, "--json"))
        found: list[Fact] = next(iter(answer.values()))
        return found


#: How a field of a submission is said at a terminal.
_NAMES = {"environment": "env", "tags": "tag", "retry_delay": "retry-delay"}


def _options(wishes: dict[str, Any]) -> Iterator[str]:
    for field, value in wishes.items():
        if field == "parameters":
            for name, given in value.items():
                yield from ("--param", f"{name}:={json.dumps(given)}")
        else:
            for one in value if isinstance(value, list) else [value]:
                yield from (f"--{_NAMES.get(field, field)}", str(one))
