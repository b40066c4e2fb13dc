from __future__ import annotations

import asyncio
import threading
from typing import Any

import msgspec
import pytest

from jupyter_crispdm.base.clock import utc
from jupyter_crispdm.base.errors import BadRequest, CrispdmError, NotFound, StorageFull, Unavailable, Unprocessable
from jupyter_crispdm.jobs.types import Submission
from jupyter_crispdm.schedules import store as store_module
from jupyter_crispdm.schedules.calendar import Calendar
from jupyter_crispdm.schedules.manager import job_id
from jupyter_crispdm.schedules.types import Missed, Overlap, ScheduleChange, SchedulesFact
from tests.support import eventually
from tests.unit.schedules.conftest import HOUR, NOON, Office


async def test_a_schedule_says_when_it_runs_next(office: Office) -> None:
    made = await office.make("0 * * * *", name="hourly")
    assert (made.name, made.owner, made.next_run, made.last_run) == ("hourly", "ada", utc(NOON + HOUR), None)
    assert made.description == "At the start of every hour"
    assert office.manager.get(made.id) == made
    assert office.told.changes == 1
    assert await office.manager.snapshot() == SchedulesFact([made])


@pytest.mark.parametrize(
    ("submission", "name"),
    [
        (Submission(command=["/usr/bin/train", "-x"]), "train"),
        (Submission(script="models/fit.py"), "fit.py"),
        (Submission(notebook="a/b.ipynb", name="report"), "report"),
    ],
)
async def test_it_is_named_after_what_it_runs(office: Office, submission: Submission, name: str) -> None:
    assert (await office.make(submission=submission)).name == name


@pytest.mark.proves("schedules.cron")
async def test_a_due_job_is_submitted_with_an_id_of_schedule_and_time(office: Office) -> None:
    made = await office.make()
    assert (await office.after(HOUR - 1)).last_job is None
    ran = await office.after(1)
    assert ran.last_job == f"{made.id}-20231115T130000Z"
    assert office.jobs.ids == [ran.last_job]
    assert office.jobs.known[ran.last_job][1].schedule == made.id
    assert (ran.last_run, ran.next_run) == (utc(NOON + HOUR), utc(NOON + 2 * HOUR))


async def test_a_time_runs_once_although_the_server_died_before_it_noted_so(office: Office) -> None:
    made = await office.make()
    before = (await office.store.all())[0]
    await office.after(HOUR)
    await office.store.put(before)  # as if it had not been noted
    await office.reopen()
    ran = await office.after(60)
    assert office.jobs.ids == [job_id(made.id, NOON + HOUR)]
    assert (ran.last_job, ran.reason) == (office.jobs.ids[0], "")


async def test_a_changed_schedule_does_not_run_a_noted_time_again(office: Office) -> None:
    await office.make()
    before = (await office.store.all())[0]
    await office.after(HOUR)
    await office.store.put(msgspec.structs.replace(before, submission=Submission(command=["false"])))
    await office.reopen()
    ran = await office.after(60)
    assert len(office.jobs.ids) == 1
    assert ran.reason == ""


@pytest.mark.proves("cli.schedule-policies", "schedules.cron")
@pytest.mark.parametrize(
    ("missed", "overlap", "hours"), [("skip", "skip", []), ("once", "skip", [4]), ("all", "allow", [1, 2, 3, 4])]
)
async def test_missed_times_follow_the_policy(office: Office, missed: str, overlap: str, hours: list[int]) -> None:
    made = await office.make(missed=Missed(missed), overlap=Overlap(overlap))
    office.clock.advance(4.5 * HOUR)
    await office.reopen()
    ran = await office.after(0)
    assert office.jobs.ids == [job_id(made.id, NOON + hour * HOUR) for hour in hours]
    assert ran.next_run == utc(NOON + 5 * HOUR)


async def test_a_short_absence_misses_nothing(office: Office) -> None:
    await office.make(missed=Missed.skip)
    await office.after(HOUR + 100)
    assert len(office.jobs.ids) == 1


async def test_a_long_absence_is_bounded(office: Office) -> None:
    await office.make("* * * * *", missed=Missed.all, overlap=Overlap.allow)
    await office.after(30 * 24 * HOUR)
    assert len(office.jobs.ids) == 100


async def test_a_long_absence_that_is_skipped_is_one_look(office: Office) -> None:
    await office.make("* * * * *", missed=Missed.skip)
    await office.after(30 * 24 * HOUR + 30)
    assert len(office.jobs.ids) == 1  # the newest is on time


