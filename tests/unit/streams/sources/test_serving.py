"""Requests to models, as samples."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_crispdm.serving.inference.http import request_log
from jupyter_crispdm.serving.inference.http.request_log import RequestLog, log_of
from jupyter_crispdm.streams.mapping import Mapper
from jupyter_crispdm.streams.sources.serving import ServingSource
from tests.support import nap
from tests.unit.streams.sources.reading import Reading

pytestmark = pytest.mark.usefixtures("jp_asyncio_loop")


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    directory = tmp_path / "stream"
    directory.mkdir()
    return directory


def source(tmp_path: Path, directory: Path, model: str = "") -> ServingSource:
    return ServingSource(log_of(tmp_path), directory, model, sleep=nap)


async def serve(log: RequestLog, *models: str) -> None:
    for model in models:
        log.add(1.7e9, 0.01, 200, {"model": model, "version": 1, "rows": 2, "score": 0.25})
    await log.write()


@pytest.mark.proves("streams.serving")
async def test_a_request_is_a_sample(tmp_path: Path, directory: Path) -> None:
    log = RequestLog(tmp_path)
    async with Reading(source(tmp_path, directory)) as reading:
        await serve(log, "lamp", "door")
        await reading.payloads(2)
        columns = Mapper()(reading.got).columns
        assert columns["model"] == ["lamp", "door"]
        assert list(columns["ms"]) == [10, 10]
        assert list(columns["score"]) == [0.25, 0.25]
    await serve(log, "lamp")
    async with Reading(source(tmp_path, directory)) as reading:
        await reading.payloads(1)
        assert len(reading.got) == 1


@pytest.mark.proves("streams.serving")
async def test_the_requests_to_one_model_can_be_chosen(tmp_path: Path, directory: Path) -> None:
    log = RequestLog(tmp_path)
    await serve(log, "lamp", "door", "lamp")
    async with Reading(source(tmp_path, directory, "door")) as reading:
        await reading.payloads(1)
        with log_of(tmp_path).open("a") as file:
            file.write("torn\n")
        await serve(log, "door")
        await reading.payloads(2)
        assert all(b"door" in message.payload for message in reading.got if isinstance(message.payload, bytes))


async def test_a_log_that_is_rotated_loses_nothing(
    tmp_path: Path, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_log, "MOST_BYTES", 500)
    log = RequestLog(tmp_path)
    async with Reading(source(tmp_path, directory)) as reading:
        for number in range(20):
            await serve(log, f"model{number}")
            await reading.payloads(number + 1)
