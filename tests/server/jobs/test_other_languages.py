"""A job that is no Python: what it writes into its directory is shown like anybody's."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_crispdm.base.files.watch import Watcher
from jupyter_crispdm.jobs.executors.local import LocalExecutor
from jupyter_crispdm.jobs.types import JobState
from jupyter_crispdm.tracking import read_run
from tests.unit.jobs.fakes import House

SCRIPT = r"""
cd "$CRISPDM_RUN_DIR"
for step in 0 1 2; do
    echo "{\"step\": $step, \"loss\": 0.$((9 - step)), \"rate\": 1e-3}" >> metrics.jsonl
    echo "{\"kind\": \"progress\", \"done\": $((step + 1)), \"total\": 3}" >> events.jsonl
done
echo '{"kind": "params", "params": {"depth": 4}}' >> events.jsonl
echo "step 1 of 9"
echo weights > artifacts/weights.txt
echo "{\"kind\": \"failure\", \"time\": $(date +%s).999, \"message\": \"no more data\"}" >> events.jsonl
exit 3
"""


@pytest.fixture
def house(tmp_path: Path, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[House]:
    house = jp_asyncio_loop.run_until_complete(House(tmp_path, LocalExecutor(Watcher())).open())
    yield house
    jp_asyncio_loop.run_until_complete(house.close())


@pytest.mark.proves("jobs.languages")
async def test_a_shell_script_reports(house: House) -> None:
    (house.root / "train.sh").write_text(SCRIPT)
    job = await house.submit(command=None, script="train.sh")
    ended = await house.reaches(job.id, JobState.failed)
    assert ended.progress is not None
    assert (ended.progress.done, ended.progress.total) == (3, 3)
    assert ended.parameters == {"depth": 4}
    assert (ended.exit_code, ended.reason) == (3, "no more data")
    series = read_run(house.jobs.directory(job.id))
    assert series["loss"].value.tolist() == [0.9, 0.8, 0.7]
    assert series["rate"].step.tolist() == [0, 1, 2]
    assert [one.path for one in await house.jobs.artifacts(job.id)] == ["weights.txt"]
