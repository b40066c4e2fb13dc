"""The nouns of the client: what they send and how they read the answers."""

from __future__ import annotations

import httpx
import pytest

from jupyter_crispdm.base import errors
from jupyter_crispdm.client.deployments import Deployments
from jupyter_crispdm.client.environments import Environments
from jupyter_crispdm.client.errors import NotSignedIn, ServerUnreachable, UnexpectedAnswer, refusal
from jupyter_crispdm.client.jobs import Jobs
from jupyter_crispdm.client.models import Models
from tests.unit.client.fake_server import JOB, FakeServer, error, lines


def jobs(server: FakeServer) -> Jobs:
    return Jobs(server.transport(), server.live())


@pytest.mark.proves("client.jobs-submit")
def test_submit_sends_what_was_given_and_returns_the_job() -> None:
    server = FakeServer(httpx.Response(201, json=JOB))
    job = jobs(server).submit(["python", "train.py"], environment="demo", parameters={"epochs": 3}, retries=1)
    assert job.id == "j1"
    assert job.state.value == "running"
    body = server.body()
    assert body["command"] == ["python", "train.py"]
    assert (body["environment"], body["parameters"], body["retries"]) == ("demo", {"epochs": 3}, 1)


@pytest.mark.proves("client.jobs-list")
def test_list_sends_only_the_filters_that_were_given() -> None:
    server = FakeServer(httpx.Response(200, json={"jobs": [JOB]}))
    assert [job.id for job in jobs(server).list(state="running")] == ["j1"]
    assert dict(server.requests[0].url.params) == {"state": "running"}


@pytest.mark.proves("client.jobs-list")
def test_names_are_quoted_in_paths() -> None:
    server = FakeServer(httpx.Response(200, json=JOB), httpx.Response(200, content=b"x"))
    jobs(server).get("../users")
    jobs(server).artifact("j1", "plots/a b?.png")
    paths = [request.url.raw_path for request in server.requests]
    assert paths[0] == b"/base/crispdm/api/jobs/..%2Fusers"
    assert paths[1].endswith(b"/jobs/j1/artifacts/plots/a%20b%3F.png")


@pytest.mark.proves("client.jobs-stop", "client.jobs-send", "client.jobs-delete")
def test_stop_send_and_delete() -> None:
    server = FakeServer(
        httpx.Response(202, json=JOB),
        httpx.Response(202, json={"jobs": [JOB]}),
        httpx.Response(204),
        httpx.Response(204),
        httpx.Response(204),
    )
    nouns = jobs(server)
    assert nouns.stop("j1").id == "j1"
    assert [job.id for job in nouns.stop_all()] == ["j1"]
    nouns.send("j1", "yes\n")
    nouns.send("j1", eof=True)
    nouns.delete("j1")
    assert [(request.method, request.url.path.rpartition("/api/")[2]) for request in server.requests] == [
        ("POST", "jobs/j1/stop"),
        ("POST", "jobs/stop"),
        ("POST", "jobs/j1/input"),
        ("POST", "jobs/j1/input"),
        ("DELETE", "jobs/j1"),
    ]
    assert server.body(2)["text"] == "yes\n"
    assert server.body(3)["eof"] is True


@pytest.mark.proves("streaming.large-files", "client.jobs-log")
def test_a_log_is_read_in_pieces_that_cut_no_letter() -> None:
    text = "für" * 50_000
    plain = {"Content-Type": "text/plain; charset=utf-8"}
    server = FakeServer(httpx.Response(200, content=text.encode(), headers=plain))
    assert jobs(server).log("j1") == text


@pytest.mark.proves("client.jobs-metrics")
def test_metrics_keep_what_json_has_no_number_for() -> None:
    series = {"loss": {"step": [0, 1, 2], "value": [0.5, None, "Infinity"], "time": [1.0, 2.0, 3.0]}}
    server = FakeServer(httpx.Response(200, json={"cursor": 3, "series": series}))
    metrics = jobs(server).metrics("j1", since=0, names=["loss", "iou"])
    assert metrics.cursor == 3
    assert metrics.series["loss"].value == [0.5, None, "Infinity"]
    assert server.requests[0].url.params.get_list("name") == ["loss", "iou"]


