"""All kinds of requests are seen from the side: tensors, pictures, and texts that are written piece by piece."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
import pyarrow.parquet as pq
import pytest

from jupyter_crispdm.serving.inference.samples import SampleLog
from jupyter_crispdm.serving.inference.tensors import unpack_texts
from jupyter_crispdm.serving.inference.workers.observing import SHADOW
from jupyter_crispdm.serving.inference.workers.trial import Sampled, Trial
from jupyter_crispdm.serving.types import Canary
from tests.support import eventually

from .test_repository import spec

PICTURE = np.arange(12, dtype=np.uint8)
ASKED = {"do": "predict", "shapes": [(2, 2, 3)], "options": {"mode": "fast"}}


def found(*things: tuple[str, float]) -> dict[str, Any]:
    names, scores = [name for name, _ in things], [score for _, score in things]
    return {"json": {"results": {"class_name": names, "scores": scores}}, "shape": [2, 2, 3]}


@dataclass
class Pool:
    """A model that looks at pictures and writes, in words that a test chooses."""

    spec: Any
    items: list[dict[str, Any]] = field(default_factory=lambda: [found(("cat", 0.75), ("dog", 0.5))])
    words: Sequence[str] = ("a", "b")
    error: Exception | None = None
    callers: list[str] = field(default_factory=list)
    open: int = 0

    def ask(self, header: Mapping[str, Any], body: Any, caller: str) -> asyncio.Future[Any]:
        self.callers.append(caller)
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        answer.set_result(({"items": self.items}, b""))
        return answer

    async def stream(self, parameters: Mapping[str, Any], caller: str) -> AsyncGenerator[dict[str, Any], None]:
        self.callers.append(caller)
        self.open += 1
        try:
            for word in self.words:
                await asyncio.sleep(0)
                yield {"text": word}
            if self.error is not None:
                raise self.error
            yield {"text": "", "finish_reason": "stop"}
        finally:
            self.open -= 1


@dataclass
class Place:
    """A deployment that can answer."""

    pool: Pool
    able: bool = True

    @property
    def spec(self) -> Any:
        return self.pool.spec

    def take(self) -> Any:
        return self.pool

    def candidate(self) -> Place:
        return self


@dataclass
class Tried:
    """A version that answers, and one that is shown all that it is asked."""

    main: Pool
    other: Pool
    trial: Trial

    def take(self) -> Any:
        return self.trial.take()

    async def shown(self, requests: int = 1) -> Any:
        """The comparison, once both have answered so often."""

        async def both() -> Any:
            report = self.trial.report()
            return report if min(report.main.requests, report.other.requests) == requests else None

        return await eventually(both)


@pytest.fixture
def tried(tmp_path: Path) -> Tried:
    main, other = Pool(spec("a", 1)), Pool(spec("a", 2))
    canary = Canary(2, 1.0, shadow=True)
    made = Trial(cast(Any, Place(main)), cast(Any, Place(other)), canary, SampleLog(tmp_path))
    return Tried(main, other, made)


async def read(pool: Any, pieces: int | None = None) -> str:
    """What a model writes, or so many pieces of it."""
    told: list[str] = []
    async with aclosing(pool.stream({"prompt": "x"}, "ada")) as made:
        async for piece in made:
            told.append(piece["text"])
            if len(told) == pieces:
                break
    return "".join(told)


@pytest.mark.proves("serving.shadow")
async def test_pictures_are_shown_to_a_shadow_and_what_is_surest_is_compared(tried: Tried) -> None:
    tried.main.items = [found(("cat", 0.75), ("dog", 0.5)), found(("cat", 0.9)), found(), {"error": {"message": "no"}}]
    tried.other.items = [found(("dog", 0.1), ("cat", 0.5)), found(("dog", 0.4)), found(), found(("cat", 0.5))]
    told, _ = await tried.take().ask(ASKED, [PICTURE.data], "ada")
    assert told["items"] == tried.main.items
    report = await tried.shown()
    assert (tried.main.callers, tried.other.callers) == (["ada"], [SHADOW])
    assert (report.compared, report.agreement) == (1, 0.5)
    assert report.difference == pytest.approx((0.25 + 0.5) / 2)


async def test_how_much_work_pictures_are_is_no_request_to_compare(tried: Tried) -> None:
    await tried.take().ask({"do": "plan", "options": {}, "shapes": []}, (), "ada")
    assert (tried.other.callers, tried.trial.report().main.requests) == ([], 0)


@pytest.mark.proves("serving.shadow")
async def test_a_text_is_written_by_the_shadow_too_and_compared_as_a_whole(tried: Tried) -> None:
    assert await read(tried.take()) == "ab"
    tried.other.words = ("b", "a")
    assert await read(tried.take()) == "ab"
    report = await tried.shown(2)
    assert (report.compared, report.agreement, report.difference) == (2, 0.5, None)
    assert tried.other.open == 0


async def test_a_reader_who_leaves_ends_the_shadow_and_is_no_error(tried: Tried) -> None:
    assert await read(tried.take(), pieces=1) == "a"
    await eventually(lambda: (tried.main.open, tried.other.open) == (0, 0))
    report = tried.trial.report()
    assert (report.main.requests, report.other.requests, report.compared) == (0, 0, 0)


async def test_a_reader_who_needs_no_more_than_the_last_piece_has_read_all(tried: Tried) -> None:
    assert await read(tried.take(), pieces=3) == "ab"
    assert (await tried.shown()).compared == 1


async def test_a_text_that_breaks_off_is_an_error_of_its_version(tried: Tried) -> None:
    tried.main.error = ValueError("the ink is dry")
    with pytest.raises(ValueError, match="ink"):
        await read(tried.take())
    report = await tried.shown()
    assert (report.main.errors, report.other.errors, report.compared) == (1, 0, 0)


async def kept(path: Path, log: SampleLog) -> list[dict[str, Any]]:
    await asyncio.sleep(0)
    await log.write()
    [file] = (path / "samples" / "a").iterdir()
    rows: list[dict[str, Any]] = pq.read_table(file).to_pylist()
    return rows


def as_json(tensor: Mapping[str, Any]) -> Any:
    [text] = unpack_texts(tensor["data"])
    return json.loads(text)


@pytest.mark.proves("serving.samples")
async def test_pictures_are_kept_with_their_options_and_what_was_found(tmp_path: Path) -> None:
    log = SampleLog(tmp_path)
    place = Place(Pool(spec("a", 3, sample=1.0), items=[found(("cat", 0.75))]))
    await Sampled(cast(Any, place), log).take().ask(ASKED, [PICTURE.data], "ada")
    [row] = await kept(tmp_path, log)
    image, options = row["inputs"]
    assert (image["name"], image["datatype"], image["shape"]) == ("image_0", "UINT8", [2, 2, 3])
    assert image["data"] == PICTURE.tobytes()
    assert (options["name"], as_json(options)) == ("options", {"mode": "fast"})
    assert as_json(row["outputs"][0]) == {"results": {"class_name": ["cat"], "scores": [0.75]}}


@pytest.mark.proves("serving.samples")
async def test_a_text_is_kept_with_what_was_asked_and_one_that_nobody_read_is_not(tmp_path: Path) -> None:
    log = SampleLog(tmp_path)
    sampled = Sampled(cast(Any, Place(Pool(spec("a", 3, sample=1.0)))), log)
    await read(sampled.take(), pieces=1)
    await read(sampled.take())
    [row] = await kept(tmp_path, log)
    assert as_json(row["inputs"][0]) == {"prompt": "x"}
    assert unpack_texts(row["outputs"][0]["data"]) == ["ab"]
