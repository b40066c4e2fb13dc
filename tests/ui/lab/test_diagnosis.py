"""What curves say on the page of a job, and what is kept of one that is stopped."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.support import eventually_sync
from tests.ui.conftest import Enter
from tests.ui.server import Workbench
from tests.ui.visit import LabPage, Visit

TRAIN = """
import sys, crispdm
for step in range(60):
    crispdm.log({"train/loss": 2 * 0.93**step, "val/loss": 0.8 + abs(step - 20) / 40}, step=step)
    if step % 10 == 0:
        open("net.pt", "w").write(str(step))
        crispdm.artifact("net.pt", name=f"net-{step}.pt")
print("waits", flush=True)
sys.stdin.readline()
"""


@pytest.fixture(autouse=True)
def job(workbench: Workbench) -> Iterator[str]:
    """A training that over-fits, has rules, and waits before it ends."""
    workbench.clear()
    (workbench.root / "train.py").write_text(TRAIN)
    rules = [{"when": "stuck", "metric": "val/loss", "patience": 30}, {"when": "nan"}]
    with workbench.api as api:
        body = {"name": "overfits", "command": ["python", "train.py"], "alerts": rules}
        yield str(api.post("jobs", json=body).json()["id"])
    workbench.stop_jobs()


@pytest.fixture
def visit(enter: Enter) -> Visit:
    return enter("analyst")


@pytest.fixture
def lab(visit: Visit) -> LabPage:
    """The page of the job, its curves in front."""
    made = visit.open_lab()
    made.row("overfits").click()
    made.tab("Curves")
    return made


@pytest.mark.proves("diagnosis.view", "training.diagnosis")
def test_the_page_of_a_job_says_what_its_curves_say_and_why(lab: LabPage) -> None:
    said = lab.job.get_by_role("region", name="Diagnosis")
    expect(said.get_by_text("Over-fitted")).to_be_visible()
    expect(said.get_by_role("status")).to_contain_text("val/loss has been no better than 0.8, at step 20")
    said.get_by_role("button", name="Why").click()
    expect(said.get_by_text("val/loss was best at step 20 (0.8)")).to_be_visible()
    expect(said.get_by_text("val/loss (at best): 0.8 at step 20")).to_be_visible()
    expect(said.get_by_text("Kept then: net-20.pt.")).to_be_visible()
    alerts = said.get_by_role("list", name="Alerts").get_by_role("listitem")
    expect(alerts).to_have_count(2)
    expect(alerts.nth(0)).to_contain_text("Raised")
    expect(alerts.nth(1)).to_contain_text("Watching")


@pytest.mark.proves("diagnosis.view", "diagnosis.keep-best")
def test_a_job_is_stopped_and_its_best_is_its_result(lab: LabPage, workbench: Workbench, job: str) -> None:
    expect(lab.job.get_by_text("Over-fitted")).to_be_visible()
    lab.row("overfits").click(button="right")
    lab.page.get_by_role("menuitem", name="Stop and Keep Best…").click()
    lab.dialog.get_by_role("button", name="Stop job").click()
    expect(lab.status).to_contain_text("Stopped")
    eventually_sync(lambda: not workbench.running_jobs())
    said = lab.job.get_by_role("region", name="Diagnosis")
    said.get_by_role("button", name="Why").click()
    expect(said.get_by_text("Kept as the result: net-20.pt.")).to_be_visible()
    with workbench.api as api:
        best = api.get(f"jobs/{job}/diagnosis").json()["best"]
    assert (best["metric"], best["step"], best["artifact"], best["kept"]) == ("val/loss", 20, "net-20.pt", True)


@pytest.mark.proves("diagnosis.alert-fields")
def test_alerts_are_seen_and_changed_beside_the_curves(lab: LabPage, workbench: Workbench, job: str) -> None:
    said = lab.job.get_by_role("region", name="Diagnosis")
    expect(said.get_by_role("status")).to_contain_text("val/loss has been no better than 0.8")
    said.get_by_role("button", name="Alerts…").click()
    first = lab.dialog.get_by_role("group", name="Alert 1")
    expect(first.get_by_text("val/loss has been no better than 0.8, at step 20")).to_be_visible()
    lab.dialog.get_by_role("button", name="Add alert").click()
    third = lab.dialog.get_by_role("group", name="Alert 3")
    third.get_by_label("Metric").fill("train/loss")
    third.get_by_label("Condition").select_option("is above")
    lab.dialog.get_by_role("button", name="Save alerts").click()
    expect(lab.dialog.get_by_role("alert")).to_have_text("Alert 3: the limit must be a number.")
    third.get_by_label("Limit").fill("1.5")
    lab.dialog.get_by_role("button", name="Remove alert 2").click()
    lab.dialog.get_by_role("button", name="Save alerts").click()
    expect(lab.dialog).to_have_count(0)
    said.get_by_role("button", name="Why").click()
    alerts = said.get_by_role("list", name="Alerts").get_by_role("listitem")
    expect(alerts).to_have_count(2)
    expect(alerts.nth(1)).to_contain_text("train/loss is 2 at step 0, above 1.5.")
    with workbench.api as api:
        rules = [one["rule"] for one in api.get(f"jobs/{job}/alerts").json()["alerts"]]
    assert [(rule["when"], rule["metric"], rule["value"]) for rule in rules] == [
        ("stuck", "val/loss", None),
        ("above", "train/loss", 1.5),
    ]


@pytest.mark.proves("diagnosis.alert-fields")
def test_a_job_is_sent_with_alerts_from_the_form(lab: LabPage, workbench: Workbench) -> None:
    lab.row("overfits").click(button="right")
    lab.page.get_by_role("menuitem", name="Run Again with Changes…").click()
    alert = lab.dialog.get_by_role("group", name="Alert 1")  # open from the start, as the job has some
    alert.get_by_label("For how long").fill("10")
    alert.get_by_label("What then").select_option("stop, keep best")
    options = lab.dialog.locator("datalist option")
    expect(options).to_have_count(2)
    assert [one.get_attribute("value") for one in options.all()] == ["train/loss", "val/loss"]
    lab.dialog.get_by_role("button", name="Run job").click()
    expect(lab.dialog).to_have_count(0)

    def newest() -> dict[str, object]:
        with workbench.api as api:
            return dict(api.get("jobs?limit=1").json()["jobs"][0])

    eventually_sync(lambda: newest()["state"] == "stopped")
    with workbench.api as api:
        said = api.get(f"jobs/{newest()['id']}/diagnosis").json()
    assert (said["best"]["artifact"], said["best"]["kept"]) == ("net-20.pt", True)
