"""A replica without Ray: the application that Ray hands requests to, over a registry with a real model."""

from __future__ import annotations

import base64
import pickle
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import psutil
import pytest

from jupyter_crispdm.base.errors import CrispdmError, NotFound, Unavailable, Unprocessable
from jupyter_crispdm.environments.manager import EnvironmentManager
from jupyter_crispdm.models.types import parse_reference
from jupyter_crispdm.serving.deployments.alone import asked_for, hand_over
from jupyter_crispdm.serving.inference.http.app import build
from jupyter_crispdm.serving.inference.settings import InferenceSettings
from jupyter_crispdm.serving.ray.arguments import Arguments
from jupyter_crispdm.serving.ray.registry import SharedRegistry
from jupyter_crispdm.serving.ray.replica import Replica
from tests.support import eventually, files_below

from .shelves import ROWS, Shelf, chances, question

HERE, ELSEWHERE = ("127.0.0.1", 5), ("192.0.2.7", 5)
TOKEN = "a token of many letters"


@asynccontextmanager
async def opened(shelf: Shelf, model: str = "iris/1", **more: Any) -> AsyncIterator[Replica]:
    """A replica as Ray has it: it has travelled, is opened, and is closed at the end of its lifespan."""
    arguments = Arguments(data_dir=str(shelf.data), model=model, **more)
    replica: Replica = pickle.loads(pickle.dumps(Replica(arguments)))
    await replica.open()
    try:
        yield replica
    finally:
        messages = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])
        told: list[str] = []

        async def receive() -> Any:
            return next(messages)

        async def send(message: Any) -> None:
            told.append(message["type"])

        await replica({"type": "lifespan"}, receive, send)
        assert told == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


def asking(application: Any, client: tuple[str, int] = HERE, host: str = "127.0.0.1") -> httpx.AsyncClient:
    transport = httpx.ASGITransport(application, client=client)
    return httpx.AsyncClient(transport=transport, base_url=f"http://{host}", timeout=120)


@pytest.mark.proves("serving.on-ray")
async def test_it_answers_as_the_model_itself_and_leaves_nothing(shelf: Shelf, tmp_path: Path) -> None:
    before, files = {process.pid for process in psutil.Process().children(recursive=True)}, files_below(tmp_path)
    async with opened(shelf) as replica, asking(replica) as client:
        replica.check()
        answer = await client.post("/v2/models/iris/infer", json=question())
        assert np.allclose(chances(answer.json()), shelf.expected(1))
        assert answer.json()["model_version"] == "1"
        assert (await client.get("/v2/health/ready")).json() == {"ready": True}
        assert (await client.get("/models")).json() == ["logistic"]
    assert {process.pid for process in psutil.Process().children(recursive=True)} <= before
    assert files_below(tmp_path) == files
    with pytest.raises(Unavailable):
        replica.check()
    async with asking(replica) as client:
        assert (await client.get("/v2/health/live")).status_code == 503


@pytest.mark.proves("serving.on-ray")
async def test_it_refuses_in_the_words_of_the_service(shelf: Shelf, tmp_path: Path) -> None:
    """Whatever is asked, a replica and the service of one machine say the same."""
    picture = base64.b64encode(b"no picture").decode()
    tensor = question()["inputs"][0]
    asked: list[tuple[str, str, Any]] = [
        ("POST", "/v2/models/iris/infer", {**question(), "id": "7"}),
        ("POST", "/v2/models/iris/versions/1/infer", question()),
        ("POST", "/v2/models/iris/versions/2/infer", question()),
        ("POST", "/v2/models/others/infer", question()),
        ("POST", "/v2/models/iris/infer", {"inputs": []}),
        ("POST", "/v2/models/iris/infer", {"inputs": [{**tensor, "shape": [2, 2]}]}),
        ("POST", "/v2/models/iris/infer", {"inputs": [{**tensor, "datatype": "FP8"}]}),
        ("POST", "/v2/models/iris/infer", {"inputs": [{**tensor, "data": ["a"]}]}),
        ("POST", "/v2/models/iris/infer", question(ROWS[:, :2])),
        ("POST", "/predict", {"images": [picture]}),
        ("POST", "/predict", {"images": []}),
        ("POST", "/models", {"algorithm": "logistic", "return_weights": "True"}),
        ("GET", "/v2/models/iris", None),
        ("GET", "/v2/repository/index", None),
        ("DELETE", "/v2/models/iris", None),
    ]
    settings = InferenceSettings(tmp_path / "alone")
    settings.directory.mkdir()
    async with opened(shelf) as replica:
        registry = SharedRegistry(tmp_path / "models")
        environments = EnvironmentManager(tmp_path, settings.directory)
        wanted, spec = await asked_for(parse_reference("iris/1"), registry, environments)
        await environments.close()
        hand_over(settings.directory, [wanted], [spec])
        server = build(settings)
        async with server.life(), asking(server.application) as alone, asking(replica) as client:
            await eventually(lambda: all(pool.ready for pool in server.repository.pools), 120)
            for method, path, body in asked:
                ours = await client.request(method, path, json=body)
                theirs = await alone.request(method, path, json=body)
                assert (ours.status_code, ours.json()) == (theirs.status_code, theirs.json()), path


