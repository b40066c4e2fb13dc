"""What the doctor says of a cluster that the settings name."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_crispdm.app import CrispdmApp
from jupyter_crispdm.base.rooms.checks import Verdict
from jupyter_crispdm.jobs.executors import checks
from jupyter_crispdm.jobs.executors.cluster import ClusterJob, Outcome
from jupyter_crispdm.jobs.executors.listing import Listing, Standing, Unreachable


class FakeCluster:
    """Answers with a list, or not."""

    title = "Ray"

    def __init__(self, listing: Listing | None) -> None:
        self._listing = listing
        self.closed = False

    async def listing(self) -> Listing:
        if self._listing is None:
            raise Unreachable("it refuses our token")
        return self._listing

    async def close(self) -> None:
        self.closed = True

    async def submit(self, job: ClusterJob) -> str:
        raise AssertionError("a look must change nothing")

    async def cancel(self, name: str, id: str) -> None:
        raise AssertionError("a look must change nothing")

    async def outcome(self, name: str, id: str) -> Outcome | None:
        raise AssertionError("nobody asked")


async def test_this_machine_is_looked_at_where_no_cluster_is_set(tmp_path: Path) -> None:
    check = await checks.executor(CrispdmApp(), tmp_path)
    assert (check.verdict, check.reason.split(",")[0]) == (Verdict.ok, "local")


@pytest.mark.proves("settings.cluster")
async def test_a_wrong_setting_is_named(tmp_path: Path) -> None:
    check = await checks.executor(CrispdmApp(executor="ray", ray_address="head:6379"), tmp_path)
    assert check.verdict is Verdict.broken
    assert check.reason.startswith("'ray_address' must be the address of the Ray dashboard")
    assert "executor" in check.repair


async def test_a_cluster_that_does_not_answer(tmp_path: Path) -> None:
    cluster = FakeCluster(None)
    check = await checks.answering(cluster, tmp_path)
    assert (check.verdict, check.reason) == (Verdict.limited, "Ray does not answer: it refuses our token.")
    assert cluster.closed


async def test_a_cluster_without_a_shared_directory(tmp_path: Path) -> None:
    check = await checks.answering(FakeCluster({"crispdm-a": Standing("1")}), tmp_path)
    assert check.verdict is Verdict.limited
    assert check.reason.startswith("Ray answers; jobs that wait or run there: 1; but ")
    assert "data_dir" in check.repair


@pytest.mark.proves("doctor.all")
async def test_a_cluster_that_is_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "is_shared", lambda path: True)
    check = await checks.answering(FakeCluster({}), tmp_path)
    assert (check.verdict, check.reason) == (Verdict.ok, "Ray answers; jobs that wait or run there: 0")