@pytest.mark.proves("client.jobs-zoom")
def test_a_range_of_curves_is_asked_for_by_its_axis() -> None:
    series = {"loss": {"step": [4, 5], "value": [0.5, 0.25], "time": [1.0, 2.0], "restarts": [1]}}
    server = FakeServer(httpx.Response(200, json={"cursor": 9, "series": series}))
    found = jobs(server).zoom("j1", "step", begin=4, end=5.5, points=50, names=["loss"])
    assert (found.cursor, found.series["loss"].restarts) == (9, [1])
    asked = {name: server.requests[0].url.params.get_list(name) for name in ("axis", "begin", "end", "points", "name")}
    assert asked == {"axis": ["step"], "begin": ["4"], "end": ["5.5"], "points": ["50"], "name": ["loss"]}


ENVIRONMENT = {
    "id": "demo-1",
    "name": "demo",
    "kind": "venv",
    "version": "3.12.1",
    "prefix": "/e",
    "python": "/e/bin/python",
    "kernel": {"name": "k", "ready": True},
}


@pytest.mark.proves("client.environments")
def test_environments() -> None:
    server = FakeServer(
        httpx.Response(200, json={"environments": [ENVIRONMENT]}),
        httpx.Response(200, json={**ENVIRONMENT, "packages": [{"name": "torch", "version": "2.13.0"}]}),
    )
    environments = Environments(server.transport())
    assert [found.name for found in environments.list(refresh=True)] == ["demo"]
    assert environments.get("demo-1").packages[0].name == "torch"


@pytest.mark.proves("client.environments")
def test_environments_that_are_made_and_compared() -> None:
    accepted = {"job": "j-1", "id": "study-1", "environment": "study", "prefix": "/e"}
    difference = {"only_here": [], "only_there": [], "different": [], "same": 3}
    server = FakeServer(
        *(httpx.Response(202, json=accepted) for _ in range(4)),
        httpx.Response(200, json=difference),
        httpx.Response(200, text="torch==2.13.0\n"),
        httpx.Response(200, json={"packages": [{"name": "torch", "version": "2.13.0"}]}),
    )
    environments = Environments(server.transport())
    assert environments.create("study", ["torch"], kind="uv").job == "j-1"
    assert environments.clone("demo-1", "study").environment == "study"
    assert environments.install("study", ["numpy"]).id == "study-1"
    assert environments.delete("study").prefix == "/e"
    assert environments.diff("demo-1", "study").same == 3
    assert environments.export("demo-1") == "torch==2.13.0\n"
    assert environments.packages("demo-1", "tor")[0].version == "2.13.0"


VERSION = {
    "name": "m",
    "version": 1,
    "format": "torch",
    "task": "segmentation",
    "classes": ["0"],
    "signature": {},
    "metadata": {"algorithm": "unet", "dataset": "digits"},
    "job": "j1",
    "environment": "demo-1",
    "created": "2026-11-21T12:00:00Z",
    "size": 10,
    "sha256": "0",
}


@pytest.mark.proves("client.models")
def test_models() -> None:
    model = {"name": "m", "latest": 1, "aliases": {}, "versions": [VERSION]}
    server = FakeServer(
        httpx.Response(200, json={"models": [model]}), httpx.Response(201, json=VERSION), httpx.Response(204)
    )
    models = Models(server.transport())
    assert models.list()[0].versions[0].weight == "unet_digits1"
    assert models.register("m", job="j1", artifact="artifacts/m.pt").version == 1
    models.set_alias("m", "best", 1)
    assert server.body(2) == {"version": 1}


