"""What a job writes over the server's own files in its directory, and numbers that no computer holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from jupyter_crispdm.base.wire import encode
from jupyter_crispdm.jobs.types import JobState
from jupyter_crispdm.runs.fieldlist import field_list
from jupyter_crispdm.runs.query.conditions import condition
from jupyter_crispdm.runs.query.ordering import in_order, orders
from jupyter_crispdm.runs.records import INPUTS
from jupyter_crispdm.runs.types import Digests, Lineage, RunQuery

from .making import run
from .test_indexer import house

HUGE = 10**400


@pytest.mark.proves("runs.filter")
def test_numbers_that_no_computer_holds_are_infinite() -> None:
    runs = [run("a", parameters={"m": {"x": HUGE}, "n": HUGE}), run("b", parameters={"m": {"x": -HUGE}, "n": 1})]
    assert [condition("params.m.x > 1e308")(one) for one in runs] == [True, False]
    assert [condition("params.m.x < -1e308")(one) for one in runs] == [False, True]
    assert [one.id for one in in_order(runs, orders("params.m.x"))] == ["b", "a"]
    [_, field] = field_list(runs).parameters
    assert (field.name, field.min, field.max) == ("n", 1.0, 1.0)


@pytest.mark.proves("runs.inputs")
@pytest.mark.parametrize(("file", "content"), [
    (INPUTS, {"digests": {"code": "x" * 5_000_000, "commit": "c" * 5_000_000}}),
    (INPUTS, {"digests": {"code": 3}}),
    (INPUTS, {"digests": None}),
    ("lineage.json", {"resumes": "/" + "a" * 60_000, "step": HUGE}),
    ("lineage.json", {"forks": "/" + "a" * 60_000, "merged": ["m" * 500] * 100}),
    ("lineage.json", {"resumes": ["a"]}),
    ("lineage.json", {"resumes": "..", "forks": "/", "step": -1}),
    ("lineage.json", [[[[]]]]),
])  # fmt: skip
async def test_what_a_job_writes_over_our_files_stays_small_in_the_table(
    tmp_path: Path, file: str, content: Any
) -> None:
    async with house(tmp_path) as made:
        made.log("a", 1.0)
        (made.jobs.directory("a") / file).write_bytes(msgspec.json.encode(content))
        made.jobs.put("a", JobState.succeeded)
        row = await made.row("a", points=1)
        assert len(encode(row)) < 20_000
        assert (await made.index.find(RunQuery())).total == 1
        assert len(row.inputs.code) <= 64
        assert all(len(id) <= 128 for id in (row.lineage.resumes or "", row.lineage.forks or "", *row.lineage.merged))


@pytest.mark.proves("runs.inputs")
@pytest.mark.parametrize("depth", [1_000, 100_000])
async def test_deep_files_are_no_inputs(tmp_path: Path, depth: int) -> None:
    async with house(tmp_path) as made:
        made.log("a", 1.0)
        deep = b'{"digests": ' + b"[" * depth + b"]" * depth + b"}"
        for name in (INPUTS, "lineage.json"):
            (made.jobs.directory("a") / name).write_bytes(deep)
        made.jobs.put("a", JobState.succeeded)
        row = await made.row("a", points=1)
        assert (row.inputs, row.lineage) == (Digests(), Lineage())
