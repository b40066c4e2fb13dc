"""The road through Lab: run a file as a job, watch it, talk to it, stop it, and find it again."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.support import eventually_sync
from tests.ui.conftest import Enter
from tests.ui.server import Workbench

HERE = Path(__file__).parents[1]
NAME = "U-Net on handwriting"
LONG = "sweep over all learning rates and batch sizes that were ever proposed in a paper, second attempt"
TALK = """
import crispdm
crispdm.params({"rate": 0.1, "depth": 4})
for number in range(1300):
    print(f"{number:05}", "\\x1b[31mERROR\\x1b[0m" if number % 100 == 0 else "fine")
print("tick tack\\b\\b\\bock done")
"""


@pytest.fixture(autouse=True)
def idle(workbench: Workbench) -> Iterator[None]:
    """No test sees the jobs of another."""
    workbench.clear()
    yield
    workbench.stop_jobs()


@pytest.mark.proves(
    "card.side-panel", "jobs.table-live", "jobs.stop-one", "jobs.stdin", "training.log-live", "training.plots-live",
    "streaming.front-end", "house.browser",
)
def test_run_watch_talk_and_stop(enter: Enter, workbench: Workbench) -> None:
    lab = enter("analyst").open_lab()
    lab.run_as_job("training.py", NAME, "vision")
    expect(lab.row(NAME).get_by_role("img", name="Running")).to_be_visible()
    expect(lab.lines.filter(has_text=f"in {workbench.root}/vision/.venv")).to_have_count(1)

    expect(lab.lines.filter(has_text="step 00020 loss")).to_have_count(1)
    loss = lab.job.locator(".crispdm-Chart", has_text="loss")
    expect(loss.locator("canvas")).to_be_visible()
    before = drawn(loss)
    eventually_sync(lambda: drawn(loss) != before)

    lab.say("are you there?")
    expect(lab.lines.filter(has_text="heard: are you there?")).to_have_count(1)

    lab.tab("Parameters")
    expect(lab.job.get_by_role("row", name="network unet")).to_be_visible()
    lab.tab("Overview")

    lab.job.get_by_role("button", name="Stop", exact=True).click()
    expect(lab.dialog).to_contain_text(NAME)
    lab.dialog.get_by_role("button", name="Stop job").click()
    expect(lab.status).to_contain_text("Stopped")
    expect(lab.row(NAME).get_by_role("img", name="Stopped")).to_be_visible()
    expect(lab.job.get_by_label("Input for the job")).to_have_count(0)


@pytest.mark.proves("jobs.waits-for-input")
def test_a_job_that_waits_for_input_says_so_until_it_gets_some(enter: Enter, workbench: Workbench) -> None:
    workbench.clear()
    (workbench.root / "asking.py").write_text("print('got', input('name? '))\nimport time\ntime.sleep(600)\n")
    lab = enter("analyst").open_lab()
    lab.run_as_job("asking.py", "asking", "vision")
    mark = lab.job.get_by_text("Waits for input", exact=True)
    expect(mark).to_be_visible()
    expect(lab.row("asking")).to_contain_text("Waits for input")
    lab.say("Ada")
    expect(lab.lines.filter(has_text="got Ada")).to_have_count(1)
    expect(mark).to_have_count(0)
    workbench.stop_jobs()


@pytest.mark.proves("work.page-after-reload")
def test_a_reload_brings_the_job_page_back(enter: Enter, workbench: Workbench) -> None:
    visit = enter("analyst")
    lab = visit.open_lab()
    lab.run_as_job("training.py", NAME, "vision")
    expect(lab.lines.first).to_be_visible()
    lab.tab("Log")
    [job] = workbench.running_jobs()
    visit.wait_for_workspace(lambda saved: job["id"] in saved and '"tab":"log"' in saved)
    lab.page.reload()
    expect(lab.job.get_by_role("heading", name=NAME)).to_be_visible()
    expect(lab.job.get_by_role("tab", name="Log")).to_have_attribute("aria-selected", "true")
    expect(lab.lines.filter(has_text="loss").first).to_be_visible()


def test_a_wrong_choice_is_said_beside_its_field(enter: Enter) -> None:
    visit = enter("analyst")
    visit.forgive.append("400|422")
    lab = visit.open_lab()
    lab.show_files()
    lab.page.locator(".jp-DirListing-item", has_text="training.py").click(button="right")
    lab.page.get_by_role("menuitem", name="Run as Job…").click()
    lab.dialog.get_by_label("Working directory").fill("../outside")
    lab.dialog.get_by_role("button", name="Run job").click()
    field = lab.dialog.get_by_label("Working directory")
    expect(field).to_have_attribute("aria-invalid", "true")
    lab.dialog.get_by_role("button", name="Cancel").click()
    expect(lab.dialog).to_have_count(0)


@pytest.mark.proves("work.reconnect", "machine.page-lost", "house.kill-in-training")
def test_the_page_survives_the_servers_death(enter: Enter, workbench: Workbench) -> None:
    visit = enter("analyst")
    visit.forgive.append("")  # Lab's own parts say much about a server that is gone
    lab = visit.open_lab()
    lab.run_as_job("training.py", NAME, "vision")
    lab.tab("Log")
    expect(lab.lines.filter(has_text="step 00020")).to_have_count(1)
    lost = lab.dialog.filter(has_text="Server Connection Error")  # Lab's own word
    lab.page.add_locator_handler(lost, lambda dialog: dialog.get_by_role("button", name="Close").click())
    [job] = workbench.running_jobs()

    workbench.kill()
    expect(lab.banner).to_be_visible()
    log = workbench.data / "jobs" / job["id"] / "output.log"
    size = log.stat().st_size
    eventually_sync(lambda: log.stat().st_size > size + 100)
    workbench.start()
    expect(lab.banner).to_be_hidden()
    lab.say("still there?")
    expect(lab.lines.filter(has_text="heard: still there?")).to_have_count(1)
    lab.say("end")
    expect(lab.status).to_contain_text("Succeeded")
    expect(lab.lines.filter(has_text="all done")).to_have_count(1)
    eventually_sync(lambda: lab.log() == log.read_text().splitlines())


@pytest.fixture
def over(workbench: Workbench) -> list[str]:
    """Jobs that are over: two with a short log, one with a long one and without curves, whose name is long."""
    shutil.copy(HERE / "curve.py", workbench.root)
    (workbench.root / "talk.py").write_text(TALK)
    jobs = [
        {"name": "one", "script": "curve.py", "args": ["a", "1"]},
        {"name": "other", "script": "curve.py", "args": ["b", "2"]},
        {"name": LONG, "script": "talk.py", "tags": ["a", "b", "c"]},
    ]
    with workbench.api as api:
        for job in jobs:
            api.post("jobs", json=job).raise_for_status()
            eventually_sync(lambda: not workbench.running_jobs(), 60)
    return [str(job["name"]) for job in jobs]


@pytest.mark.proves("ui.job-page")
def test_a_click_looks_at_a_job_and_two_keep_its_page(enter: Enter, over: list[str]) -> None:
    visit = enter("analyst")
    lab = visit.open_lab()
    tabs = lab.page.locator(".lm-TabBar-tab[data-job-page]")
    for name in (*over, *over):
        lab.row(name).get_by_role("button").first.click()
        expect(lab.job.get_by_role("heading", name=name)).to_be_visible()
        expect(tabs).to_have_text([name])
    expect(lab.lines.filter(has_text="tick tock done")).to_have_count(1)
    expect(tabs.locator(".lm-TabBar-tabLabel")).to_have_css("font-style", "italic")

    lab.row("one").get_by_role("button").first.dblclick()
    expect(tabs).to_have_text(["one"])
    expect(tabs.locator(".lm-TabBar-tabLabel")).to_have_css("font-style", "normal")
    lab.row("other").get_by_role("button").first.click()
    expect(tabs).to_have_text(["one", "other"])
    tabs.filter(has_text="other").dblclick()
    lab.row(LONG).get_by_role("button").first.click()
    expect(tabs).to_have_text(["one", "other", LONG])
    visit.wait_for_workspace(lambda saved: '"preview":true' in saved and '"preview":false' in saved)
    lab.page.reload()
    expect(tabs).to_have_text(["one", "other", LONG])
    expect(lab.job.get_by_role("button", name="Keep open")).to_be_visible()


@pytest.mark.proves("ui.job-page")
def test_a_job_page_is_two_lines_and_a_log(enter: Enter, over: list[str]) -> None:
    lab = enter("analyst").open_lab()
    lab.page.set_viewport_size({"width": 1024, "height": 768})
    lab.row(LONG).get_by_role("button").first.click()
    header = lab.job.locator(".crispdm-JobHeader")
    expect(lab.job.get_by_role("tab", name="Parameters (2)")).to_be_visible()
    for name in ("Stop", "Pause", "Follow", "Send"):
        expect(lab.job.get_by_role("button", name=name, exact=True)).to_have_count(0)
    expect(lab.lines.filter(has_text="tick tock done")).to_have_count(1)
    log = lab.job.locator(".crispdm-Log")
    eventually_sync(lambda: sizes(header)[1] < 80 and sizes(log)[0] == sizes(lab.job)[0])
    lab.row("one").get_by_role("button").first.click()
    expect(lab.job.get_by_role("tab", name="Curves (2)")).to_be_visible()


@pytest.mark.proves("ui.log-search")
def test_a_log_is_searched_as_one_types(enter: Enter, over: list[str]) -> None:
    lab = enter("analyst").open_lab()
    lab.row(LONG).get_by_role("button").first.click()
    expect(lab.lines.filter(has_text="tick tock done")).to_have_count(1)
    lab.search_log("error")
    found = lab.job.get_by_role("search").get_by_role("status")
    expect(found).to_have_text(re.compile(r"^\d+ of 13$"))
    current = lab.job.locator("mark[data-current]")
    for _ in range(3):
        before = found.text_content() or ""
        lab.page.keyboard.press("Enter")
        expect(found).not_to_have_text(before)
        expect(current).to_be_in_viewport()
    lab.page.keyboard.press("Shift+Enter")
    expect(found).to_have_text(before)
    lab.page.keyboard.press("Escape")
    expect(lab.job.locator("mark")).to_have_count(0)


def sizes(part: Locator) -> tuple[int, int]:
    """Width and height on the screen."""
    box = part.bounding_box()
    return (0, 0) if box is None else (round(box["width"]), round(box["height"]))


def drawn(chart: Locator) -> str:
    """The picture on the canvas."""
    return str(chart.locator("canvas").evaluate("canvas => canvas.toDataURL()"))
