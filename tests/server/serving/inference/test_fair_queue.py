"""Who waits for a model, who leaves, and what becomes of work when a model hangs or is withdrawn: a real worker."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest

from jupyter_crispdm.serving.inference.protocols import images
from jupyter_crispdm.serving.inference.settings import RequestLimits
from tests.support import eventually
from tests.unit.serving.inference.pictures import picture, text

from .inside import Inside, configure, inside


def image(grey: int) -> str:
    return text(picture(colour=(grey, grey, grey)))


class Gate:
    """Holds the model until it is opened, and knows what the model was asked."""

    def __init__(self, tmp_path: Path) -> None:
        self.file, self.log = tmp_path / "gate", tmp_path / "log"

    async def close(self, running: Inside, **more: Any) -> None:
        answer = await configure(running.client("admin"), gate=str(self.file), log=str(self.log), **more)
        assert answer.status_code == 200, answer.text

    def open(self) -> None:
        self.file.touch()

    def let_one_pass(self) -> None:
        self.file.with_suffix(".once").touch()

    def asked(self) -> list[str]:
        """How many pictures, and the grey of the first, of each piece that the model began."""
        return self.log.read_text().splitlines() if self.log.exists() else []


def ask(client: httpx.AsyncClient, *greys: int) -> asyncio.Task[httpx.Response]:
    return asyncio.create_task(client.post("/predict", json={"images": [image(grey) for grey in greys]}))


async def fill(running: Inside, gate: Gate, person: str, count: int) -> list[asyncio.Task[httpx.Response]]:
    """So many requests, the first of which the gate holds before the others come: who works and who waits stays so."""
    client = running.client(person)
    first = ask(client, 0)
    await eventually(gate.asked)
    return [first, *(ask(client, number) for number in range(1, count))]


@pytest.mark.proves("clients.left")
async def test_issue_7_work_of_clients_that_left_is_dropped(tmp_path: Path) -> None:
    gate = Gate(tmp_path)
    async with inside(tmp_path) as running:
        pool = await running.deploy()
        await gate.close(running)
        first = ask(running.client("busy"), 1)
        await eventually(gate.asked)
        leaving = [ask(running.client(f"gone{number}"), 100) for number in range(6)]
        await eventually(lambda: pool.queue.waiting + pool.queue.working == 7)
        for task in leaving:
            task.cancel()
        await eventually(lambda: pool.queue.waiting + pool.queue.working == 1)
        live = ask(running.client("here"), 2)
        await eventually(lambda: pool.queue.waiting + pool.queue.working == 2)
        gate.open()
        assert (await first).status_code == (await live).status_code == 200
        assert gate.asked() == ["1 1", "1 2"]


@pytest.mark.proves("clients.left")
async def test_what_is_left_of_a_large_request_is_dropped_with_its_client(tmp_path: Path) -> None:
    gate = Gate(tmp_path)
    async with inside(tmp_path) as running:
        pool = await running.deploy()
        await gate.close(running)
        large = ask(running.client("gone"), *range(20))
        await eventually(gate.asked)
        large.cancel()
        await eventually(lambda: pool.queue.working == 0)
        gate.open()
        assert (await ask(running.client("here"), 99)).status_code == 200
        assert gate.asked() == ["8 0", "1 99"]


async def test_a_large_request_lets_others_in_between_its_pieces(tmp_path: Path) -> None:
    gate = Gate(tmp_path)
    async with inside(tmp_path) as running:
        pool = await running.deploy()
        await gate.close(running)
        large = ask(running.client("large"), *range(20, 84))
        await eventually(gate.asked)
        small = ask(running.client("small"), 99)
        await eventually(lambda: pool.waiting == 1)  # it asks how much work it is
        gate.let_one_pass()
        # one of the two stands before the gate with a piece, and the other's waits behind it
        await eventually(lambda: len(gate.asked()) == 2 and pool.waiting == 1 and pool.queue.working == 2)
        gate.open()
        answer = await large
        assert (await small).status_code == answer.status_code == 200
        assert len(answer.json()["Responses"]) == 64
        assert gate.asked()[:3] in (["8 20", "1 99", "8 28"], ["8 20", "8 28", "1 99"])
        assert len(gate.asked()) == 9


@pytest.mark.proves("floods.predictions")
async def test_a_full_queue_is_a_503_for_those_who_fill_it_and_nobody_else(tmp_path: Path) -> None:
    gate = Gate(tmp_path)
    async with inside(tmp_path, limits=RequestLimits(waiting=8, waiting_each=4)) as running:
        pool = await running.deploy()
        await gate.close(running)
        many = await fill(running, gate, "greedy", 12)
        # the gate holds one at work and two that are asked how much work they are; of the nine others four may wait
        await eventually(lambda: len([task for task in many if task.done()]) == 5)
        assert (pool.queue.working, pool.queue.waiting) == (3, 4)
        refused = next(task.result() for task in many if task.done())
        assert refused.status_code == 503
        assert int(refused.headers["retry-after"]) >= 1
        assert "4 requests wait for the model already" in refused.json()["message"]
        modest = ask(running.client("modest"), 99)
        await eventually(lambda: pool.queue.waiting == 5)  # they are let in, though others fill their part of the queue
        gate.open()
        assert (await modest).status_code == 200
        assert sorted({(await task).status_code for task in many}) == [200, 503]


@pytest.mark.proves("serving.healthy-worker")
async def test_issue_7_a_worker_is_not_killed_for_the_length_of_its_queue(tmp_path: Path) -> None:
    gate = Gate(tmp_path)
    async with inside(tmp_path) as running:
        pool = await running.deploy()
        await gate.close(running)
        (worker,) = pool._workers
        many = [ask(running.client(f"person{number}"), number) for number in range(5)]
        await eventually(lambda: pool.queue.waiting + pool.queue.working == 5)
        await eventually(gate.asked)
        assert worker.batch is not None
        clock, begun = asyncio.get_running_loop(), worker.batch.began
        gate.open()
        assert {(await task).status_code for task in many} == {200}
        assert worker.is_free
        assert worker.busy_for(clock.time() + 1000) == 0
        assert begun <= clock.time()


async def test_a_model_that_hangs_is_ended_and_its_client_told_why(tmp_path: Path) -> None:
    async with inside(tmp_path, predict_seconds=5.0, first_pause=0.05) as running:
        pool = await running.deploy()
        first = pool.pids
        ada = running.client("ada")
        await configure(ada, mode="hang")
        answer = await ask(ada, 1)
        assert answer.status_code == 503
        assert "was ended after 5 s without an answer while it worked on this" in answer.json()["message"]
        await eventually(lambda: pool.ready and pool.pids != first)


async def test_a_model_that_dies_says_how(tmp_path: Path) -> None:
    async with inside(tmp_path, first_pause=0.05) as running:
        pool = await running.deploy()
        ada = running.client("ada")
        await configure(ada, mode="exit")
        answer = await ask(ada, 1)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert "ended with exit code 3 while it worked on this" in answer.json()["message"]
        await eventually(lambda: pool.ready)


@pytest.mark.parametrize(("drain", "late"), [(600.0, 200), (0.0, 503)])
async def test_a_withdrawn_model_finishes_what_it_was_asked_while_there_is_time(
    tmp_path: Path, drain: float, late: int
) -> None:
    gate = Gate(tmp_path)
    async with inside(tmp_path, drain_seconds=drain, limits=RequestLimits(piece_images=1)) as running:
        pool = await running.deploy()
        await gate.close(running)
        working = await fill(running, gate, "early", 3)
        await eventually(lambda: pool.queue.working == 3)
        waiting = [ask(running.client(f"late{number}"), 50) for number in range(3)]
        await eventually(lambda: pool.queue.waiting == 3)
        (running.directory / "deployments" / "a.json").unlink()
        await eventually(lambda: not running.inference.repository.pools)
        if drain:
            gate.open()
            await working[0]
        told = [await task for task in waiting]
        assert {answer.status_code for answer in told} == {late}
        if not drain:
            assert "Version 1 of the model 'lamp' was withdrawn." in told[0].json()["message"]
        gate.open()
        await asyncio.gather(*working, return_exceptions=True)
        await eventually(lambda: not pool.ready)


async def test_a_model_is_not_withdrawn_under_a_request_whose_pictures_are_still_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks, go_on, measure = threading.Event(), threading.Event(), images.measure_all

    def slow(*given: Any, **more: Any) -> Any:
        looks.set()
        go_on.wait(60)
        return measure(*given, **more)

    monkeypatch.setattr(images, "measure_all", slow)
    async with inside(tmp_path, drain_seconds=600) as running:
        pool = await running.deploy()
        asked = ask(running.client("ada"), 1)
        await eventually(looks.is_set)
        (running.directory / "deployments" / "a.json").unlink()
        await eventually(lambda: not running.inference.repository.pools)
        go_on.set()
        assert (await asked).status_code == 200
        await eventually(lambda: not pool.ready)


@pytest.mark.proves("serving.bounded-work")
async def test_more_work_than_one_request_may_ask_for_is_a_413(tmp_path: Path) -> None:
    async with inside(tmp_path) as running:
        await running.deploy()
        ada = running.client("ada")
        assert (await configure(ada, most=3)).status_code == 200
        assert (await ask(ada, 1, 2, 3)).status_code == 200
        answer = await ask(ada, 1, 2, 3, 4)
        assert (answer.status_code, answer.json()["message"]) == (413, "One request may have fewer pictures.")
        seventeen = await ask(running.client("bob"), *range(17))
        assert seventeen.status_code == 413


@pytest.mark.proves("serving.all-pictures")
async def test_issue_7_seventeen_pictures_are_all_answered(tmp_path: Path) -> None:
    async with inside(tmp_path) as running:
        await running.deploy()
        greys = list(range(20, 37))
        answer = await ask(running.client(), *greys)
        assert len(answer.json()["Responses"]) == 17
        over = await ask(running.client(), *[1] * 257)
        assert (over.status_code, over.json()["message"]) == (
            413,
            "'images' has 257 images; one request may have 256.",
        )


async def test_a_picture_that_is_too_much_work_for_a_piece_is_a_piece_of_its_own(tmp_path: Path) -> None:
    gate = Gate(tmp_path)
    gate.open()
    async with inside(tmp_path, limits=RequestLimits(piece_pixels=10)) as running:
        await running.deploy()
        await gate.close(running, work="8")
        assert (await ask(running.client("ada"), 1, 2, 3)).status_code == 200
        assert gate.asked() == ["1 1", "1 2", "1 3"]


@pytest.mark.proves("serving.config-refused")
async def test_a_configuration_that_cannot_be_followed_is_refused_when_it_is_sent(tmp_path: Path) -> None:
    async with inside(tmp_path) as running:
        await running.deploy()
        refused = await configure(running.client(), class_show="hole")
        assert (refused.status_code, refused.json()["details"]) == (422, {"field": "class_show"})
        assert "dark, bright" in refused.json()["message"]
        for known in ("None", "dark"):
            assert (await configure(running.client(), class_show=known)).status_code == 200
        whole = await running.client().post("/configs", json={"class_show": "bright"})
        assert (whole.status_code, whole.json()) == (200, {"class_show": "bright"})
        form = await running.client().post("/configs", data={"file": '\ufeff{"class_show": "dark"}'})
        assert (form.status_code, form.json()) == (200, {"class_show": "dark"})


async def test_pictures_may_be_uploaded_as_they_are(tmp_path: Path) -> None:
    async with inside(tmp_path) as running:
        await running.deploy()
        files = [("images", picture()), ("images", picture(kind="JPEG")), ("images", b"no picture")]
        answer = await running.client().post("/predict", files=files)
        assert ["results" in result for result, _ in answer.json()["Responses"]] == [True, True, False]
        raw = f"images={image(255).replace('=', '%3D')}&images=a b"
        form = {"content-type": "application/x-www-form-urlencoded"}
        answer = await running.client().post("/predict", content=raw.replace("a b", "a+b"), headers=form)
        assert "'%2B'" in answer.json()["Responses"][-1][0]["error"]["message"]
