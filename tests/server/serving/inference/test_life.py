"""The life of deployments in a real inference server: switched, tried out, at rest, out of memory, asked with a key."""

from __future__ import annotations

import json
import os
import signal
from typing import Any

import httpx
import pyarrow.parquet as pq
import pytest

from tests.support import eventually_sync

from .conftest import RunningServer

QUESTION = {"inputs": [{"name": "x", "datatype": "FP32", "shape": [2], "data": [1, 2]}]}
DOUBLE = [2.0, 4.0]


def ask(inference: RunningServer, name: str = "lamp", key: str | None = None) -> httpx.Response:
    headers = {"Idempotency-Key": key} if key else {}
    return inference.client.post(f"/v2/models/{name}/infer", json=QUESTION, headers=headers)


def version(inference: RunningServer, name: str = "lamp") -> str:
    answer = ask(inference, name)
    assert answer.status_code == 200, answer.text
    told: str = answer.json()["model_version"]
    return told


def route(inference: RunningServer, target: int, **canary: Any) -> None:
    """Let the alias mean a version, and try another out beside it."""
    tried = {"champion": canary} if canary else {}
    routes = {"lamp": {"aliases": {"champion": target}, "default": "champion", "canary": tried}}
    (inference.directory / "routes.new").write_text(json.dumps(routes))
    (inference.directory / "routes.new").replace(inference.directory / "routes.json")


@pytest.mark.proves("serving.alias-switch")
def test_an_alias_goes_over_when_the_new_version_can_answer(inference: RunningServer) -> None:
    inference.deploy("a.1", alias="champion")
    route(inference, 1)
    eventually_sync(lambda: ask(inference, "lamp@champion").status_code == 200)
    route(inference, 2)
    inference.deploy("a.2", weights="bad", version=2, alias="champion", wait=False)
    eventually_sync(lambda: inference.status("a.2").state == "failed")
    assert {version(inference, name) for name in ("lamp", "lamp@champion")} == {"1"}
    inference.deploy("b.2", version=2, alias="champion", created=2.0)
    eventually_sync(lambda: version(inference, "lamp@champion") == "2")
    assert version(inference) == "2"
    eventually_sync(lambda: inference.read("state.json")["answering"] == {"lamp@champion": 2})
    assert ask(inference, "lamp@nobody").status_code == 404


@pytest.mark.proves("serving.canary-share")
def test_a_share_goes_to_another_version_and_a_shadow_only_listens(inference: RunningServer) -> None:
    inference.deploy("a.1", alias="champion")
    inference.deploy("a.2", version=2, alias="champion", created=2.0)
    route(inference, 1, version=2, share=0.5)
    eventually_sync(lambda: version(inference, "lamp@champion") == "2")
    answered = [version(inference, "lamp@champion") for _ in range(20)]
    assert abs(answered.count("2") - 10) <= 1
    route(inference, 1, version=2, share=1.0, shadow=True)
    eventually_sync(lambda: {version(inference) for _ in range(4)} == {"1"})

    def compared() -> dict[str, Any]:
        told: dict[str, Any] = inference.read("state.json").get("comparisons", {}).get("lamp@champion", {})
        return told

    eventually_sync(lambda: compared().get("shadow") and compared().get("compared"))
    shown = compared()
    assert (shown["main"]["version"], shown["other"]["version"], shown["difference"]) == (1, 2, 0.0)


@pytest.mark.proves("serving.idle")
def test_one_at_rest_is_woken_by_the_next_request(inference: RunningServer) -> None:
    inference.deploy("a")
    before = inference.workers()[0]
    inference.deploy("a", idle_seconds=1.0, wait=False)
    eventually_sync(lambda: inference.status("a").state == "idle")
    before.wait(60)
    assert inference.client.get("/v2/health/ready").status_code == 200
    assert inference.client.get("/v2/models/lamp").status_code == 200
    assert inference.workers() == []
    assert ask(inference).json()["outputs"][0]["data"] == DOUBLE


@pytest.mark.proves("serving.load-unload")
def test_a_model_is_taken_out_of_memory_and_loaded(inference: RunningServer) -> None:
    inference.deploy("a")
    place = "/v2/repository/models/lamp"
    assert inference.client.post(f"{place}/unload").json() == {"name": "lamp"}
    refused = ask(inference)
    assert (refused.status_code, "taken out of memory" in refused.text) == (503, True)
    assert inference.client.get("/v2/repository/index").json()[0]["state"] == "UNAVAILABLE"
    front = inference.front
    os.kill(front, signal.SIGKILL)
    eventually_sync(lambda: inference.read("front.json").get("front") != front)
    inference.leave()
    assert ask(inference).status_code == 503
    assert inference.client.post(f"{place}/load").status_code == 200
    assert ask(inference).status_code == 200
    assert inference.client.post("/v2/repository/models/nobody/load").status_code == 404


@pytest.mark.proves("serving.idempotency-same")
def test_an_answer_to_a_key_outlives_the_front(inference: RunningServer) -> None:
    inference.deploy("a")
    first = ask(inference, key="k1")
    front = inference.front
    os.kill(front, signal.SIGKILL)
    with httpx.Client(base_url=inference.client.base_url, timeout=60) as client:
        headers = {"Idempotency-Key": '"k1"'}
        again = client.post("/v2/models/lamp/infer", json=QUESTION, headers=headers)
        other = client.post("/v2/models/lamp/infer", json={"inputs": []}, headers=headers)
    assert (again.content, again.headers["idempotency-replayed"]) == (first.content, "true")
    assert other.status_code == 422


@pytest.mark.proves("serving.samples")
def test_requests_are_kept_when_that_is_asked_for(inference: RunningServer) -> None:
    inference.deploy("a", sample=1.0)
    inference.deploy("b", model="quiet")
    for name in ("quiet", "lamp", "lamp"):
        assert ask(inference, name).status_code == 200
    folder = inference.directory / "samples"

    def kept() -> list[dict[str, Any]]:
        return [row for file in sorted(folder.glob("*/[!.]*.parquet")) for row in pq.read_table(file).to_pylist()]

    rows = eventually_sync(lambda: len(kept()) >= 2 and kept())  # in one file, or each in its own
    assert [(row["model"], row["version"], row["inputs"][0]["name"]) for row in rows] == [("lamp", 1, "x")] * 2
    assert not (folder / "quiet").exists()


@pytest.mark.proves("serving.memory-cap")
def test_numbers_are_told(inference: RunningServer) -> None:
    inference.deploy("a")
    assert ask(inference).status_code == 200

    def told() -> dict[str, Any]:
        numbers: dict[str, Any] = inference.read("state.json").get("numbers", {}).get("a", {})
        return numbers

    eventually_sync(lambda: told().get("requests") == 1)
    numbers = eventually_sync(lambda: told().get("memory_bytes") and told())
    assert numbers["memory_bytes"] > 1 << 20
    assert numbers["p50"] > 0
