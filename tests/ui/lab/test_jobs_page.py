"""The table of all jobs: sort, filter, mark, stop, delete, run again with changes, compare; and a thousand rows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.support import eventually_sync
from tests.ui.conftest import Enter
from tests.ui.jobspage import JobsPage
from tests.ui.many import MANY, SLOW_STEP, MainThread, make_many, scroll
from tests.ui.server import Workbench
from tests.ui.test_looks import FAINT, LONG, THEMES, choose_theme

BUSY = 0.7
"""The part of a processor that a page may need on a slow machine while its rows change."""
UPDATES_A_SECOND = 50
MEASURED_SECONDS = 8

QUICK = """
import sys, crispdm
for step in range(50):
    crispdm.log({"loss": float(sys.argv[1]) / (step + 1)}, step=step)
"""


@pytest.fixture(autouse=True)
def idle(workbench: Workbench) -> Iterator[None]:
    """No test sees the jobs of another."""
    workbench.clear()
    yield
    workbench.stop_jobs()


@pytest.fixture
def over(workbench: Workbench) -> Workbench:
    """Jobs that ended in several ways."""
    (workbench.root / "quick.py").write_text(QUICK)
    submit(workbench, name=LONG, command=["true"], tags=["sweep"])
    submit(workbench, name="check the labels", command=["sh", "-c", "exit 3"], tags=["data", "nightly"])
    for rate in ("1", "2"):
        parameters = {"rate": float(rate), "batch": 32}
        command = ["python", "quick.py", rate]
        submit(workbench, name=f"unet {rate}", command=command, parameters=parameters)
    eventually_sync(lambda: not workbench.running_jobs())
    return workbench


def submit(workbench: Workbench, **job: object) -> str:
    """Submit a job; its id."""
    with workbench.api as api:
        return str(api.post("jobs", json=job).raise_for_status().json()["id"])


def sleepers(workbench: Workbench, count: int) -> list[str]:
    """Jobs that go on until they are stopped."""
    return [submit(workbench, name=f"sleeper {number}", command=["sleep", "600"]) for number in range(count)]


def shown(workbench: Workbench, id: str) -> dict[str, Any]:
    """What the server says of a job."""
    with workbench.api as api:
        return dict(api.get(f"jobs/{id}").raise_for_status().json())


def open_page(enter: Enter) -> JobsPage:
    return JobsPage(enter("analyst").open_lab()).open()


def test_without_a_job_the_page_says_what_to_do(enter: Enter) -> None:
    page = open_page(enter)
    expect(page.body).to_contain_text("No jobs yet.")
    page.body.get_by_role("button", name="Run a file as a job").click()
    expect(page.lab.dialog).to_contain_text("Choose a script or notebook to run")
    page.lab.dialog.get_by_role("button", name="Cancel").click()


@pytest.mark.proves("jobs.table")
def test_sort_and_filter(enter: Enter, over: Workbench) -> None:
    page = open_page(enter)
    expect(page.rows).to_have_count(4)
    eventually_sync(lambda: page.names() == ["unet 2", "unet 1", "check the labels", LONG])
    expect(page.head("Created")).to_have_attribute("aria-sort", "descending")
    page.sort("Name")
    expect(page.head("Name")).to_have_attribute("aria-sort", "ascending")
    eventually_sync(lambda: page.names() == ["check the labels", LONG, "unet 1", "unet 2"])
    page.sort("Name")
    eventually_sync(lambda: page.names() == ["unet 2", "unet 1", LONG, "check the labels"])
    expect(page.cell("check the labels", "outcome")).to_have_text("exited with code 3")

    page.chip("Failed").click()
    expect(page.rows).to_have_count(1)
    page.chip("Failed").click()
    page.row(LONG).get_by_role("button", name="sweep", exact=True).click()
    expect(page.search).to_have_value("tag:sweep")
    expect(page.rows).to_have_count(1)
    page.search.fill("state:succeeded unet")
    expect(page.rows).to_have_count(2)
    page.search.fill("nothing is called so")
    page.body.get_by_role("button", name="Show all").click()
    expect(page.rows).to_have_count(4)


@pytest.mark.proves("ui.columns")
@pytest.mark.parametrize("width", [1440, 1024])
def test_no_column_is_off_the_screen(enter: Enter, over: Workbench, width: int) -> None:
    page = open_page(enter)
    page.page.set_viewport_size({"width": width, "height": 768})
    eventually_sync(lambda: page.overflowing() <= 0)
    assert page.page.evaluate("document.documentElement.scrollWidth") <= width
    for column in ("State", "Name", "Outcome"):
        expect(page.head(column)).to_be_visible()
    assert page.head("Outcome").bounding_box()["x"] < width  # type: ignore[index]


@pytest.mark.proves("jobs.table", "ui.columns")
def test_columns_are_chosen_sorted_by_made_wider_and_remembered(enter: Enter, over: Workbench) -> None:
    visit = enter("analyst")
    page = JobsPage(visit.open_lab()).open()
    page.choose_columns("loss", "rate", "CPU %")
    expect(page.head("CPU %")).to_have_count(0)
    expect(page.cell("unet 1", "metric:loss")).to_have_text("0.02")
    expect(page.cell("unet 2", "parameter:rate")).to_have_text("2")
    page.sort("loss")
    eventually_sync(lambda: page.names()[:2] == ["unet 1", "unet 2"])
    before = int(page.head("Owner").bounding_box()["width"])  # type: ignore[index]
    page.head("Owner").get_by_role("button").press("Shift+ArrowRight")
    eventually_sync(lambda: int(page.head("Owner").bounding_box()["width"]) == before + 16)  # type: ignore[index]
    visit.wait_for_workspace(lambda saved: '"metric:loss":true' in saved and f'"owner":{before + 16}' in saved)
    page.page.reload()
    expect(page.cell("unet 1", "metric:loss")).to_have_text("0.02")
    expect(page.head("CPU %")).to_have_count(0)
    page.head("Owner").get_by_role("separator").dblclick()
    eventually_sync(lambda: int(page.head("Owner").bounding_box()["width"]) == before)  # type: ignore[index]


@pytest.mark.proves("work.page-after-reload")
def test_a_reload_brings_the_page_back_as_it_was(enter: Enter, over: Workbench) -> None:
    visit = enter("analyst")
    page = JobsPage(visit.open_lab()).open()
    page.search.fill("unet")
    page.sort("Name")
    visit.wait_for_workspace(lambda saved: '"text":"unet"' in saved and '"key":"name"' in saved)
    page.page.reload()
    expect(page.search).to_have_value("unet")
    expect(page.rows).to_have_count(2)
    expect(page.head("Name")).to_have_attribute("aria-sort", "ascending")


@pytest.mark.proves("jobs.confirm")
def test_several_are_stopped_with_one_question_and_deleted_with_another(enter: Enter, workbench: Workbench) -> None:
    sleepers(workbench, 4)
    page = open_page(enter)
    page.row("sleeper 3").click()
    page.row("sleeper 1").click(modifiers=["Shift"])
    expect(page.bar).to_contain_text("3 jobs marked")
    page.bar.get_by_role("button", name="Stop 3 jobs").click()
    expect(page.lab.dialog).to_contain_text("Stop 3 jobs?")
    page.accept("Stop 3 jobs")
    expect(page.chip("Stopped")).to_contain_text("3")
    expect(page.cell("sleeper 0", "state")).to_have_text("Running")

    page.chip("Stopped").click()
    expect(page.rows).to_have_count(3)
    page.grid.get_by_role("checkbox", name="Mark all").check()
    page.rows.first.press("Delete")
    expect(page.lab.dialog).to_contain_text("Delete 3 jobs?")
    page.accept("Delete 3 jobs")
    expect(page.rows).to_have_count(0)
    expect(page.lab.rows).to_have_count(1)


@pytest.mark.proves("jobs.keep-best")
def test_a_job_is_stopped_gently(enter: Enter, workbench: Workbench) -> None:
    saves = "trap 'sleep 1; echo saved; exit 0' INT; echo ready; while :; do sleep 0.2; done"
    id = submit(workbench, name="training", command=["sh", "-c", saves])
    page = open_page(enter)
    expect(page.cell("training", "state")).to_have_text("Running")
    log = workbench.data / "jobs" / id / "output.log"
    eventually_sync(lambda: "ready" in log.read_text())
    page.menu("training", "Stop and Keep Best…")
    expect(page.lab.dialog).to_contain_text("interrupt (SIGINT)")
    expect(page.lab.dialog.get_by_role("textbox")).to_have_value("10m")
    page.accept("Stop job")
    expect(page.cell("training", "state")).to_have_text("Stopped")
    assert "saved" in log.read_text()


@pytest.mark.proves("jobs.rerun")
def test_a_job_runs_again_with_changes(enter: Enter, over: Workbench) -> None:
    visit = enter("analyst")
    visit.forgive.append("400|422")
    lab = visit.open_lab()
    page = JobsPage(lab).open()
    page.menu("unet 1", "Run Again with Changes…")
    form = lab.dialog
    expect(form.get_by_label("Command")).to_have_value("python quick.py 1")
    form.get_by_label("Value of rate").fill("0.25")
    form.get_by_role("button", name="Remove batch").click()
    form.get_by_text("More: limits").click()
    form.get_by_label("Retries").fill("1000")
    form.get_by_role("button", name="Run job", exact=True).click()
    expect(form.locator(".crispdm-Field", has_text="Retries").locator(".crispdm-Error")).to_be_visible()
    form.get_by_label("Retries").fill("1")
    form.get_by_label("Tags").fill("second, try")
    form.get_by_role("button", name="Run job", exact=True).dblclick()
    expect(lab.job.get_by_role("heading", name="unet 1")).to_be_visible()
    lab.job.get_by_role("button", name="Details").click()
    lab.job.get_by_role("button", name="unet 1", exact=True).click()

    with over.api as api:
        listed = api.get("jobs").json()["jobs"]
    assert len(listed) == 5
    made = listed[0]
    original = next(job for job in listed if job["id"] == made["rerun_of"])
    assert original["name"] == "unet 1"
    assert made["parameters"] == {"rate": 0.25}
    assert made["tags"] == ["second", "try"]
    assert made["command"] == original["command"]


@pytest.mark.proves("jobs.compare")
def test_jobs_are_compared(enter: Enter, over: Workbench) -> None:
    visit = enter("analyst")
    page = JobsPage(visit.open_lab()).open()
    page.row("unet 1").click()
    page.menu("unet 2", "Compare with Selected")
    table = page.page.get_by_role("table", name="Jobs side by side")
    expect(table.get_by_role("columnheader")).to_have_text(["unet 1", "unet 2"])
    expect(table.get_by_role("row", name="rate 1 2", exact=True)).to_have_attribute("data-differs", "true")
    loss = table.get_by_role("row", name=re.compile("^loss"))
    expect(loss.get_by_role("cell").first).to_contain_text("0.02best")
    expect(loss.get_by_role("cell").last).to_have_text(re.compile("^0.04newest"))
    curves = page.page.get_by_role("region", name="Curves")
    expect(curves.locator("canvas")).to_have_count(1)
    legend = curves.get_by_role("list", name="Colours of the jobs")
    expect(legend.get_by_role("listitem")).to_have_text([re.compile("^unet 1"), re.compile("^unet 2")])
    loss.get_by_role("button", name="loss: lower is better").click()
    expect(loss.get_by_role("cell").last).to_contain_text("2best")
    expect(table.get_by_role("row", name="batch 32 32")).to_be_visible()
    page.page.get_by_label("Only differences").check()
    expect(table.get_by_role("row", name="batch 32 32")).to_have_count(0)
    visit.wait_for_workspace(lambda saved: "jupyter-crispdm-compare:" in saved)
    page.page.reload()
    expect(table.get_by_role("columnheader")).to_have_text(["unet 1", "unet 2"])


def test_the_menu_offers_what_can_be_done(enter: Enter, over: Workbench) -> None:
    page = open_page(enter)
    page.row("unet 1").click(button="right")
    entries = page.page.locator(".lm-Menu-item:not(.lm-mod-disabled):not([data-type=separator])")
    expect(entries.filter(has_text="Open Job")).to_be_visible()
    labels = [text.strip() for text in entries.all_inner_texts()]
    for label in ("Run Again", "Run Again with Changes…", "Copy Job Id", "Download Log", "Delete Job…"):
        assert label in labels
    assert "Stop Job…" not in labels
    with page.page.expect_download() as download:
        entries.filter(has_text="Download Log").click()
    assert download.value.suggested_filename.endswith(".log")
    page.row("unet 1").focus()
    page.row("unet 1").press("Enter")
    expect(page.lab.job.get_by_role("heading", name="unet 1")).to_be_visible()


def test_an_answer_that_says_no_is_told(enter: Enter, workbench: Workbench) -> None:
    visit = enter("analyst")
    visit.forgive.append("409|404")
    sleepers(workbench, 1)
    page = JobsPage(visit.open_lab()).open()
    refusal = json.dumps({"message": "It cannot be stopped today.", "code": "conflict"})
    page.page.route("**/jobs/*/stop", lambda route: route.fulfill(status=409, body=refusal))
    page.menu("sleeper 0", "Stop Job…")
    page.accept("Stop job")
    toast = page.page.locator(".Toastify__toast")
    expect(toast).to_contain_text("It cannot be stopped today.")
    expect(page.row("sleeper 0")).to_have_attribute("aria-busy", "false")


@pytest.mark.proves("ui.readable")
@pytest.mark.parametrize("scheme", THEMES)
def test_the_page_is_whole_and_readable(
    enter: Enter, workbench: Workbench, scheme: str
) -> None:
    visit = enter("analyst", scheme)
    choose_theme(visit, THEMES[scheme])
    page = JobsPage(visit.open_lab()).open()
    page.submit(name=LONG, command=["true"], tags=["sweep", "nightly"])
    page.submit(name="check the labels", command=["sh", "-c", "exit 3"], tags=["data"])
    page.submit(name="prepare the scans", command=["echo", "done"], tags=["data"])
    page.submit(name="U-Net on handwriting", script="training.py", tags=["unet"], memory=2**31)
    baseline = page.submit(name="evaluate the baseline", command=["sleep", "600"], tags=["report"])
    page.submit(name="report", command=["true"], after=[baseline], tags=["report"])
    expect(page.page.locator("body")).to_have_attribute("data-jp-theme-name", THEMES[scheme])
    expect(page.cell("report", "outcome")).to_contain_text("waits")
    expect(page.cell("U-Net on handwriting", "memory")).to_contain_text("MiB")
    expect(page.chip("Succeeded")).to_contain_text("2")
    page.row("prepare the scans").click()
    page.row("evaluate the baseline").click(modifiers=["Shift"])
    expect(page.page.locator(".Toastify__toast")).to_have_count(0)
    assert page.page.evaluate(OVERLAPS) == []
    assert page.page.evaluate(FAINT.replace(".crispdm-JobPage *", ".crispdm-JobsPage *")) == []


@pytest.mark.proves("jobs.thousand-rows")
def test_a_thousand_rows_stay_smooth_while_they_change(enter: Enter, workbench: Workbench) -> None:
    make_many(workbench)
    visit = enter("analyst")
    visit.page.add_init_script(KEEP_SOCKET)
    lab = visit.open_lab()
    page = JobsPage(lab).open()
    expect(page.grid).to_have_attribute("aria-rowcount", str(MANY + 1))
    step = scroll(page.grid)
    assert step < SLOW_STEP
    page.choose_columns("CPU %", "CPU %")  # what is chosen stays where there is little room
    page.sort("CPU %")
    thread = MainThread(page.page)
    frames = measure(page)
    busy = thread.seconds() / frames["seconds"]
    print(f"\n{MANY} rows: {step:.1f} ms a scroll step; {UPDATES_A_SECOND} updates a second: {busy:.0%} busy, {frames}")
    assert busy < BUSY
    assert page.rows.count() < 60

    page.search.fill('tag:copied name:"copy 05"')
    expect(page.grid).to_have_attribute("aria-rowcount", "101")
    page.grid.get_by_role("checkbox", name="Mark all").check()
    expect(page.bar).to_contain_text("100 jobs marked")
    page.search.fill("")
    expect(page.grid).to_have_attribute("aria-rowcount", str(MANY + 1))
    page.rows.first.focus()
    page.rows.first.press("End")
    expect(page.grid.locator(f'[data-index="{MANY - 1}"]')).to_be_focused()


def test_older_jobs_are_fetched_when_asked_for(enter: Enter, workbench: Workbench) -> None:
    make_many(workbench, MANY + 20)
    page = open_page(enter)
    expect(page.grid).to_have_attribute("aria-rowcount", str(MANY + 1))
    page.body.get_by_role("button", name="Load older").click()
    expect(page.grid).to_have_attribute("aria-rowcount", str(MANY + 21))
    expect(page.body.get_by_role("button", name="Load older")).to_have_count(0)


def measure(page: JobsPage) -> dict[str, float]:
    """Frame times in milliseconds while rows change."""
    options = {"rate": UPDATES_A_SECOND, "seconds": MEASURED_SECONDS}
    return dict(page.page.evaluate(MEASURE, options))


KEEP_SOCKET = """
window.WebSocket = class extends WebSocket {
  constructor(...args) {
    super(...args);
    if (String(args[0]).includes('crispdm/api/live')) {
      window.liveSocket = this;
    }
  }
};
"""

MEASURE = """
async ({rate, seconds}) => {
  const {jobs} = await (await fetch('/crispdm/api/jobs?limit=1000')).json();
  let seq = 1e9;
  const change = () => {
    const job = jobs[Math.floor(Math.random() * jobs.length)];
    const progress = {done: seq % 100, total: 100, message: `step ${seq}`};
    const resources = {cpu_percent: Math.random() * 100, memory_bytes: Math.random() * 1e9};
    const data = {job: {...job, state: 'running', ended: null, progress, resources}};
    const message = {topic: 'jobs', seq: ++seq, data};
    window.liveSocket.dispatchEvent(new MessageEvent('message', {data: JSON.stringify(message)}));
  };
  const timer = setInterval(change, 1000 / rate);
  const frames = [];
  const begin = performance.now();
  for (let last = begin; last < begin + seconds * 1000;) {
    await new Promise(requestAnimationFrame);
    frames.push(performance.now() - last);
    last = performance.now();
  }
  const taken = (performance.now() - begin) / 1000;
  clearInterval(timer);
  frames.sort((a, b) => a - b);
  const at = part => Math.round(frames[Math.floor((frames.length - 1) * part)] * 10) / 10;
  return {seconds: taken, frames: frames.length, median: at(0.5), p95: at(0.95), p99: at(0.99), slowest: at(1)};
}
"""

OVERLAPS = """
() => [...document.querySelectorAll('.crispdm-DataGrid-cell, .crispdm-DataGrid-head > div')]
  .filter(cell => {
    const next = cell.nextElementSibling;
    return next && cell.getBoundingClientRect().right > next.getBoundingClientRect().left + 1;
  })
  .map(cell => cell.textContent)
"""
