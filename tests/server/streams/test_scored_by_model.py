"""A stream's samples are scored by a tabular model that is really deployed: the collector asks it behind the login."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from crispdm.algorithms import mlp

from jupyter_crispdm.app import CrispdmApp
from tests.server.auth.conftest import as_user, browser, jp_server_config, people, root
from tests.server.auth.visitors import Browser, OpenAs
from tests.server.streams.conftest import end_all
from tests.support import eventually

__all__ = ["as_user", "browser", "jp_server_config", "people", "root"]

CONFIG = {"sizes": [2, 1]}
METADATA = {"algorithm": "mlp", "dataset": "line", "config": CONFIG}
DETECTOR = {
    "kind": "model", "name": "own", "model": "line_model", "fields": ["value", "probability"], "writes": "score",
    "limit": 0.0,
}  # fmt: skip


@pytest.fixture
def collecting(crispdm: CrispdmApp, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    yield
    jp_asyncio_loop.run_until_complete(end_all(crispdm))


async def called(analyst: Browser, path: str, method: str = "GET", body: Any = None) -> Any:
    answer = await analyst.fetch(f"crispdm/api/{path}", method, body)
    assert answer.code < 400, answer.body
    return json.loads(answer.body)


async def deployed(analyst: Browser, root: Path) -> None:
    """Register and deploy what adds a tenth of the value, the probability and 1000: nobody mistakes its score."""
    network = mlp.build(CONFIG)
    network.load_state_dict({"0.weight": torch.tensor([[0.1, 1.0]]), "0.bias": torch.tensor([1000.0])})
    torch.save(network.state_dict(), root / "line.pt")
    request = {"name": "line_model", "path": "line.pt", "task": "tabular", "metadata": METADATA}
    await called(analyst, "models", "POST", request)
    deployment = await called(analyst, "deployments", "POST", {"model": "line_model"})

    async def ready() -> bool:
        return bool((await called(analyst, f"deployments/{deployment['id']}"))["state"] == "ready")

    await eventually(ready, 60)


@pytest.mark.proves("streams.scored-by-model")
async def test_a_deployed_model_scores_what_a_stream_collects(
    collecting: None, as_user: OpenAs, root: Path
) -> None:
    analyst = await as_user("analyst")
    await deployed(analyst, root)
    source = {"kind": "simulated", "rate": 20, "seed": 0}
    await called(analyst, "streams", "POST", {"name": "Line", "id": "line", "source": source, "detectors": [DETECTOR]})

    async def raised() -> Any:
        events = (await called(analyst, "streams/line/events"))["events"]
        return [event for event in events if event["detector"] == "own"]

    [event, *_] = await eventually(raised, 60)
    columns = (await called(analyst, "streams/line/window"))["columns"]
    assert "line_model" in event["message"]
    scored = [n for n, score in enumerate(columns["score"]) if score is not None]
    assert scored
    expected = [1000 + 0.1 * columns["value"][n] + columns["probability"][n] for n in scored]
    assert [columns["score"][n] for n in scored] == pytest.approx(expected, rel=1e-6)

    async def fine() -> bool:  # a model that was slow at first is said to be no more
        return bool((await called(analyst, "streams/line"))["reason"] == "")

    await eventually(fine)
