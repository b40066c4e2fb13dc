"""What is done with jobs is the same on every road."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support import eventually_sync

from .roads import ByClient, ByCommands, OverHttp, OverSocket, Refused, Road

FINAL = {"succeeded", "failed", "stopped", "lost"}


def python(code: str) -> list[str]:
    return ["python", "-c", code]


def over(road: Road, id: str) -> dict[str, Any]:
    """The job as this road tells it once it is over."""
    return dict(eventually_sync(lambda: job if (job := road.job(id))["state"] in FINAL else None))


def in_state(road: Road, id: str, state: str) -> None:
    eventually_sync(lambda: road.job(id)["state"] == state)


@pytest.mark.proves("manifest.one-test-four-roads", "http.jobs-submit", "cli.run", "client.jobs-submit")
def test_a_job_is_submitted_with_what_was_asked_for(road: Road) -> None:
    wishes = {"name": "sweep", "parameters": {"lr": 0.1, "kind": "adam"}, "tags": ["a"], "retries": 1, "cpus": 1}
    id = road.submit(python("print('done')"), **wishes)
    job = over(road, id)
    assert (job["state"], job["exit_code"], job["environment"]) == ("succeeded", 0, "server")
    assert {name: job[name] for name in ("name", "parameters", "tags", "cpus")} == {
        name: wishes[name] for name in ("name", "parameters", "tags", "cpus")
    }
    assert id in [one["id"] for one in road.jobs()]


@pytest.mark.proves("http.jobs-fields")
def test_every_road_tells_the_same_of_a_job(lab: Any, http: OverHttp, road: Road) -> None:
    id = http.submit(python("import crispdm; crispdm.progress(1, 2, 'half'); crispdm.params({'n': 3})"), name="x <b>")
    over(http, id)
    eventually_sync(lambda: road.job(id)["progress"])
    assert road.job(id) == http.job(id)
    assert road.job(id)["progress"] == {"done": 1.0, "total": 2.0, "message": "half"}


@pytest.mark.proves("http.jobs-log", "live.topic-log", "cli.run-follow", "cli.logs")
def test_a_log_is_followed_to_its_end(road: Road) -> None:
    id = road.submit(python("print('für', flush=True); print(input()); print('x' * 100_000)"))
    in_state(road, id, "running")
    road.send(id, "ada\n")
    assert road.log(id) == "für\nada\n" + "x" * 100_000 + "\n"
    assert road.log(id) == "für\nada\n" + "x" * 100_000 + "\n"  # and of one that is over


@pytest.mark.proves("jobs.stdin", "cli.send", "client.jobs-send", "http.jobs-input")
def test_a_job_reads_what_is_sent_until_the_end_of_its_input(road: Road) -> None:
    id = road.submit(python("import sys; print(repr(sys.stdin.read()))"))
    in_state(road, id, "running")
    road.send(id, "one\n")
    road.send(id, "two")
    road.end_input(id)
    assert road.log(id) == "'one\\ntwo'\n"


@pytest.mark.proves("jobs.stop-one", "http.jobs-stop", "cli.stop", "client.jobs-stop")
def test_a_job_is_stopped(road: Road) -> None:
    id = road.submit(python("import time; time.sleep(600)"))
    in_state(road, id, "running")
    road.stop(id)
    assert over(road, id)["state"] == "stopped"
    assert road.job(id)["exit_code"] != 0


@pytest.mark.proves("jobs.stop-all", "http.jobs-stop-many", "client.jobs-stop")
def test_all_that_run_or_wait_are_stopped(road: Road) -> None:
    ids = [road.submit(python("import time; time.sleep(600)")) for _ in range(3)]
    road.stop_all()
    assert [over(road, id)["state"] for id in ids] == ["stopped"] * 3


@pytest.mark.proves("jobs.rerun", "http.jobs-rerun", "cli.rerun", "client.jobs-rerun")
def test_a_job_is_run_again_with_changes(road: Road) -> None:
    program = python("import os; print(os.environ['CRISPDM_PARAMETERS'])")
    first = road.submit(program, parameters={"lr": 1, "n": 2})
    over(road, first)
    again = road.rerun(first, parameters={"lr": 5, "n": 2}, name="again")
    assert road.log(again) == '{"lr":5,"n":2}\n'
    assert {name: road.job(again)[name] for name in ("name", "rerun_of")} == {"name": "again", "rerun_of": first}


@pytest.mark.proves("jobs.reasons")
def test_why_a_job_failed_is_the_same_everywhere(road: Road) -> None:
    job = over(road, road.submit(python("raise ValueError('no such column')")))
    assert (job["state"], job["exit_code"], job["reason"]) == ("failed", 1, "ValueError: no such column")


@pytest.mark.proves("http.jobs-after")
def test_a_job_waits_for_another_and_says_so(road: Road) -> None:
    busy = road.submit(python("import time; time.sleep(600)"))
    waiting = road.submit(python("pass"), after=[busy])
    eventually_sync(lambda: road.job(waiting)["reason"])
    assert (road.job(waiting)["state"], road.job(waiting)["reason"]) == ("queued", f"waits for job {busy}")
    road.stop(busy)
    job = over(road, waiting)
    assert (job["state"], busy in job["reason"]) == ("stopped", True)


@pytest.mark.proves("http.jobs-idempotent")
def test_a_job_of_ones_own_id_is_made_once(http: OverHttp) -> None:
    assert {http.submit(python("pass"), id="mine-1") for _ in range(2)} == {"mine-1"}


@pytest.mark.proves("http.jobs-submit-bad", "cli.errors", "client.errors")
@pytest.mark.parametrize(("wishes", "field"), [
    ({"after": ["nothing"]}, "nothing"),
    ({"cpus": 100_000}, "'cpus'"),
    ({"cwd": "../out"}, "'cwd'"),
    ({"name": "x" * 1000}, "'name'"),
    ({"tags": [""]}, "'tags'"),
])  # fmt: skip
def test_a_bad_wish_is_refused_with_the_same_words(
    wishes: dict[str, Any], field: str, http: OverHttp, road: Road
) -> None:
    with pytest.raises(Refused) as at_first:
        http.submit(["true"], **wishes)
    with pytest.raises(Refused) as here:
        road.submit(["true"], **wishes)
    assert field in str(here.value)
    assert str(here.value) == str(at_first.value)


@pytest.mark.proves("cli.errors", "client.errors", "live.socket")
@pytest.mark.parametrize("verb", ["log", "stop", "rerun", "job", "send"])
def test_an_unknown_job_is_told_with_the_same_words(verb: str, road: Road) -> None:
    more = ["x"] if verb == "send" else []
    with pytest.raises(Refused) as caught:
        getattr(road, verb)("nothing", *more)
    assert str(caught.value).endswith("There is no job 'nothing'.")  # `stop` takes several, and names which


@pytest.mark.proves("cli.jobs-filters", "http.jobs-list", "client.jobs-list")
def test_jobs_are_found_by_state_and_owner(http: OverHttp, road: Road) -> None:
    id = http.submit(python("raise SystemExit(3)"))
    owner = over(http, id)["owner"]

    def found(**query: Any) -> list[str]:
        if isinstance(road, ByCommands):
            options = [word for name, value in query.items() for word in (f"--{name}", str(value))]
            return [job["id"] for job in road._list("jobs", *options)]
        if isinstance(road, ByClient):
            return [job.id for job in road.client.jobs.list(**query)]
        if isinstance(road, OverSocket):  # a page finds them itself among all
            return [job["id"] for job in road.jobs() if all(job[name] == value for name, value in query.items())]
        assert isinstance(road, OverHttp)
        return [job["id"] for job in road.call("GET", "jobs", **query)["jobs"]]

    assert id in found(state="failed")
    assert id in found(owner=owner)
    assert found(owner="nobody") == []
    assert id not in found(state="succeeded")


@pytest.mark.proves("client.jobs-artifacts", "http.jobs-artifacts")
def test_what_a_job_kept_is_listed_and_read(http: OverHttp, road: Road) -> None:
    code = "import crispdm, pathlib; pathlib.Path('report ü.txt').write_text('good'); crispdm.artifact('report ü.txt')"
    id = http.submit(python(code))
    assert over(http, id)["exit_code"] == 0
    if isinstance(road, ByClient):
        assert [one.path for one in road.client.jobs.artifacts(id)] == ["report ü.txt"]
        assert road.client.jobs.artifact(id, "report ü.txt") == b"good"
    elif isinstance(road, OverHttp):
        assert [one["path"] for one in road.call("GET", f"jobs/{id}/artifacts")["artifacts"]] == ["report ü.txt"]


@pytest.mark.proves("client.jobs-media")
def test_what_a_job_kept_with_a_step_is_listed_and_read(http: OverHttp, road: Road) -> None:
    code = "import crispdm; [crispdm.text('layer/1 ü?', 'at %d' % step, step=step) for step in (3, 7)]"
    id = http.submit(python(code))
    assert over(http, id)["exit_code"] == 0
    if isinstance(road, ByClient):
        (kept,) = road.client.jobs.media(id, kind="text")
        assert (kept.name, [piece.step for piece in kept.pieces]) == ("layer/1 ü?", [3, 7])
        assert road.client.jobs.piece(id, kept.name) == b"at 7"
        assert road.client.jobs.piece(id, kept.name, 3, kind="text") == b"at 3"
        assert list(road.client.jobs.media(id, "another")) == []
    elif isinstance(road, OverHttp):
        assert [one["name"] for one in road.call("GET", f"jobs/{id}/media")["media"]] == ["layer/1 ü?"]


@pytest.mark.proves("http.jobs-delete", "client.jobs-delete")
def test_a_deleted_job_is_gone_on_every_road(http: OverHttp, road: Road) -> None:
    id = http.submit(python("input()"))
    in_state(http, id, "running")
    with pytest.raises(Refused, match="Stop it first"):
        http.call("DELETE", f"jobs/{id}")
    http.end_input(id)
    over(http, id)
    if isinstance(road, ByClient):
        road.client.jobs.delete(id)
    else:
        http.call("DELETE", f"jobs/{id}")
    assert id not in [job["id"] for job in road.jobs()]
    with pytest.raises(Refused, match=f"There is no job '{id}'"):
        road.job(id)