@pytest.mark.proves("cli.schedule-policies")
async def test_no_second_job_while_the_last_one_lives(office: Office) -> None:
    await office.make()
    await office.after(HOUR)
    left_out = await office.after(HOUR)
    assert left_out.reason == "The run due at 2023-11-15 14:00 UTC was left out: the last one was not over."
    assert left_out.last_run == utc(NOON + HOUR)
    office.jobs.end(office.jobs.ids[0])
    assert (await office.after(HOUR)).reason == ""
    assert len(office.jobs.ids) == 2


async def test_overlap_is_known_after_a_restart(office: Office) -> None:
    await office.make()
    await office.after(HOUR)
    await office.reopen()
    await office.after(HOUR)
    assert len(office.jobs.ids) == 1


async def test_overlap_may_be_allowed(office: Office) -> None:
    await office.make(overlap=Overlap.allow)
    await office.after(HOUR)
    await office.after(HOUR)
    assert len(office.jobs.ids) == 2


@pytest.mark.proves("schedules.cron")
async def test_what_passes_while_it_is_paused_is_not_missed(office: Office) -> None:
    made = await office.make(missed=Missed.all, overlap=Overlap.allow)
    paused = await office.manager.change(made.id, ScheduleChange(paused=True))
    assert (paused.paused, paused.next_run) == (True, None)
    await office.after(5.5 * HOUR)
    resumed = await office.manager.change(made.id, ScheduleChange(paused=False))
    assert resumed.next_run == utc(NOON + 6 * HOUR)
    await office.after(0)
    assert office.jobs.ids == []


async def test_a_new_expression_counts_from_now(office: Office) -> None:
    made = await office.make()
    office.clock.advance(1800)
    changed = await office.manager.change(made.id, ScheduleChange(cron=" 15  * * * *", name="x"))
    assert (changed.cron, changed.name, changed.next_run) == ("15 * * * *", "x", utc(NOON + HOUR + 900))


@pytest.mark.proves("schedules.cron")
async def test_run_now_takes_no_notice_of_the_last_job(office: Office) -> None:
    made = await office.make(paused=True)
    first, second = await office.manager.run(made.id), await office.manager.run(made.id)
    assert first.id != second.id
    assert second.schedule == made.id
    assert office.manager.get(made.id).last_job == second.id


async def test_a_job_that_cannot_start_leaves_the_reason_and_the_schedule(office: Office) -> None:
    made = await office.make()
    office.jobs.refuse = Unprocessable("'environment': There is no environment 'gone'.", field="environment")
    failed = await office.after(HOUR)
    assert failed.reason == "'environment': There is no environment 'gone'."
    assert failed.next_run == utc(NOON + 2 * HOUR)
    office.jobs.refuse = None
    assert (await office.after(HOUR)).reason == ""
    assert office.jobs.ids == [job_id(made.id, NOON + 2 * HOUR)]


@pytest.mark.parametrize("trouble", [Unavailable("starting"), StorageFull("full")])
async def test_a_passing_trouble_is_tried_again(office: Office, trouble: CrispdmError) -> None:
    await office.make(missed=Missed.skip)
    office.jobs.refuse = trouble
    office.clock.advance(HOUR)
    assert await office.manager.look() is False
    office.jobs.refuse = None
    office.clock.advance(30)
    assert await office.manager.look() is True
    assert len(office.jobs.ids) == 1


@pytest.mark.proves("machine.disk-full-recovers")
async def test_a_full_disk_loses_no_run_and_doubles_none(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    await office.make()
    put = office.store.put

    async def full(plan: Any) -> None:
        raise StorageFull("full")

    monkeypatch.setattr(office.store, "put", full)
    await office.after(HOUR)
    monkeypatch.setattr(office.store, "put", put)
    ran = await office.after(30)
    assert len(office.jobs.ids) == 1
    assert ran.last_job == office.jobs.ids[0]


@pytest.mark.proves("machine.clock-jumps")
async def test_a_clock_that_was_wrong_is_forgotten(office: Office) -> None:
    made = await office.make(missed=Missed.once)
    office.clock.advance(10 * 365 * 24 * HOUR)
    await office.manager.look()
    office.jobs.end(office.jobs.ids[0])
    office.clock.advance(-10 * 365 * 24 * HOUR)
    assert (await office.after(0)).next_run == utc(NOON + HOUR)
    await office.after(HOUR)
    assert office.jobs.ids[1:] == [job_id(made.id, NOON + HOUR)]


async def test_a_clock_set_back_a_little_runs_nothing_twice(office: Office) -> None:
    await office.make(overlap=Overlap.allow)
    await office.after(HOUR)
    for _ in range(3):
        await office.after(-20)
        await office.after(20)
    assert len(office.jobs.ids) == 1


async def test_a_deleted_schedule_is_gone_for_good(office: Office) -> None:
    made = await office.make()
    told = office.told.changes
    await office.manager.remove(made.id)
    assert office.told.changes == told + 1
    assert await office.manager.snapshot() == SchedulesFact([])
    office.clock.advance(HOUR)
    await office.manager.look()
    await office.reopen()
    assert (office.manager.all(), office.jobs.ids) == ([], [])
    for call in (
        office.manager.remove(made.id),
        office.manager.run(made.id),
        office.manager.change(made.id, ScheduleChange()),
    ):
        with pytest.raises(NotFound):
            await call


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"cron": "nonsense"}, "cron"),
        ({"timezone": "nowhere"}, "timezone"),
        ({"name": ""}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"missed": Missed.all}, "missed"),
        ({"submission": Submission(command=["a"], id="mine")}, "submission.id"),
        ({"submission": Submission(command=["a"], after=["b"])}, "submission.after"),
    ],
)
async def test_a_bad_schedule_names_its_field(office: Office, fields: dict[str, Any], field: str) -> None:
    with pytest.raises(BadRequest) as caught:
        await office.make(**fields)
    assert caught.value.details == {"field": field}
    made = await office.make()
    with pytest.raises(BadRequest) as caught:
        await office.manager.change(made.id, ScheduleChange(**fields))
    assert caught.value.details == {"field": field}
    assert office.manager.all() == [made]


