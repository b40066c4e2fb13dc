"""Schedules as a person makes and uses them, and the notices that lead to a job."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.support import eventually_sync
from tests.ui.conftest import Enter
from tests.ui.server import Workbench
from tests.ui.test_looks import FAINT, LONG, THEMES, choose_theme
from tests.ui.visit import LabPage, log_in

OVERFLOWS = """
() => [...document.querySelectorAll('.crispdm-ScheduleRow, .crispdm-ScheduleForm, .jp-Dialog-content')]
  .filter(part => part.checkVisibility() && part.scrollWidth > part.clientWidth + 1)
  .map(part => part.className)
"""


@pytest.fixture(autouse=True)
def no_schedules(workbench: Workbench) -> Iterator[None]:
    workbench.clear()
    yield
    with workbench.api as api:
        for schedule in api.get("schedules").json()["schedules"]:
            api.delete(f"schedules/{schedule['id']}").raise_for_status()


def schedules(workbench: Workbench) -> list[dict[str, Any]]:
    with workbench.api as api:
        found: list[dict[str, Any]] = api.get("schedules").raise_for_status().json()["schedules"]
        return found


def make(workbench: Workbench, **fields: Any) -> str:
    body = {"cron": "0 3 * * *", "timezone": "Asia/Tokyo", "submission": {"command": ["true"]}, **fields}
    with workbench.api as api:
        return str(api.post("schedules", json=body).raise_for_status().json()["id"])


def rows(lab: LabPage) -> Locator:
    return lab.panel.locator(".crispdm-ScheduleRow")


def open_dialog(lab: LabPage, file: str) -> None:
    lab.show_files()
    lab.page.locator(".jp-DirListing-item", has_text=file).click(button="right")
    lab.page.get_by_role("menuitem", name="Schedule as Job…").click()
    expect(lab.dialog.get_by_label("Runs", exact=True)).to_be_visible()


def test_without_a_schedule_the_panel_says_what_to_do(enter: Enter) -> None:
    lab = enter("analyst").open_lab()
    expect(lab.panel).to_contain_text("Nothing is scheduled.")
    lab.panel.get_by_role("button", name="Schedule a File…").click()
    expect(lab.dialog).to_contain_text("Choose a script or notebook to run")
    lab.dialog.get_by_role("button", name="Cancel").click()


def test_a_file_is_scheduled_with_mistakes_shown_where_they_are(enter: Enter, workbench: Workbench) -> None:
    visit = enter("analyst")
    visit.forgive = ["400"]  # the browser notes what the server refused
    lab = visit.open_lab()
    open_dialog(lab, "training.py")
    dialog = lab.dialog
    expect(dialog.get_by_label("Name of the schedule")).to_have_value("training.py")
    dialog.get_by_label("Runs", exact=True).select_option(label="Monday to Friday")
    dialog.get_by_label("At", exact=True).fill("07:30")
    expect(dialog.locator(".crispdm-ScheduleForm-next")).to_contain_text("At 07:30 on Monday through Friday")
    expect(dialog.locator(".crispdm-ScheduleForm-next li")).to_have_count(5)

    dialog.get_by_label("Time zone").fill("Mars/Olympus")
    expect(dialog.locator(".crispdm-Field", has_text="Time zone")).to_contain_text("There is no time zone")
    dialog.get_by_label("Time zone").fill("Europe/Berlin")
    expect(dialog).not_to_contain_text("There is no time zone")

    dialog.get_by_label("Runs", exact=True).select_option(label="Other (cron expression)")
    dialog.get_by_label("Cron expression").fill("1 2 3")
    expect(dialog.get_by_text(re.compile("five fields"))).to_be_visible()
    dialog.get_by_role("button", name="Make schedule", exact=True).click()
    expect(dialog).to_be_visible()
    dialog.get_by_label("Cron expression").fill("30 7 * * 1-5")
    dialog.get_by_role("button", name="Make schedule", exact=True).click()
    expect(dialog).to_have_count(0)

    lab.show_panel()
    expect(rows(lab)).to_have_count(1)
    expect(rows(lab)).to_contain_text("At 07:30 on Monday through Friday")
    [made] = schedules(workbench)
    assert (made["cron"], made["timezone"], made["owner"]) == ("30 7 * * 1-5", "Europe/Berlin", "analyst")
    assert made["submission"]["script"] == "training.py"


@pytest.mark.proves("schedules.cron")
def test_a_schedule_is_run_paused_changed_and_deleted(enter: Enter, workbench: Workbench) -> None:
    make(workbench, name="nightly", submission={"command": ["echo", "from the schedule"], "name": "night run"})
    lab = enter("analyst").open_lab()
    row = rows(lab)
    expect(row).to_contain_text("At 03:00 every day (Asia/Tokyo)")
    row.hover()
    row.get_by_role("button", name="Run nightly now").click()
    expect(lab.job.get_by_role("heading", name="night run")).to_be_visible()
    expect(lab.lines.filter(has_text="from the schedule")).to_have_count(1)
    expect(row.get_by_role("img", name="Succeeded")).to_be_visible()

    row.get_by_role("button", name="Pause nightly").click()
    expect(row).to_contain_text("paused")
    row.click(button="right")
    lab.page.get_by_role("menuitem", name="Resume Schedule").click()
    expect(row).not_to_contain_text("paused")

    row.get_by_role("button", name="Edit nightly").first.click()
    expect(lab.dialog.get_by_label("At", exact=True)).to_have_value("03:00")
    lab.dialog.get_by_label("Name of the schedule").fill("weekly")
    lab.dialog.get_by_label("Runs", exact=True).select_option(label="Every week")
    lab.dialog.get_by_label("On", exact=True).select_option(label="Sunday")
    lab.dialog.get_by_role("button", name="Save schedule").click()
    expect(row).to_contain_text("At 03:00 on Sunday")
    assert schedules(workbench)[0]["submission"]["command"] == ["echo", "from the schedule"]

    row.hover()
    row.get_by_role("button", name="Delete weekly").click()
    expect(lab.dialog).to_contain_text("The jobs that it made stay.")
    lab.dialog.get_by_role("button", name="Delete schedule").click()
    expect(row).to_have_count(0)
    assert schedules(workbench) == []


def test_a_job_is_scheduled_from_its_row(enter: Enter, workbench: Workbench) -> None:
    with workbench.api as api:
        body = {"command": ["python", "-c", "pass"], "name": "weekly report", "env": {"KEPT": "1"}}
        api.post("jobs", json=body).raise_for_status()
    lab = enter("analyst").open_lab()
    lab.row("weekly report").click(button="right")
    lab.page.get_by_role("menuitem", name="Schedule…").click()
    expect(lab.dialog.get_by_label("Name of the schedule")).to_have_value("weekly report")
    lab.dialog.get_by_role("button", name="Make schedule", exact=True).click()
    expect(rows(lab)).to_contain_text("weekly report")
    [made] = schedules(workbench)
    assert made["submission"]["command"] == ["python", "-c", "pass"]
    assert made["submission"]["env"] == {"KEPT": "1"}


@pytest.mark.proves("ui.keyboard")
def test_everything_can_be_done_with_the_keyboard(enter: Enter, workbench: Workbench) -> None:
    make(workbench, name="nightly")
    lab = enter("analyst").open_lab()
    rows(lab).get_by_role("button", name="Edit nightly").first.focus()
    lab.page.keyboard.press("Tab")
    expect(lab.panel.get_by_role("button", name="Run nightly now")).to_be_focused()
    lab.page.keyboard.press("Tab")
    lab.page.keyboard.press("Enter")
    expect(rows(lab)).to_contain_text("paused")


@pytest.mark.parametrize("scheme", THEMES)
def test_many_schedules_with_long_names_are_readable(enter: Enter, workbench: Workbench, scheme: str) -> None:
    visit = enter("analyst")
    choose_theme(visit, THEMES[scheme])
    for number in range(200):
        make(workbench, name=f"{LONG} {number}", paused=number == 1, timezone="UTC" if number % 2 else "Asia/Tokyo")
    lab = visit.open_lab()
    expect(lab.page.locator("body")).to_have_attribute("data-jp-theme-name", THEMES[scheme])
    expect(rows(lab)).to_have_count(200)
    assert lab.page.evaluate(OVERFLOWS) == []
    assert lab.page.evaluate(FAINT) == []
    rows(lab).nth(2).get_by_role("button", name=re.compile("^Edit")).first.click()
    expect(lab.dialog.locator(".crispdm-ScheduleForm-next li")).to_have_count(5)
    lab.dialog.locator("summary").first.click()
    assert lab.page.evaluate(OVERFLOWS) == []
    lab.dialog.get_by_role("button", name="Cancel").click()


@pytest.mark.proves("notices.all")
def test_a_notice_leads_to_its_job_also_through_the_login(enter: Enter, workbench: Workbench) -> None:
    with workbench.api as api:
        id = api.post("jobs", json={"command": ["true"], "name": "told"}).raise_for_status().json()["id"]
    visit = enter()
    visit.page.goto(f"/lab?job={id}")
    log_in(visit.page, "analyst")
    lab = LabPage(visit.page)
    expect(lab.job.get_by_role("heading", name="told")).to_be_visible()
    expect(visit.page).not_to_have_url(re.compile("job="))


@pytest.mark.proves("notices.all")
def test_a_hidden_page_tells_it_outside_when_the_user_said_so(enter: Enter, workbench: Workbench) -> None:
    visit = enter("analyst")
    visit.page.add_init_script(_REMEMBER)
    lab = visit.open_lab()
    told = notified(lab)
    run(lab, "seen")
    is_shown(lab, "seen: Succeeded")
    assert told() == []
    lab.page.get_by_role("menuitem", name="Settings", exact=True).click()
    lab.page.get_by_role("menuitem", name="Notify Me Outside the Page When a Job Is Over").click()
    is_shown(lab, "You are told of jobs that are over also in other windows.")
    lab.page.evaluate("Object.defineProperty(document, 'hidden', {get: () => true})")
    run(lab, "unseen")
    eventually_sync(lambda: told() == ["unseen: Succeeded"])


def notified(lab: LabPage) -> Callable[[], list[str]]:
    return lambda: list(lab.page.evaluate("window.told"))


def is_shown(lab: LabPage, text: str) -> None:
    """Wait for a notice within the page, where none stays for long."""
    eventually_sync(lambda: any(text in shown for shown in lab.page.evaluate("[...window.shown]")))


def run(lab: LabPage, name: str) -> None:
    """A job of the person at the page."""
    lab.page.evaluate(_SUBMIT, name)


# A browser without a head allows no notifications: this one asks, is allowed, and remembers what it was told.
_REMEMBER = """
window.told = [];
window.shown = new Set();
new MutationObserver(() => {
  document.querySelectorAll('.Toastify__toast').forEach(toast => window.shown.add(toast.textContent));
}).observe(document, { childList: true, subtree: true });
window.Notification = class extends EventTarget {
  static permission = 'default';
  static async requestPermission() { return this.permission = 'granted'; }
  constructor(title) { super(); window.told.push(title); }
  close() {}
};
"""
_SUBMIT = """
async name => {
  const xsrf = document.cookie.match(/_xsrf=([^;]+)/)[1];
  await fetch('/crispdm/api/jobs', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-XSRFToken': xsrf },
    body: JSON.stringify({ command: ['true'], name })
  });
}
"""
