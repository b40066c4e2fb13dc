"""What a run has logged, as the metrics of the model that it made."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, cast

import pytest
from crispdm import _metrics

from jupyter_crispdm.models.registering.facts import RoomFacts


class FakeEnvironments:
    """Environments that can be written as a file."""

    async def export(self, key: str, *, conda: bool = False) -> tuple[str, str]:
        return "requirements.txt", f"# {key}\n"


@pytest.fixture
def facts() -> RoomFacts:
    return RoomFacts(cast(Any, FakeEnvironments()))


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory of a run that logs."""
    monkeypatch.setenv("CRISPDM_RUN_DIR", str(tmp_path / "j1"))
    (tmp_path / "j1").mkdir()
    return tmp_path / "j1"


@pytest.mark.proves("models.lineage")
async def test_the_newest_of_each_metric_is_noted(facts: RoomFacts, run: Path) -> None:
    for step in range(5):
        _metrics.log({"loss": 1.0 / (step + 1), "accuracy": step / 4}, step=step)
    _metrics.log({"diverged": math.nan}, step=5)
    assert await facts.metrics(run) == {"loss": pytest.approx(0.2), "accuracy": 1.0}


async def test_a_run_that_logged_nothing_has_none(facts: RoomFacts, tmp_path: Path) -> None:
    (tmp_path / "j2").mkdir()
    assert await facts.metrics(tmp_path / "j2") == {}


async def test_the_packages_are_those_of_the_environment(facts: RoomFacts) -> None:
    assert await facts.lock("venv-1") == "# venv-1\n"
