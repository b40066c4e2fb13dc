"""Following topics over broken connections."""

from __future__ import annotations

import httpx
import pytest

from jupyter_crispdm.base.errors import NotFound
from jupyter_crispdm.client.errors import NotSignedIn, ServerUnreachable, UnexpectedAnswer
from jupyter_crispdm.client.jobs import Jobs, JobTimeout
from tests.unit.client.fake_server import JOB, FakeServer, Pieces, error, lines, log_message


def follow(server: FakeServer, since: int | None = 0) -> list[str]:
    live = server.live()
    return list(Jobs(server.transport(), live).follow("j1", since))


def ended(at: int) -> dict[str, object]:
    return log_message("", at, ended=True)


@pytest.mark.proves("client.jobs-follow")
def test_a_log_is_followed_to_its_end() -> None:
    server = FakeServer(lines(log_message("one\n", 0), log_message("two\n", 4), ended(8)))
    assert follow(server) == ["one\n", "two\n"]
    request = server.requests[0]
    assert request.url.path == "/base/crispdm/api/live"
    assert dict(request.url.params) == {"topic": "jobs/j1/log", "since": "0"}
    assert request.headers["Accept"] == "application/x-ndjson"
    assert request.headers["Authorization"] == "token secret"


@pytest.mark.proves("client.jobs-follow", "machine.page-lost")
def test_after_a_broken_connection_it_goes_on_at_its_cursor() -> None:
    server = FakeServer(
        lines(log_message("one\n", 0), broken=True),
        lines(log_message("two\n", 4), ended(8)),
    )
    assert "".join(follow(server)) == "one\ntwo\n"
    assert server.requests[1].url.params["since"] == "4"


def test_a_line_that_was_cut_off_comes_again_whole() -> None:
    server = FakeServer(
        lines(log_message("one\n", 0), cut=b'{"topic": "jobs/j1/log", "seq": 8, "da', broken=True),
        lines(log_message("two\n", 4), ended(8)),
    )
    assert "".join(follow(server)) == "one\ntwo\n"


def test_a_restarted_server_is_looked_up_again() -> None:
    server = FakeServer(
        lines(log_message("one\n", 0), broken=True),
        httpx.ConnectError("refused"),
        httpx.ConnectError("refused"),
        lines(log_message("two\n", 4), ended(8)),
    )
    assert "".join(follow(server)) == "one\ntwo\n"
    assert server.located == 4


def test_a_token_that_is_refused_when_it_is_fresh_ends_it() -> None:
    server = FakeServer(
        lines(log_message("one\n", 0), broken=True),
        error(403, "forbidden"),
    )
    with pytest.raises(NotSignedIn):
        follow(server)
    assert len(server.requests) == 2


def test_a_message_may_hold_any_letter_that_ends_a_line_elsewhere() -> None:
    text = "a\u2028b\x85c\x0bd\x1ce"
    server = FakeServer(lines(log_message(text, 0), ended(12)))
    assert follow(server) == [text]


@pytest.mark.proves("streaming.cut-anywhere")
def test_messages_may_be_cut_anywhere_and_blank_lines_mean_nothing() -> None:
    whole = lines(log_message("für\n", 0), ended(5)).read()
    pieces = [whole[i : i + 1] for i in range(len(whole))]
    server = FakeServer(httpx.Response(200, stream=Pieces(b"\n", b"\n", *pieces)))
    assert follow(server) == ["für\n"]


def test_what_never_came_about_is_raised_at_once() -> None:
    server = FakeServer(httpx.ConnectError("refused"))
    with pytest.raises(ServerUnreachable, match="refused"):
        follow(server)
    assert server.time.pauses == []


def test_an_unknown_job_is_raised_as_the_server_said_it() -> None:
    server = FakeServer(error(404, "not_found", "There is no job 'j1'."))
    with pytest.raises(NotFound, match="no job 'j1'"):
        follow(server)


def test_an_error_inside_the_stream_is_raised() -> None:
    message = {"topic": "t", "error": {"message": "gone", "reason": "", "code": "not_found", "details": {}}}
    server = FakeServer(lines(message))
    with pytest.raises(NotFound, match="gone"):
        follow(server)


def test_rubbish_is_said_to_be_rubbish() -> None:
    server = FakeServer(httpx.Response(200, content=b"<html>\n"))
    with pytest.raises(UnexpectedAnswer):
        follow(server)


def test_pauses_grow_and_patience_ends() -> None:
    refused = [httpx.ConnectError("refused")] * 200
    server = FakeServer(lines(log_message("one\n", 0), broken=True), *refused)
    with pytest.raises(ServerUnreachable):
        follow(server)
    assert server.time.pauses[:5] == [0.2, 0.4, 0.8, 1.6, 3.0]
    assert sum(server.time.pauses) >= 10.0


def job_message(state: str, seq: int) -> dict[str, object]:
    return {"topic": "jobs/j1", "seq": seq, "data": {"job": {**JOB, "state": state}}}


@pytest.mark.proves("client.jobs-watch")
def test_wait_returns_the_job_when_it_is_over() -> None:
    server = FakeServer(lines(job_message("running", 1), broken=True), lines(job_message("failed", 2)))
    job = Jobs(server.transport(), server.live()).wait("j1")
    assert job.state.value == "failed"


@pytest.mark.proves("client.jobs-watch")
def test_wait_gives_up_at_its_deadline() -> None:
    refused = [httpx.ConnectError("refused")] * 50
    server = FakeServer(lines(job_message("running", 1), broken=True), *refused)
    with pytest.raises(JobTimeout, match="5s"):
        Jobs(server.transport(), server.live()).wait("j1", timeout=5)
    assert server.time.now == pytest.approx(5)


def test_a_job_that_is_deleted_meanwhile_is_not_waited_for() -> None:
    deleted = {"topic": "jobs/j1", "seq": 2, "data": {"deleted": "j1"}}
    server = FakeServer(lines(job_message("running", 1), deleted))
    with pytest.raises(NotFound, match="was deleted"):
        Jobs(server.transport(), server.live()).wait("j1")
