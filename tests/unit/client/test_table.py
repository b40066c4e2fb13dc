"""Every call of the Python client is one of the server's table: path, query and body are what the server takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import httpx
import pytest

from jupyter_crispdm.app import ROUTES, TOPICS
from jupyter_crispdm.base.http.decode import decode_body, decode_path, decode_query
from jupyter_crispdm.base.http.route import Route, tables
from jupyter_crispdm.client.client import Client
from jupyter_crispdm.client.discovery import Address
from jupyter_crispdm.client.transport import Transport
from jupyter_crispdm.jobs.types import Submission
from jupyter_crispdm.runs.types import View
from jupyter_crispdm.tracking.diagnosis.types import AlertRule, AlertWhen

TABLE = tables(ROUTES)
ODD = "a/b c?d#e%2F..ü"
"""An id in which everything must be quoted."""


class Asked(Exception):
    """The request that would have been sent."""

    def __init__(self, request: httpx.Request) -> None:
        super().__init__(str(request.url))
        self.request = request


def _raise(request: httpx.Request) -> httpx.Response:
    raise Asked(request)


@pytest.fixture
def client() -> Client:
    """A client whose first request is thrown."""
    http = httpx.Client(transport=httpx.MockTransport(_raise))
    return Client(Transport(lambda: Address("http://here.test/", ""), http))


def entry_of(request: httpx.Request) -> tuple[Route, dict[str, str]]:
    """The route that the server would choose, and the values of its placeholders."""
    path = request.url.raw_path.decode().partition("?")[0].partition("/crispdm/")[2]
    found: list[tuple[int, Route, dict[str, str]]] = []
    for entry in TABLE:
        values = _values(entry.template, path)
        if entry.method == request.method and values is not None:
            found.append((len(values), entry, values))
    assert found, f"{request.method} {path} is in no table"
    _, entry, values = min(found, key=lambda one: one[0])
    return entry, values


def _values(template: str, path: str) -> dict[str, str] | None:
    steps, given = template.split("/"), path.split("/")
    if steps and steps[-1] == "{path}" and len(given) > len(steps):
        given = [*given[: len(steps) - 1], "/".join(given[len(steps) - 1 :])]
    if len(steps) != len(given):
        return None
    values = {}
    for step, text in zip(steps, given, strict=True):
        if step.startswith("{"):
            values[step.strip("{}")] = unquote(text)
        elif step != text:
            return None
    return values


CALLS: dict[str, Callable[[Client], Any]] = {
    "health": lambda c: c.health(),
    "details": lambda c: c.details(),
    "me": lambda c: c.me(),
    "jobs.submit": lambda c: c.jobs.submit(
        ["fit"], args=["--x"], parameters={"lr": 0.1}, env={"A": "b"}, timeout=3.5, retries=2, retry_delay=1.0,
        after=["j0"], tags=["night"], id="mine", cpus=2, gpus=1, memory=10**9, name="n", cwd="sub"),
    "jobs.submit a script": lambda c: c.jobs.submit(script="fit.py", args=["1"]),
    "jobs.submit a notebook": lambda c: c.jobs.submit(notebook="x.ipynb", cells=["1 + 1"]),
    "jobs.submit from a cell": lambda c: c.jobs.submit(notebook="x.ipynb", from_cell=3),
    "jobs.list": lambda c: c.jobs.list(state="running,queued", owner="ada", limit=7, before="j9"),
    "jobs.get": lambda c: c.jobs.get("j1"),
    "jobs.submission": lambda c: c.jobs.submission("j1"),
    "jobs.rerun": lambda c: c.jobs.rerun("j1", name="anew", parameters={"lr": 1}),
    "jobs.stop": lambda c: c.jobs.stop("j1", (1.0, 2.0)),
    "jobs.stop and keep": lambda c: c.jobs.stop("j1", keep_best=True, metric="val/loss"),
    "jobs.stop_many and keep": lambda c: c.jobs.stop_many(["j1"], keep_best=True),
    "jobs.diagnosis": lambda c: c.jobs.diagnosis("j1"),
    "jobs.alerts": lambda c: c.jobs.alerts("j1"),
    "jobs.set_alerts": lambda c: c.jobs.set_alerts("j1", [AlertRule(when=AlertWhen.nan)]),
    "jobs.submit with alerts": lambda c: c.jobs.submit(["fit"], alerts=[AlertRule(when=AlertWhen.nan)]),
    "jobs.stop as set": lambda c: c.jobs.stop("j1"),
    "jobs.stop_many": lambda c: c.jobs.stop_many(["j1", "j2"]),
    "jobs.stop_all": lambda c: c.jobs.stop_all(owner="ada"),
    "jobs.send": lambda c: c.jobs.send("j1", "yes\n"),
    "jobs.send the end": lambda c: c.jobs.send("j1", eof=True),
    "jobs.log": lambda c: c.jobs.log("j1"),
    "jobs.metrics": lambda c: c.jobs.metrics("j1", since=4, points=100, names=["loss", "iou"]),
    "jobs.zoom": lambda c: c.jobs.zoom("j1", "time", begin=1.5, end=2.5, points=100, names=["loss"]),
    "jobs.artifacts": lambda c: c.jobs.artifacts("j1"),
    "jobs.artifact": lambda c: c.jobs.artifact("j1", "plots/a b?.png"),
    "jobs.media": lambda c: c.jobs.media("j1", kind="table"),
    "jobs.piece": lambda c: c.jobs.piece("j1", "layer/1 weights?", 3, kind="histogram", index=1),
    "jobs.delete": lambda c: c.jobs.delete("j1"),
    "schedules.list": lambda c: c.schedules.list(),
    "schedules.get": lambda c: c.schedules.get("s1"),
    "schedules.create": lambda c: c.schedules.create("0 3 * * *", Submission(command=["true"]), timezone="UTC"),
    "schedules.change": lambda c: c.schedules.change("s1", name="other"),
    "schedules.pause": lambda c: c.schedules.pause("s1"),
    "schedules.resume": lambda c: c.schedules.resume("s1"),
    "schedules.run": lambda c: c.schedules.run("s1"),
    "schedules.preview": lambda c: c.schedules.preview("0 3 * * *", "Europe/Berlin"),
    "schedules.delete": lambda c: c.schedules.delete("s1"),
    "runs.find": lambda c: c.runs.find('metrics."a b".best < 3', sort="-created,name", limit=5, before="r1"),
    "runs.all": lambda c: list(c.runs.all("favourite")),
    "runs.best": lambda c: c.runs.best("loss"),
    "runs.get": lambda c: c.runs.get("r1"),
    "runs.fields": lambda c: c.runs.fields(),
    "runs.change": lambda c: c.runs.change("r1", tags=["a"], note="n", group="g", favourite=True),
    "runs.change of one thing": lambda c: c.runs.change("r1", note=""),
    "runs.compare": lambda c: c.runs.compare(["r1", "r2"]),
    "runs.again": lambda c: c.runs.again("r1", exact=True, code="now", name="x"),
    "runs.environment": lambda c: c.runs.environment("r1"),
    "runs.merge": lambda c: c.runs.merge(["r1", "r2"], "both"),
    "runs.delete": lambda c: c.runs.delete("merged-1"),
    "runs.metrics": lambda c: c.runs.metrics("r1", points=100, names=["loss", "acc"]),
    "runs.system": lambda c: c.runs.system("r1", points=100),
    "runs.views": lambda c: c.runs.views(),
    "runs.save_view": lambda c: c.runs.save_view("a b", View(filter="favourite", columns=["params.lr"], smoothing=0.5)),
    "runs.delete_view": lambda c: c.runs.delete_view("a b"),
    "environments.list": lambda c: c.environments.list(refresh=True, package="torch>=2", near="a/b.py"),
    "environments.get": lambda c: c.environments.get("e1"),
    "environments.packages": lambda c: c.environments.packages("e1", "num"),
    "environments.diff": lambda c: c.environments.diff("e1", "e2"),
    "environments.export": lambda c: c.environments.export("e1", "conda"),
    "environments.make_kernel": lambda c: c.environments.make_kernel("e1"),
    "environments.create": lambda c: c.environments.create("x", ["numpy"], kind="uv", python="3.12"),
    "environments.create of a file": lambda c: c.environments.create("x", file="requirements.txt"),
    "environments.clone": lambda c: c.environments.clone("e1", "y"),
    "environments.install": lambda c: c.environments.install("e1", ["numpy"]),
    "environments.delete": lambda c: c.environments.delete("e1"),
    "models.list": lambda c: c.models.list(),
    "models.get": lambda c: c.models.get("unet"),
    "models.register": lambda c: c.models.register("unet", job="j1", artifact="model.pt", classes=["0"]),
    "models.set_alias": lambda c: c.models.set_alias("unet", "champion", 3),
    "models.remove_alias": lambda c: c.models.remove_alias("unet", "champion"),
    "models.history": lambda c: c.models.history("unet"),
    "models.roll_back": lambda c: c.models.roll_back("unet", "champion", if_version=3),
    "models.trust_report": lambda c: c.models.trust_report("unet", 3),
    "models.trust": lambda c: c.models.trust("unet", 3, ["a.B"], "ours"),
    "models.compare": lambda c: c.models.compare("unet", [1, 2]),
    "models.download": lambda c: c.models.download("unet", 3, "/tmp"),
    "models.export": lambda c: c.models.export("unet", 3, "/tmp"),
    "models.import_": lambda c: c.models.import_(__file__, name="other"),
    "models.delete": lambda c: c.models.delete("unet", 3),
    "files.folders": lambda c: c.files.folders(),
    "files.upload": lambda c: c.files.upload(__file__, to="box"),
    "files.uploads": lambda c: c.files.uploads(),
    "files.cancel": lambda c: c.files.cancel("0" * 32),
    "files.list": lambda c: c.files.list("box", sort="size", descending=True),
    "files.read": lambda c: c.files.read("box/a b.txt"),
    "files.write": lambda c: c.files.write("box/a.txt", "text", replace=False),
    "files.preview": lambda c: c.files.preview("box/a.csv", rows=5),
    "files.copy": lambda c: c.files.copy("box/a", "box/b", to="in", rename=True),
    "files.move": lambda c: c.files.move("box/a", to="in"),
    "files.trash": lambda c: c.files.trash("box/a", forever=True),
    "files.trashed": lambda c: c.files.trashed(),
    "files.restore": lambda c: c.files.restore("0" * 16, to="box"),
    "files.purge": lambda c: c.files.purge("0" * 16),
    "files.purge all": lambda c: c.files.purge(),
    "deployments.list": lambda c: c.deployments.list(),
    "deployments.get": lambda c: c.deployments.get("d1"),
    "deployments.create": lambda c: c.deployments.create("unet@champion", workers=2, environment="e1"),
    "deployments.delete": lambda c: c.deployments.delete("d1"),
}  # fmt: skip


def asked(client: Client, call: Callable[[Client], Any]) -> httpx.Request:
    """The request that a call makes."""
    with pytest.raises(Asked) as raised:
        call(client)
    return raised.value.request


@pytest.mark.parametrize("name", CALLS)
def test_a_call_is_what_the_server_takes(name: str, client: Client) -> None:
    request = asked(client, CALLS[name])
    entry, values = entry_of(request)
    decode_path(values, entry.parameters)
    if entry.body is not None:
        decode_body(request.content, entry.body)
    else:
        assert not request.content
    if entry.query is not None:
        decode_query(request.url.params.get_list, entry.query)
    known = set(entry.query.__struct_encode_fields__) if entry.query is not None else set()
    assert set(request.url.params) <= known


def test_no_call_of_a_noun_is_left_out(client: Client) -> None:
    """What follows a topic, or only calls another, makes no request of its own."""
    others = {"jobs.follow", "jobs.watch", "jobs.wait", "jobs.log_pieces", "deployments.watch",
              "files.read_text", "files.download"}
    nouns = ("jobs", "runs", "schedules", "environments", "models", "deployments", "files")
    public = {
        f"{noun}.{name}"
        for noun in nouns
        for name in vars(type(getattr(client, noun)))
        if not name.startswith("_")
    }
    assert public - {name.split(" ")[0] for name in CALLS} == others


@pytest.mark.parametrize(
    "call",
    [
        lambda c: c.jobs.get(ODD),
        lambda c: c.jobs.stop(ODD),
        lambda c: c.schedules.get(ODD),
        lambda c: c.environments.get(ODD),
        lambda c: c.models.get(ODD),
        lambda c: c.runs.delete_view(ODD),
        lambda c: c.deployments.get(ODD),
    ],
)
def test_an_id_never_leaves_its_place_in_a_path(call: Callable[[Client], Any], client: Client) -> None:
    entry, values = entry_of(asked(client, call))
    assert list(values.values()) == [ODD]
    assert len(entry.parameters) == 1


@pytest.mark.parametrize(
    ("follow", "topic"),
    [
        (lambda c: c.jobs.follow("j1"), "jobs/{id}/log"),
        (lambda c: c.jobs.watch("j1"), "jobs/{id}"),
        (lambda c: c.deployments.watch("d1"), "deployments"),
    ],
)
def test_what_is_followed_is_a_topic_of_the_server(
    follow: Callable[[Client], Any], topic: str, client: Client
) -> None:
    request = asked(client, lambda one: next(iter(follow(one))))
    [name] = request.url.params.get_list("topic")
    assert [one.pattern for one in TOPICS if one.match(name) is not None] == [topic]
    assert request.headers["Accept"] == "application/x-ndjson"
