from __future__ import annotations

import errno
import logging
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from jupyter_crispdm.base.clock import utc
from jupyter_crispdm.jobs.types import Job, JobKind, JobState, Notify
from jupyter_crispdm.notices.manager import Notices
from jupyter_crispdm.notices.messengers import Mail, Messenger, Webhook
from jupyter_crispdm.notices.notice import Notice, alert_notice
from jupyter_crispdm.tracking.diagnosis.types import AlertRule, AlertThen, AlertWhen, CurveAlert
from tests.support import eventually
from tests.unit.jobs.fakes import FakeExecutor, House
from tests.unit.notices.receivers import Hook, Post

PAGES = "http://here.example/lab"


@pytest.fixture
def hook() -> Iterator[Hook]:
    with Hook().running() as hook:
        yield hook


@asynccontextmanager
async def telling(house: House, *messengers: Messenger, start: bool = True) -> AsyncIterator[Notices]:
    notices = Notices(house.jobs, messengers, house.data / "notices", PAGES, pauses=(0.0, 0.0))
    if start:
        await notices.start()
    try:
        yield notices
    finally:
        await notices.close()


async def ended(house: House, executor: FakeExecutor, code: int = 0, **fields: Any) -> Job:
    job = await house.submit(**fields)
    await house.reaches(job.id, JobState.running)
    executor.end(job.id, code)
    return await house.reaches(job.id, JobState.failed if code else JobState.succeeded)


def told(house: House, job: Job) -> bool:
    return (house.jobs.directory(job.id) / "told").exists() and not (house.data / "notices" / job.id).exists()


@pytest.mark.proves("settings.notices", "notices.all")
async def test_a_webhook_gets_the_job_a_sentence_and_the_address(
    house: House, executor: FakeExecutor, hook: Hook
) -> None:
    async with telling(house, Webhook(hook.url)):
        job = await ended(house, executor, code=3, name="fit <!channel> & go")
        await eventually(lambda: told(house, job))
    [body] = hook.got
    assert body["event"] == "job.ended"
    assert body["text"] == "Job “fit &lt;!channel&gt; &amp; go” failed after 0:01:40: exited with code 3"
    assert body["url"] == f"{PAGES}?job={job.id}"
    assert (body["job"]["id"], body["job"]["state"], body["job"]["exit_code"]) == (job.id, "failed", 3)


@pytest.mark.parametrize(
    ("notify", "code", "expected"),
    [("end", 0, 1), ("end", 1, 1), ("failure", 0, 0), ("failure", 1, 1), ("never", 1, 0)],
)
async def test_the_submission_decides(
    house: House, executor: FakeExecutor, hook: Hook, notify: str, code: int, expected: int
) -> None:
    async with telling(house, Webhook(hook.url)):
        job = await ended(house, executor, code=code, notify=Notify(notify))
        await eventually(lambda: told(house, job))
    assert len(hook.got) == expected


async def test_a_stopped_job_is_no_failure(house: House, executor: FakeExecutor, hook: Hook) -> None:
    async with telling(house, Webhook(hook.url)):
        job = await house.submit(notify=Notify.failure)
        await house.reaches(job.id, JobState.running)
        await house.jobs.stop(job.id)
        await eventually(lambda: told(house, job))
    assert hook.got == []


async def test_what_ended_while_nobody_could_tell_is_told_at_the_next_start_once(
    house: House, executor: FakeExecutor, hook: Hook
) -> None:
    async with telling(house, Webhook(hook.url), start=False):  # it dies before it told anything
        job = await ended(house, executor)
    assert (house.data / "notices" / job.id).exists()
    for _ in range(2):
        async with telling(house, Webhook(hook.url)):
            await eventually(lambda: told(house, job))
    assert [body["job"]["id"] for body in hook.got] == [job.id]


async def test_a_job_that_a_new_server_finds_ended_is_told_unless_it_was(
    house: House, executor: FakeExecutor, hook: Hook
) -> None:
    job = await house.submit()
    await house.reaches(job.id, JobState.running)
    await house.jobs.close()
    executor.end(job.id)
    again = House(house.path, executor)
    async with telling(again, Webhook(hook.url), start=False) as notices:
        await again.open()
        await notices.start()
        await eventually(lambda: told(again, job))
        notices._job_changed(await again.jobs.get(job.id))  # as if the row had not been written
    assert len(hook.got) == 1
    await again.close()


