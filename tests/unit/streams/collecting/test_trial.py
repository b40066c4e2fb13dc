from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import msgspec
import pytest

from jupyter_crispdm.base.errors import TooManyRequests
from jupyter_crispdm.streams.collecting import trial as trials
from jupyter_crispdm.streams.collecting.trial import Trials
from jupyter_crispdm.streams.collecting.trying import Order, try_source
from jupyter_crispdm.streams.types import FileSource, ProposedColumn, SimulatedSource, Source, Trial


def order(source: Source, path: Path, place: str = "", seconds: float = 5.0) -> Order:
    return Order(source, place, {}, seconds, str(path))


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    file = tmp_path / "line.jsonl"
    file.write_text('{"ts": 1700000000, "v": 1.5, "state": "ok"}\n{"ts": 1700000001, "v": 2.5, "state": "ok"}\n')
    return file


@pytest.mark.proves("streams.test")
async def test_the_first_messages_are_shown_and_columns_proposed(tmp_path: Path, lines: Path) -> None:
    source = FileSource(path="line.jsonl", fields={"time": "$.ts", "value": "$.v"})
    trial = await try_source(order(source, tmp_path, str(lines)))
    assert len(trial.messages) == 2
    assert '"v"' in trial.messages[0]
    assert ProposedColumn("value", "$.v", "number") in trial.columns
    assert {(column.path, column.type) for column in trial.columns} == {
        ("$.ts", "number"), ("$.v", "number"), ("$.state", "text"),
    }  # fmt: skip
    assert trial.reason == ""


async def test_a_mapping_that_fits_no_message_says_so(tmp_path: Path, lines: Path) -> None:
    source = FileSource(path="line.jsonl", fields={"value": "$.nowhere"})
    trial = await try_source(order(source, tmp_path, str(lines)))
    assert "Not every message makes a sample" in trial.reason
    assert len(trial.messages) == 2


@pytest.mark.proves("streams.test")
async def test_a_source_from_which_nothing_comes_says_so(tmp_path: Path) -> None:
    source = FileSource(path="nothing.jsonl")
    trial = await try_source(order(source, tmp_path, str(tmp_path / "nothing.jsonl"), seconds=0.3))
    assert trial.messages == []
    assert trial.reason


async def test_many_messages_are_enough_at_once(tmp_path: Path) -> None:
    trial = await try_source(order(SimulatedSource(rate=10_000, seed=1), tmp_path, seconds=60.0))
    assert trial.messages


@pytest.mark.proves("streams.test", "streams.secrets")
async def test_a_child_tries_and_is_told_by_its_input_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[tuple[Any, ...]] = []
    real = asyncio.create_subprocess_exec

    async def start(*arguments: Any, **options: Any) -> Any:
        started.append((arguments, options["env"]))
        return await real(*arguments, **options)

    monkeypatch.setattr(asyncio, "create_subprocess_exec", start)
    trial = await Trials(60.0, tmp_path).run(SimulatedSource(rate=50), "", {"LINE": "geheim"})
    assert trial.messages
    assert {column.name for column in trial.columns} >= {"value", "probability"}
    assert "geheim" not in repr(started)


async def test_code_of_the_users_own_may_break_print_and_hang(tmp_path: Path, lines: Path) -> None:
    (tmp_path / "own.py").write_text("import os\n\ndef sample(message, topic=''):\n    print('x')\n    os._exit(3)\n")
    source = FileSource(path="line.jsonl", python="own.py:sample")
    trial = await Trials(60.0, tmp_path).run(source, str(lines), {})
    assert trial == Trial([], [], "The source could not be tried: what it sends broke the attempt.")


async def test_a_child_that_says_nothing_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "_STARTING_SECONDS", 0.0)
    trial = await Trials(0.01, tmp_path).run(SimulatedSource(), "", {})
    assert "did not answer" in trial.reason


async def test_too_many_trials_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "_WAITING", 0)
    with pytest.raises(TooManyRequests):
        await Trials(1.0, tmp_path).run(SimulatedSource(), "", {})


def test_what_a_child_is_told_can_be_read_again() -> None:
    told = msgspec.json.encode({"source": SimulatedSource(seed=3), "place": "", "passwords": {}, "seconds": 1.0,
                                "directory": os.sep})  # fmt: skip
    assert msgspec.json.decode(told, type=Order).source == SimulatedSource(seed=3)