async def test_what_one_of_many_could_not_keep_is_not_offered(shelf: Shelf) -> None:
    async with opened(shelf) as replica, asking(replica) as client:
        for method, path in [
            ("GET", "/configs"), ("POST", "/configs"), ("GET", "/results/x"), ("GET", "/metrics"),
            ("POST", "/v2/repository/models/iris/unload"), ("POST", "/v1/completions"),
            ("POST", "/v2/models/iris/generate"), ("GET", "/openapi.json"),
        ]:  # fmt: skip
            answer = await client.request(method, path)
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path
        drawn = await client.post("/predict", json={"images": ["a"], "create_images": "True"})
        assert (drawn.status_code, drawn.json()["details"]) == (422, {"field": "create_images"})
        assert (await client.get("/v2")).json()["extensions"] == ["binary_tensor_data"]


async def test_an_alias_is_followed_and_no_answer_is_lost(shelf: Shelf) -> None:
    async with opened(shelf, "iris@champion") as replica, asking(replica) as client:

        async def version() -> str:
            answer = await client.post("/v2/models/iris@champion/infer", json=question())
            assert answer.status_code == 200, answer.text
            told = answer.json()
            assert np.allclose(chances(told), shelf.expected(int(told["model_version"])))
            return str(told["model_version"])

        assert await version() == "1"
        shelf.point("champion", 2)

        async def moved() -> bool:
            return await version() == "2"

        assert await eventually(moved, 120)


async def test_strangers_need_a_token(shelf: Shelf, tmp_path: Path) -> None:
    async with opened(shelf) as replica:
        for client, host in ((ELSEWHERE, "127.0.0.1"), (HERE, "evil.example"), (("", 0), "127.0.0.1")):
            async with asking(replica, client, host) as asked:
                assert (await asked.get("/v2")).status_code == 403
        async with asking(replica, ("::ffff:127.0.0.1", 5)) as asked:
            assert (await asked.get("/v2")).status_code == 200
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    async with opened(shelf, token_file=str(file)) as replica, asking(replica, ELSEWHERE, "models.example") as asked:
        assert (await asked.get("/v2")).status_code == 401
        shown = {"authorization": f"Bearer {TOKEN}"}
        assert (await asked.post("/v2/models/iris/infer", json=question(), headers=shown)).status_code == 200


async def test_who_cannot_be_opened_says_why_and_leaves_nothing(shelf: Shelf, tmp_path: Path) -> None:
    shelf.add(types=["os.system"])
    short = tmp_path / "short"
    short.write_text("short")
    before = {process.pid for process in psutil.Process().children(recursive=True)}
    for error, told, more in [
        (NotFound, "no model 'others'", {"model": "others"}),
        (NotFound, "nowhere", {"environment": "nowhere"}),
        (Unprocessable, "would run os.system", {"model": "iris/3"}),
        (Unprocessable, "16 characters", {"token_file": str(short)}),
        (Unprocessable, "cannot be read", {"token_file": str(tmp_path / "none")}),
    ]:
        with pytest.raises(error, match=told):
            async with opened(shelf, **{"model": "iris/1", **more}):
                pass
    (tmp_path / "models/iris/1/model.skops").write_bytes(b"damaged")
    with pytest.raises(CrispdmError, match="cannot be loaded"):
        async with opened(shelf):
            pass
    assert {process.pid for process in psutil.Process().children(recursive=True)} <= before