DEPLOYMENT = {
    "id": "d1",
    "model": "m",
    "version": 1,
    "environment": "demo-1",
    "workers": 1,
    "state": "starting",
    "reason": "",
    "url": "http://127.0.0.1:8503",
    "owner": "ada",
    "created": "2026-11-21T12:00:00Z",
}


@pytest.mark.proves("client.deployments")
def test_a_deployment_is_watched_until_it_is_gone() -> None:
    def tell(seq: int, *deployments: dict[str, object]) -> dict[str, object]:
        return {"topic": "deployments", "seq": seq, "data": {"deployments": [*deployments]}}

    server = FakeServer(lines(tell(1, DEPLOYMENT), tell(2, {**DEPLOYMENT, "state": "ready"}), tell(3)))
    states = [found.state.value for found in Deployments(server.transport(), server.live()).watch("d1")]
    assert states == ["starting", "ready"]


@pytest.mark.proves("client.errors")
def test_what_the_server_refuses_comes_back_as_it_was_raised() -> None:
    server = FakeServer(error(409, "conflict", "There is another job with the id 'x'.", field="id"))
    with pytest.raises(errors.Conflict, match="another job") as caught:
        jobs(server).submit(["true"], id="x")
    assert caught.value.details == {"field": "id"}


@pytest.mark.proves("client.errors")
@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "bad_request", errors.BadRequest),
        (404, "not_found", errors.NotFound),
        (422, "of_the_future", errors.Unprocessable),
        (500, "internal_server_error", errors.CrispdmError),
        (507, "storage_full", errors.StorageFull),
    ],
)
def test_every_error_has_its_class(status: int, code: str, kind: type[Exception]) -> None:
    answer = error(status, code, "why")
    found = refusal(status, answer.content, "http://here/")
    assert type(found) is kind
    assert str(found) == "why"


@pytest.mark.proves("client.errors")
def test_a_role_that_is_not_enough_is_told_from_no_login() -> None:
    server = FakeServer(
        error(403, "forbidden", "Your role does not allow it.", resource="jobs"),
        error(403, "forbidden", "Log in first."),
        httpx.Response(302, headers={"Location": "/login"}),
    )
    with pytest.raises(errors.Forbidden, match="role"):
        jobs(server).get("j1")
    for _ in range(2):
        with pytest.raises(NotSignedIn, match="CRISPDM_TOKEN"):
            jobs(server).get("j1")


def test_another_program_at_the_address_is_said_to_be_one() -> None:
    server = FakeServer(httpx.Response(200, text="<html>"), httpx.Response(502, text="<html>"))
    for _ in range(2):
        with pytest.raises(UnexpectedAnswer):
            jobs(server).get("j1")


def test_after_a_failure_the_server_is_looked_up_again() -> None:
    server = FakeServer(httpx.ConnectError("refused"), httpx.Response(200, json=JOB))
    nouns = jobs(server)
    with pytest.raises(ServerUnreachable, match="http://here:1/base/ does not answer: refused"):
        nouns.get("j1")
    assert nouns.get("j1").id == "j1"
    assert server.located == 2


def test_a_server_that_is_starting_is_waited_for() -> None:
    starting = [error(503, "not_ready", "The server is starting.", retry_after=2) for _ in range(2)]
    server = FakeServer(*starting, httpx.Response(202, json=JOB))
    assert jobs(server).stop("j1").id == "j1"
    assert server.time.pauses == [2.0, 2.0]
    assert [request.url.path for request in server.requests] == ["/base/crispdm/api/jobs/j1/stop"] * 3


def test_a_server_that_never_gets_ready_is_given_up() -> None:
    server = FakeServer(*(error(503, "not_ready", retry_after=1e9) for _ in range(31)))
    with pytest.raises(errors.NotReady):
        jobs(server).delete("j1")
    assert max(server.time.pauses) <= 5


def test_a_part_that_is_not_there_is_not_waited_for() -> None:
    server = FakeServer(error(503, "unavailable"))
    with pytest.raises(errors.Unavailable):
        jobs(server).delete("j1")
    assert server.time.pauses == []
