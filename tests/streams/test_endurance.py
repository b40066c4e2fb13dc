"""From a broker to parquet while everything on the way is killed: the short form of `make streams`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.streams.endurance import Endurance, Plan


@pytest.mark.proves("streams.endurance", "streams.parquet", "monitor.backup")
def test_nothing_is_lost_whatever_is_killed(tmp_path: Path) -> None:
    plan = Plan(seconds=8, rate=1000, collectors=1, backup_seconds=2)
    outcome = Endurance(tmp_path, plan).run()
    assert (outcome.missing, outcome.holes) == (0, 0), str(outcome)
    assert outcome.published >= 1000
    assert outcome.doubles >= 0
    assert outcome.most_memory < 512 << 20


def test_everything_dies_in_turns() -> None:
    assert Plan().deaths == ["collector", "broker", "collector", "server", "collector"]
    assert Plan(collectors=1).deaths == ["collector", "broker", "server"]
