"""A log as text: nothing twice, nothing quietly missing."""

from __future__ import annotations

from jupyter_crispdm.client.jobs import Jobs
from jupyter_crispdm.client.logtext import LogText
from tests.unit.client.fake_server import FakeServer, lines, log_message

LINES = "".join(f"line {number}\n" for number in range(100))


def test_text_follows_text() -> None:
    said: list[str] = []
    text = LogText(said.append)
    assert [text.add({"text": one, "start": 0, "end": 0}) for one in ("a", "", "b")] == ["a", "", "b"]
    assert not text.has_ended
    assert text.add({"text": "", "start": 0, "end": 0, "ended": True}) == ""
    assert text.has_ended
    assert said == []


def test_after_a_reset_comes_what_did_not_come_before() -> None:
    said: list[str] = []
    text = LogText(said.append)
    text.add({"text": LINES})
    assert text.add({"text": "dropped\n" + LINES + "new\n", "reset": True}) == "new\n"
    assert text.add({"text": LINES[-300:] + "new\n", "reset": True}) == LINES[-300:] + "new\n", "more is missing"
    assert len(said) == 1
    assert "left out" in said[0]


def test_a_short_text_is_told_again_rather_than_lost() -> None:
    said: list[str] = []
    text = LogText(said.append)
    text.add({"text": "epoch 1\n"})
    assert text.add({"text": "epoch 1\nepoch 2\n", "reset": True}) == "epoch 1\nepoch 2\n"
    assert len(said) == 1


def test_trouble_and_gaps_are_said() -> None:
    said: list[str] = []
    text = LogText(said.append)
    text.add({"text": "", "trouble": "The log cannot be read: 'output.log' is a pipe."})
    assert text.add({"text": "again", "gap": True, "trouble": ""}) == "again"
    assert said[0].startswith("The log cannot be read")
    assert "left out" in said[1]
    assert len(said) == 2


def test_a_log_that_is_numbered_anew_is_followed_on_after_a_broken_connection() -> None:
    server = FakeServer(
        lines({**log_message(LINES, 0), "epoch": "a-0"}, broken=True),
        lines({**log_message(LINES[-100:] + "new\n", 500, reset=True), "epoch": "a-2"}, broken=True),
        lines({**log_message("end\n", 604), "epoch": "a-2"}, {**log_message("", 608, ended=True), "epoch": "a-2"}),
    )
    said: list[str] = []
    told = list(Jobs(server.transport(), server.live()).follow("j1", remark=said.append))
    assert told == [LINES, LINES[-100:] + "new\n", "end\n"]
    places = [(request.url.params.get("since"), request.url.params.get("epoch")) for request in server.requests]
    assert places == [("0", None), (str(len(LINES)), "a-0"), ("604", "a-2")]
    assert len(said) == 1
