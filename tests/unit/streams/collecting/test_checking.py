from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from jupyter_crispdm.base.errors import BadRequest, CrispdmError, NotFound, Unprocessable
from jupyter_crispdm.streams.collecting.checking import SourceChecks, check_alarms, require_finite
from jupyter_crispdm.streams.types import Alert, Detector, NewStream, Source, ThresholdDetector, ZScoreDetector


@pytest.fixture
def checks(tmp_path: Path) -> SourceChecks:
    async def run_of(job: str) -> Path:
        if job != "training":
            raise NotFound("There is no such job.")
        return tmp_path / "jobs" / job

    (tmp_path / "files").mkdir()
    return SourceChecks(tmp_path / "files", tmp_path / "serving", tmp_path / "streams", run_of, ["LINE_PASSWORD"])


def source(**fields: Any) -> Any:
    return msgspec.convert(fields, Source)


@pytest.mark.proves("streams.sources")
@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"kind": "simulated", "rate": 5}, ""),
        ({"kind": "mqtt", "host": "broker", "topic": "line/+/x/#"}, ""),
        ({"kind": "mqtt", "host": "broker", "topic": "a", "tls": True, "ca": "ca.pem"}, "files/ca.pem"),
        ({"kind": "file", "path": "data/line.csv"}, "files/data/line.csv"),
        ({"kind": "http", "url": "https://sensor.example/now", "fields": {"time": "$.ts", "value": "$.v"}}, ""),
        ({"kind": "http", "url": "wss://sensor.example:8443/now"}, ""),
        ({"kind": "metrics", "job": "training"}, "jobs/training"),
        ({"kind": "serving"}, "serving"),
        ({"kind": "replay", "stream": "line", "speed": 10}, "streams/line"),
    ],
)
async def test_each_kind_of_source_is_known_and_what_it_reads_is_found(
    checks: SourceChecks, tmp_path: Path, fields: dict[str, Any], place: str
) -> None:
    await checks.check(source(**fields), ["line"])
    assert await checks.place(source(**fields)) == (str(tmp_path / place) if place else "")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"kind": "file", "path": "../outside"}, "source.path"),
        ({"kind": "file", "path": "/etc/passwd"}, "source.path"),
        ({"kind": "file", "path": "a\0b"}, "source.path"),
        ({"kind": "mqtt", "host": "broker", "topic": "a/b#"}, "source.topic"),
        ({"kind": "mqtt", "host": "broker", "topic": "a/#/b"}, "source.topic"),
        ({"kind": "mqtt", "host": "broker", "topic": "a+/b"}, "source.topic"),
        ({"kind": "mqtt", "host": "me@broker", "topic": "a"}, "source.host"),
        ({"kind": "mqtt", "host": "broker\n", "topic": "a"}, "source.host"),
        ({"kind": "http", "url": "file:///etc/passwd"}, "source.url"),
        ({"kind": "http", "url": "http://"}, "source.url"),
        ({"kind": "http", "url": "http://[broken"}, "source.url"),
        ({"kind": "http", "url": "http://a:99999/"}, "source.url"),
        ({"kind": "http", "url": "http://me:secret@sensor/"}, "source.url"),
        ({"kind": "metrics", "job": "other"}, "source.job"),
        ({"kind": "replay", "stream": "nobody"}, "source.stream"),
        ({"kind": "simulated", "fields": {"seq": "$.a"}}, "source.fields"),
        ({"kind": "simulated", "fields": {"": "$.a"}}, "source.fields"),
        ({"kind": "simulated", "fields": {"value": "not a path("}}, "source.fields.value"),
        ({"kind": "mqtt", "host": "b", "topic": "a", "password_env": "HOME"}, "source.password_env"),
        ({"kind": "mqtt", "host": "b", "topic": "a", "password_env": "LINE_PASSWORD"}, "source.password_env"),
    ],
)
async def test_what_cannot_work_is_refused_by_field(
    checks: SourceChecks, fields: dict[str, Any], field: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LINE_PASSWORD", raising=False)
    with pytest.raises(CrispdmError) as caught:
        await checks.check(source(**fields), ["line"])
    assert caught.value.details["field"] == field
    assert 400 <= caught.value.status < 500


async def test_a_stream_does_not_replay_itself(checks: SourceChecks) -> None:
    with pytest.raises(Unprocessable):
        await checks.check(source(kind="replay", stream="line"), ["line"], own="line")


async def test_a_link_does_not_lead_out_of_the_root(checks: SourceChecks, tmp_path: Path) -> None:
    (tmp_path / "files" / "out").symlink_to("/etc")
    with pytest.raises(BadRequest):
        await checks.check(source(kind="file", path="out/passwd"), [])


@pytest.mark.proves("streams.secrets")
def test_a_password_is_allowed_by_name(checks: SourceChecks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINE_PASSWORD", "geheim")
    monkeypatch.setenv("OTHER", "x")
    allowed = source(kind="mqtt", host="b", topic="a", password_env="LINE_PASSWORD")
    assert checks.passwords(allowed) == {"LINE_PASSWORD": "geheim"}
    assert checks.passwords(source(kind="simulated")) == {}
    with pytest.raises(Unprocessable, match="stream_secrets"):
        checks.passwords(source(kind="mqtt", host="b", topic="a", password_env="OTHER"))


@pytest.mark.parametrize(
    ("alert", "detectors", "field"),
    [
        (Alert(over=None), [], "alert.over"),
        (Alert(over=float("inf")), [], "alert.over"),
        (None, [ThresholdDetector()], "detectors[0].over"),
        (None, [ZScoreDetector(), ZScoreDetector(writes="seq")], "detectors[1].writes"),
        (None, [ThresholdDetector(over=1, name="a\nb")], "detectors[0].name"),
    ],
)
def test_limits_that_mean_nothing_are_refused(alert: Alert | None, detectors: list[Detector], field: str) -> None:
    with pytest.raises(BadRequest) as caught:
        check_alarms(alert, detectors)
    assert caught.value.details["field"] == field


def test_limits_that_mean_something_pass() -> None:
    check_alarms(Alert(over=None, under=0.1), [ThresholdDetector(over=1.0), ZScoreDetector(writes="probability")])
    check_alarms(None, [])


def test_numbers_in_lists_and_names_in_fields_are_looked_at_too() -> None:
    new = NewStream(name="a", source=source(kind="simulated", fields={"a\x07": "$.a"}))
    with pytest.raises(BadRequest) as caught:
        require_finite(new, "stream")
    assert caught.value.details["field"] == "stream.source.fields"
