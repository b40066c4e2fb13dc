"""`send`: a line, a text, the end of the input."""

from __future__ import annotations

import httpx
import pytest

from jupyter_crispdm.cli import main
from tests.unit.cli.conftest import ScriptedServer, refusal

Out = pytest.CaptureFixture[str]


@pytest.mark.proves("cli.send")
@pytest.mark.parametrize(
    ("words", "sent"),
    [
        (["yes"], [("yes\n", False)]),
        (["yes", "-n"], [("yes", False)]),
        (["-n", "yes"], [("yes", False)]),
        ([""], [("\n", False)]),
        (["--eof"], [(None, True)]),
        (["last words", "--eof"], [("last words\n", False), (None, True)]),
        (["-n", "", "--eof"], [("", False), (None, True)]),
    ],
)
def test_what_was_typed_is_sent_in_order(
    words: list[str], sent: list[tuple[str | None, bool]], server: ScriptedServer
) -> None:
    server.put("POST", "jobs/j1/input", httpx.Response(204))
    assert main(["send", "j1", *words]) == 0
    assert [(body["text"], body["eof"]) for _, body in server.sent("POST")] == sent


def test_nothing_to_send_is_a_usage_error(server: ScriptedServer, capsys: Out) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["send", "j1"])
    assert ended.value.code == 2
    assert "Give TEXT or --eof" in capsys.readouterr().err
    assert server.asked == []


def test_a_job_that_is_over_says_so(server: ScriptedServer, capsys: Out) -> None:
    server.put("POST", "jobs/j1/input", refusal(409, "conflict", "The job is over: it reads nothing more.", id="j1"))
    assert main(["send", "j1", "yes"]) == 1
    assert capsys.readouterr().err == "jupyter crispdm: The job is over: it reads nothing more.\n"


def test_the_end_is_not_sent_after_a_text_that_was_refused(server: ScriptedServer) -> None:
    server.put("POST", "jobs/j1/input", refusal(409, "conflict", "It is over.", id="j1"), httpx.Response(204))
    assert main(["send", "j1", "yes", "--eof"]) == 1
    assert len(server.sent("POST")) == 1
