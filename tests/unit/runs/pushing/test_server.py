"""Addresses that are none, servers that are none, and what doctor says of both."""

from __future__ import annotations

import pytest

from jupyter_crispdm.app import CrispdmApp
from jupyter_crispdm.base.errors import SetupError
from jupyter_crispdm.base.rooms.checks import Verdict
from jupyter_crispdm.runs.pushing.checks import look
from jupyter_crispdm.runs.pushing.server import Credentials, TrackingServer, Unreachable, address
from jupyter_crispdm.runs.settings import RunSettings

from .double import Double, Wrong, served


@pytest.mark.proves("runs.pushed")
@pytest.mark.parametrize(("uri", "words"), [
    ("file:///mlruns", "is not the address"), ("sqlite:///mlflow.db", "is not the address"),
    ("databricks", "is not the address"), ("http://", "is not the address"), ("http://[::1", "is not the address"),
    ("http://host:port", "is not the address"), ("http://host\n", "is not the address"),
    ("https://ada:s3cret@host", "must not hold a name or password"), ("https://host/?a=1", "must end with the path"),
])  # fmt: skip
async def test_what_is_no_address_is_refused_with_what_to_do(uri: str, words: str) -> None:
    with pytest.raises(SetupError, match=words) as refused:
        address(uri)
    assert "CrispdmApp.mlflow_tracking_uri" in str(refused.value)
    assert "s3cret" not in str(refused.value)
    settings = CrispdmApp()
    settings.mlflow_tracking_uri = uri
    assert isinstance(settings, RunSettings)
    (check,) = await look(settings)
    assert check.verdict is Verdict.broken
    assert words in check.reason


@pytest.mark.proves("runs.pushed")
async def test_nothing_is_said_where_none_is_named() -> None:
    assert await look(CrispdmApp()) == []
    assert address("https://host:5000/team/") == "https://host:5000/team"


@pytest.mark.proves("runs.pushed")
@pytest.mark.parametrize("answer", [
    {}, {"experiment": 3}, {"experiment": {"experiment_id": "../1"}}, {"experiment": {"experiment_id": "1\n"}},
])  # fmt: skip
async def test_an_answer_that_is_not_mlflows_is_an_outage(
    monkeypatch: pytest.MonkeyPatch, answer: dict[str, object]
) -> None:
    double = Double()
    monkeypatch.setattr(double, "answer", lambda verb, body: answer)
    async with served(double):
        server = TrackingServer(double.url, Credentials())
        with pytest.raises(Unreachable, match="does not speak MLflow's API"):
            await server.experiment("x")
        await server.close()


@pytest.mark.proves("runs.pushed")
@pytest.mark.parametrize(("wrong", "words"), [
    (Wrong(302, "MOVED"), "does not speak"), (Wrong(403, "PERMISSION_DENIED"), "does not let us in"),
    (Wrong(429, "REQUEST_LIMIT_EXCEEDED"), "has trouble: 429"), (Wrong(400, "INVALID_PARAMETER_VALUE"), "refuses the"),
])  # fmt: skip
async def test_what_is_no_fault_of_a_run_is_an_outage(wrong: Wrong, words: str) -> None:
    double = Double()

    def trouble(verb: str, number: int) -> bool:
        raise wrong

    double.trouble = trouble
    async with served(double):
        server = TrackingServer(double.url, Credentials())
        with pytest.raises(Unreachable, match=words):
            await server.experiment("x")
        await server.close()


@pytest.mark.proves("runs.pushed")
async def test_an_experiment_is_made_once_and_a_deleted_one_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    double = Double()
    async with served(double):
        server = TrackingServer(double.url, Credentials())
        assert await server.experiment("x") == await server.experiment("x") == "1"

        def race(verb: str, number: int) -> bool:
            if verb == "experiments/create" and double.heard[-1][1] == {"name": "y"}:
                double.experiments["9"] = {"experiment_id": "9", "name": "y"}
            return False

        double.trouble = race  # somebody else makes it in that moment
        assert await server.experiment("y") == "9"
        double.experiments["1"]["lifecycle_stage"] = "deleted"
        with pytest.raises(Unreachable, match="was deleted"):
            await server.experiment("x")
        await server.close()