async def test_who_was_told_before_the_server_died_is_not_told_again(
    house: House, executor: FakeExecutor, hook: Hook
) -> None:
    with Hook().running() as slow:
        slow.hold.clear()
        async with telling(house, Webhook(hook.url), Webhook(slow.url)):
            job = await ended(house, executor)
            await eventually(lambda: (house.data / "notices" / job.id).read_text())
        slow.hold.set()
        async with telling(house, Webhook(hook.url), Webhook(slow.url)):
            await eventually(lambda: told(house, job))
    assert len(hook.got) == 1


async def test_a_job_that_changes_once_more_while_it_is_told_leaves_no_note(
    house: House, executor: FakeExecutor, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The note came back after it was taken away, and stayed until the next start."""
    finished, going_on = threading.Event(), threading.Event()
    async with telling(house, Webhook(hook.url)) as notices:
        finish = notices._finish

        def slow(id: str) -> None:
            finish(id)
            finished.set()
            assert going_on.wait(60)

        monkeypatch.setattr(notices, "_finish", slow)
        job = await ended(house, executor)
        await eventually(finished.is_set)
        notices._job_changed(job)
        going_on.set()
        await eventually(lambda: told(house, job))
    assert len(hook.got) == 1


async def test_a_passing_failure_is_tried_three_times(house: House, executor: FakeExecutor, hook: Hook) -> None:
    hook.statuses = [503, 429, 200]
    async with telling(house, Webhook(hook.url)):
        job = await ended(house, executor)
        await eventually(lambda: told(house, job))
    assert (hook.asked, len(hook.got)) == (3, 1)


@pytest.mark.parametrize(("status", "tries"), [(500, 3), (404, 1), (302, 1)])
async def test_a_lasting_failure_is_given_up(
    house: House, executor: FakeExecutor, hook: Hook, status: int, tries: int
) -> None:
    hook.statuses = [status]
    async with telling(house, Webhook(hook.url)):
        job = await ended(house, executor)
        await eventually(lambda: told(house, job))
    async with telling(house, Webhook(hook.url)):
        pass
    assert (hook.asked, hook.got) == (tries, [])


async def test_a_failing_webhook_is_said_once_without_its_secret(
    house: House, executor: FakeExecutor, hook: Hook, caplog: pytest.LogCaptureFixture
) -> None:
    hook.statuses = [500, 500, 500, 500, 200, 500]
    with caplog.at_level(logging.WARNING):
        async with telling(house, Webhook(hook.url)):
            for tries in (3, 4, 5, 8):  # three tries, one while it fails, one that works, three
                await eventually(partial(told, house, await ended(house, executor)))
                assert hook.asked == tries
    said = [record.getMessage() for record in caplog.records if "was not told" in record.getMessage()]
    assert len(said) == 2
    assert "webhook at 127.0.0.1" in said[0]
    assert "secret" not in caplog.text


async def test_a_webhook_that_is_not_there_holds_nothing_up(house: House, executor: FakeExecutor) -> None:
    with Hook().running() as gone:
        url = gone.url
    async with telling(house, Webhook(url)):
        job = await ended(house, executor)
        await eventually(lambda: told(house, job))


async def test_a_hanging_webhook_holds_up_neither_jobs_nor_the_end(
    house: House, executor: FakeExecutor, hook: Hook
) -> None:
    hook.hold.clear()
    async with telling(house, Webhook(hook.url)):
        jobs = [await ended(house, executor) for _ in range(20)]
    assert all((house.data / "notices" / job.id).exists() for job in jobs)


async def test_a_deleted_job_is_not_told(house: House, executor: FakeExecutor, hook: Hook) -> None:
    async with telling(house, Webhook(hook.url), start=False):
        job = await ended(house, executor)
    await house.jobs.delete(job.id)
    async with telling(house, Webhook(hook.url)):
        await eventually(lambda: not (house.data / "notices" / job.id).exists())
    assert hook.got == []


async def test_without_messengers_nothing_is_written(house: House, executor: FakeExecutor) -> None:
    async with telling(house):
        job = await ended(house, executor)
    assert not (house.data / "notices").exists()
    assert not (house.jobs.directory(job.id) / "told").exists()


async def test_a_full_disk_does_not_stop_jobs_from_ending(
    house: House, executor: FakeExecutor, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    touch = Path.touch

    def full(path: Path, *arguments: Any, **options: Any) -> None:
        if path.parent.name == "notices":
            raise OSError(errno.ENOSPC, "no space")
        touch(path, *arguments, **options)

    monkeypatch.setattr(Path, "touch", full)
    async with telling(house, Webhook(hook.url)):
        await ended(house, executor)
        await eventually(lambda: hook.got)


async def test_many_ends_are_all_told(house: House, executor: FakeExecutor, hook: Hook) -> None:
    async with telling(house, Webhook(hook.url)):
        jobs = [await ended(house, executor) for _ in range(40)]
        await eventually(lambda: all(told(house, job) for job in jobs))
    assert {body["job"]["id"] for body in hook.got} == {job.id for job in jobs}


async def test_a_mail_and_a_webhook_are_both_told(house: House, executor: FakeExecutor, hook: Hook) -> None:
    post = Post()
    async with post.running() as server:
        mail = Mail(server, "lab@x.org", ["{owner}@x.org"])
        async with telling(house, Webhook(hook.url), mail):
            job = await ended(house, executor, name="night run")
            await eventually(lambda: told(house, job))
    assert len(hook.got) == 1
    [message] = post.mails
    assert (message["To"], message["Subject"]) == ("ada@x.org", "Job “night run” succeeded after 0:01:40.")


ALARM = Notice("Stream “a” raised an alarm", f"{PAGES}?stream=a", "ada", utc(1.0), "stream.alarm", {"alarm": {"id": 1}})


@pytest.mark.proves("streams.notices")
async def test_what_other_rooms_want_told_is_told_too(house: House, hook: Hook) -> None:
    hook.statuses = [500, 200]
    async with telling(house, Webhook(hook.url)) as notices:
        notices.tell(ALARM)
        await eventually(lambda: hook.got)
    assert hook.got == [{"event": "stream.alarm", "text": ALARM.text, "url": ALARM.url, "alarm": {"id": 1}}]


async def test_a_storm_of_notices_is_bounded(
    house: House, hook: Hook, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyter_crispdm.notices.manager._MOST_WAITING", 5)
    async with telling(house, Webhook(hook.url), start=False) as notices:
        for _ in range(7):
            notices.tell(ALARM)
    assert len([message for message in caplog.messages if "one is left out" in message]) == 2


async def test_where_nobody_is_told_nothing_waits(house: House) -> None:
    async with telling(house) as notices:
        notices.tell(ALARM)
        assert notices._of_others.empty()
        assert notices.url == PAGES


@pytest.mark.proves("diagnosis.notice")
async def test_an_alert_of_curves_is_told_whatever_else_of_the_job_is(house: House, hook: Hook) -> None:
    rule = AlertRule(when=AlertWhen.nan, then=AlertThen.stop)
    alert = CurveAlert(rule, True, "loss is not a number at step 3.", 1000.0)
    async with telling(house, Webhook(hook.url)) as notices:
        job = await house.submit(name="fit <b>", notify=Notify.never)
        notices.tell_alert(job, alert)
        await eventually(lambda: hook.got)
    [body] = hook.got
    assert body["event"] == "job.alert"
    assert body["text"] == "Job “fit &lt;b&gt;”: loss is not a number at step 3. It is being stopped."
    assert body["url"] == f"{PAGES}?job={job.id}"
    assert (body["job"]["id"], body["alert"]["reason"]) == (job.id, alert.reason)
    assert body["alert"]["rule"]["when"] == "nan"


def test_an_alert_of_a_job_that_is_over_stops_nothing() -> None:
    job = Job(
        id="j", name="fit", kind=JobKind.command, state=JobState.succeeded, owner="ada", environment="server",
        command=["fit"], cwd="/", created=utc(0),
    )  # fmt: skip
    alert = CurveAlert(AlertRule(when=AlertWhen.nan, then=AlertThen.stop), True, "loss\nbroke.")
    notice = alert_notice(job, alert, "http://here")
    assert (notice.text, notice.time, notice.owner) == ("Job “fit”: loss broke.", utc(0), "ada")
