"""Schedules and models as a program sees them: what is sent, and how the answer is read."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from jupyter_crispdm.base.errors import NotFound
from jupyter_crispdm.client.errors import UnexpectedAnswer
from jupyter_crispdm.client.models import Models
from jupyter_crispdm.client.schedules import Schedules
from jupyter_crispdm.jobs.types import Submission
from jupyter_crispdm.schedules.types import Missed, Overlap
from tests.unit.cli.models.test_models import VERSION, registry
from tests.unit.client.fake_server import JOB, FakeServer, error

SCHEDULE: dict[str, Any] = {
    "id": "s1", "name": "nightly", "cron": "0 3 * * *", "timezone": "UTC", "missed": "once", "overlap": "skip",
    "paused": False, "owner": "ada", "created": "2026-11-21T12:00:00Z", "submission": {"command": ["true"]},
    "next_run": "2026-11-22T03:00:00Z", "last_run": None, "last_job": None, "reason": "", "description": "at 03:00",
}  # fmt: skip


def asked(server: FakeServer, number: int = -1) -> tuple[str, str]:
    request = server.requests[number]
    return request.method, request.url.raw_path.decode().partition("/crispdm/api/")[2]


def schedules(*answers: Any, status: int = 200) -> tuple[Schedules, FakeServer]:
    made = [one if isinstance(one, httpx.Response) else httpx.Response(status, json=one) for one in answers]
    server = FakeServer(*made)
    return Schedules(server.transport()), server


def test_a_schedule_is_made_of_all_that_was_said() -> None:
    noun, server = schedules(SCHEDULE, status=201)
    made = noun.create(
        "0 3 * * *", Submission(script="fit.py", args=["-v"]), timezone="Europe/Berlin", name="nightly",
        missed=Missed.skip, overlap=Overlap.skip, paused=True,
    )  # fmt: skip
    assert made.id == "s1"
    body = server.body()
    assert (body["cron"], body["timezone"], body["name"]) == ("0 3 * * *", "Europe/Berlin", "nightly")
    assert (body["missed"], body["overlap"], body["paused"]) == ("skip", "skip", True)
    assert (body["submission"]["script"], body["submission"]["args"]) == ("fit.py", ["-v"])


def test_a_change_says_nothing_of_what_stays() -> None:
    noun, server = schedules(SCHEDULE, SCHEDULE, SCHEDULE)
    noun.change("s1", cron="0 4 * * *")
    noun.pause("s1")
    noun.resume("s1")
    bodies = [server.body(number) for number in range(3)]
    assert [{name: value for name, value in body.items() if value is not None} for body in bodies] == [
        {"cron": "0 4 * * *"}, {"paused": True}, {"paused": False},
    ]  # fmt: skip
    assert {asked(server, number) for number in range(3)} == {("PATCH", "schedules/s1")}


def test_a_change_of_what_is_no_field_is_an_error_at_once() -> None:
    noun, server = schedules()
    with pytest.raises(TypeError, match="crom"):
        noun.change("s1", crom="0 4 * * *")
    assert server.requests == []


def test_lists_runs_previews_and_removals_go_to_their_addresses() -> None:
    preview = {"description": "at 03:00", "times": ["2026-11-22T03:00:00Z"]}
    noun, server = schedules({"schedules": [SCHEDULE]}, SCHEDULE, JOB, httpx.Response(204), preview)
    assert [one.name for one in noun.list()] == ["nightly"]
    assert noun.get("a/b").id == "s1"
    assert noun.run("s1").id == "j1"
    noun.delete("s1")
    assert [asked(server, number) for number in range(4)] == [
        ("GET", "schedules"), ("GET", "schedules/a%2Fb"), ("POST", "schedules/s1/run"), ("DELETE", "schedules/s1"),
    ]  # fmt: skip
    assert noun.preview("0 3 * * *", "Europe/Berlin").description == "at 03:00"
    assert asked(server) == ("GET", "schedules/preview?cron=0+3+%2A+%2A+%2A&timezone=Europe%2FBerlin")


def test_a_schedule_that_is_gone_is_told_as_such() -> None:
    noun, _ = schedules(error(404, "not_found", "There is no schedule 's1'."))
    with pytest.raises(NotFound, match="no schedule 's1'"):
        noun.pause("s1")


def models(*answers: Any) -> tuple[Models, FakeServer]:
    server = FakeServer(*(one if isinstance(one, httpx.Response) else httpx.Response(200, json=one) for one in answers))
    return Models(server.transport()), server


def test_a_file_is_registered_with_all_that_is_known_of_it() -> None:
    noun, server = models(VERSION)
    version = noun.register(
        "unet_digits", path="m.pt", task="segmentation", classes=("0", "1"), signature={"inputs": []},
        metadata={"algorithm": "unet"}, environment="server",
    )  # fmt: skip
    assert (version.name, version.version, version.aliases) == ("unet_digits", 2, ["champion"])
    body = server.body()
    assert (body["name"], body["path"], body["format"], body["classes"]) == ("unet_digits", "m.pt", "torch", ["0", "1"])
    assert (body["metadata"], body["signature"]) == ({"algorithm": "unet"}, {"inputs": []})


def test_names_and_aliases_are_each_one_piece_of_an_address() -> None:
    noun, server = models(httpx.Response(204), httpx.Response(204), registry(VERSION)["models"][0])
    noun.set_alias("a/b", "c d", 3)
    assert (asked(server), server.body()) == (("PUT", "models/a%2Fb/aliases/c%20d"), {"version": 3})
    noun.delete("a/b", 3)
    assert asked(server) == ("DELETE", "models/a%2Fb/versions/3")
    assert noun.get("a/b").latest == 2


def test_models_of_a_newer_server_are_read_as_far_as_they_are_known() -> None:
    newer = {**VERSION, "of_tomorrow": {"a": 1}}
    noun, _ = models(registry(newer))
    assert noun.list()[0].versions[0].version == 2


def test_models_of_something_else_are_no_models() -> None:
    noun, _ = models({"models": [{"name": "x"}]})
    with pytest.raises(UnexpectedAnswer, match="does not answer as expected"):
        noun.list()