async def test_the_job_is_checked_when_the_schedule_is_made(office: Office) -> None:
    office.jobs.refuse = Unprocessable("There is no file 'x.py'.", field="script")
    with pytest.raises(Unprocessable) as caught:
        await office.make(submission=Submission(script="x.py"))
    assert caught.value.details == {"field": "submission.script"}


async def test_pausing_does_not_ask_whether_the_job_could_start(office: Office) -> None:
    made = await office.make()
    office.jobs.refuse = Unprocessable("gone")
    assert (await office.manager.change(made.id, ScheduleChange(paused=True))).paused


async def test_a_preview_is_the_next_times_in_words_and_numbers(office: Office) -> None:
    preview = await office.manager.preview("0 9 * * 1-5", "UTC")
    assert preview.description == "At 09:00 on Monday through Friday"
    assert [f"{time:%a %H}" for time in preview.times] == ["Thu 09", "Fri 09", "Mon 09", "Tue 09", "Wed 09"]


async def test_the_task_wakes_for_what_is_due(office: Office) -> None:
    await office.manager.start()
    await office.make()
    office.clock.advance(HOUR - 0.05)
    await office.make("30 * * * *")  # wakes it: now it waits for the first
    await asyncio.sleep(0)
    office.clock.advance(0.05)
    await eventually(lambda: office.jobs.ids)


async def test_the_task_survives_a_database_that_fails(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    import sqlalchemy as sa

    await office.make()

    async def broken(plan: Any) -> None:
        raise sa.exc.OperationalError("insert", {}, Exception("locked"))

    monkeypatch.setattr(office.store, "put", broken)
    office.clock.advance(HOUR)
    assert await office.manager.look() is False


async def test_a_time_zone_that_this_machine_lost_is_said(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    await office.make()
    plan = (await office.store.all())[0]
    await office.store.put(msgspec.structs.replace(plan, timezone="Atlantis/Port"))
    await office.reopen()
    shown = await office.after(HOUR)
    assert "There is no time zone 'Atlantis/Port'" in shown.reason
    assert shown.next_run is None


@pytest.mark.proves("lists.one-bad")
async def test_a_row_of_another_version_is_left_alone(office: Office) -> None:
    import sqlalchemy as sa

    made = await office.make()
    row = {"id": "strange", "created": 0.0, "plan": '{"new": true}'}
    await office.database.write(lambda connection: connection.execute(sa.insert(store_module.schedules), row).rowcount)
    assert [plan.id for plan in await office.store.all()] == [made.id]


async def test_many_schedules_at_one_time(office: Office) -> None:
    for _ in range(300):
        await office.make()
    told = office.told.changes
    await office.after(HOUR)
    assert len(office.jobs.ids) == 300
    assert office.told.changes == told + 1


@pytest.mark.proves("calendar.changes")
async def test_years_of_a_calendar_are_looked_through_off_the_loop(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: set[int] = set()

    def noted(self: Calendar, ordinal: int, since: float) -> list[float]:
        threads.add(threading.get_ident())
        return due(self, ordinal, since)

    due = Calendar._due
    monkeypatch.setattr(Calendar, "_due", noted)
    schedule = await office.make()
    await office.manager.change(schedule.id, ScheduleChange(cron="30 * * * *"))
    await office.manager.preview("0 9 * * 1-5", "UTC")
    await office.after(2 * HOUR)
    await office.reopen()
    assert threads
    assert threading.get_ident() not in threads
