"""A registered model on a real Ray Serve: a head, a second machine, a replica on each, asked through Ray's proxies.

While processes and machines are killed every question is answered, and rightly; some are asked more than once.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.clusters.served import PATIENCE, Served
from tests.support import eventually
from tests.unit.serving.ray.shelves import ROWS, Shelf, question

pytestmark = pytest.mark.timeout(2 * PATIENCE)
CLIENTS = 6


@asynccontextmanager
async def asked_all_the_time(served: Served, at: int = 0) -> AsyncIterator[list[int]]:
    """Clients that ask one question after the other; at the end each has had its answer. The versions that gave it."""
    versions: list[int] = []
    over = asyncio.Event()

    async def ask() -> None:
        async with served.client(at) as client:
            while not over.is_set():
                versions.append(await served.ask(client))

    served.statuses.clear()
    asking = [asyncio.create_task(ask()) for _ in range(CLIENTS)]
    try:
        yield versions
    finally:
        over.set()
        await asyncio.gather(*asking)


async def runs(served: Served, replicas: int = 2) -> None:
    async def fact() -> bool:
        return await asyncio.to_thread(served.runs, replicas)

    try:
        await eventually(fact, PATIENCE)
    except AssertionError:
        raise AssertionError(served.status()) from None


async def more(versions: list[int], count: int = 30) -> None:
    """So many more answers have come."""
    wanted = len(versions) + count
    await eventually(lambda: len(versions) >= wanted, PATIENCE)


async def test_both_machines_answer_as_the_model_itself(served: Served) -> None:
    await runs(served)
    assert len(served.replicas()) == len(served.models()) == 2
    for at in (0, 1):
        async with served.client(at) as client:
            assert await served.ask(client) == 1
            assert (await client.get("/v2/models/iris/ready")).json()["ready"] is True


async def test_what_is_wrong_is_said_in_the_words_of_the_service(served: Served) -> None:
    await runs(served)
    async with served.client() as client, served.client(token=False) as stranger:
        assert (await stranger.post("/v2/models/iris/infer", json=question())).status_code == 401
        wrong = await client.post("/v2/models/iris/infer", json={"inputs": []})
        assert (wrong.status_code, wrong.json()["details"]) == (400, {"field": "inputs"})
        unfit = await client.post("/v2/models/iris/infer", json=question(ROWS[:, :2]))
        assert (unfit.status_code, unfit.json()["code"]) == (422, "unprocessable")
        assert (await client.post("/v2/models/others/infer", json=question())).status_code == 404
        pictures = await client.post("/predict", json={"images": []})
        assert (pictures.status_code, pictures.json()["details"]) == (400, {"field": "images"})


async def test_a_killed_replica_costs_no_answer(served: Served) -> None:
    await runs(served)
    async with asked_all_the_time(served) as versions:
        await more(versions)
        for replica in served.replicas()[:1]:
            replica.kill()
        await more(versions)
        await runs(served)
        await more(versions)
    assert set(versions) == {1}
    assert served.statuses[200] == len(versions)
    await eventually(lambda: len(served.models()) == 2, PATIENCE)  # its model has ended with it


async def test_a_killed_process_of_the_model_costs_no_answer(served: Served) -> None:
    await runs(served)
    async with asked_all_the_time(served) as versions:
        await more(versions)
        killed = served.models()[0]
        killed.kill()
        await more(versions)
        await eventually(lambda: len([one for one in served.models() if one != killed]) == 2, PATIENCE)
        await more(versions)
    assert set(versions) == {1}
    assert served.statuses[500] == 0, "a replica knows what its model's process was at"


async def test_a_lost_machine_costs_no_answer_and_is_used_again(served: Served) -> None:
    await runs(served)
    async with asked_all_the_time(served) as versions:
        await more(versions)
        await asyncio.to_thread(served.cluster.worker.kill)
        await more(versions, 60)
        await asyncio.to_thread(served.cluster.start_worker)
        await runs(served)
        await more(versions)
    assert set(versions) == {1}
    async with served.client(1) as client:
        assert await served.ask(client) == 1


async def test_a_moved_alias_is_followed_by_both(served: Served, shelf: Shelf) -> None:
    await runs(served)
    async with asked_all_the_time(served) as versions:
        await more(versions)
        shelf.point("champion", 2)
        await eventually(lambda: versions[-60:] == [2] * 60, PATIENCE)
    assert set(versions) == {1, 2}
    assert set(served.statuses) == {200}
