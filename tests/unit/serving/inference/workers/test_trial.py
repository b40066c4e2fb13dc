"""Two versions side by side: who gets which request, and what is known of both."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.serving.inference import samples as samples_module
from jupyter_crispdm.serving.inference.samples import SampleLog
from jupyter_crispdm.serving.inference.tensors import RawTensor, pack_texts
from jupyter_crispdm.serving.inference.workers.trial import Compared, Sampled, Side, Trial
from jupyter_crispdm.serving.types import Canary

from .test_repository import spec


def tensor(values: Any, kind: str = "FP32", name: str = "scores") -> RawTensor:
    array = np.asarray(values, {"FP32": "<f4", "INT64": "<i8"}[kind])
    return RawTensor(name, kind, array.shape, array.tobytes())


def texts(*given: str) -> RawTensor:
    return RawTensor("t", "BYTES", (len(given),), pack_texts(given))


QUESTION = [tensor([[1.0]], name="x")]


@dataclass
class Pool:
    """Answers when it is told to."""

    spec: Any
    asked: list[tuple[str, asyncio.Future[list[RawTensor]]]] = field(default_factory=list)

    def infer(self, inputs: Sequence[RawTensor], caller: str, **more: Any) -> asyncio.Future[list[RawTensor]]:
        future: asyncio.Future[list[RawTensor]] = asyncio.get_running_loop().create_future()
        self.asked.append((caller, future))
        return future

    def answer(self, *given: RawTensor) -> None:
        for _, future in self.asked:
            if not future.done():
                future.set_result(list(given))


@dataclass
class Place:
    """A deployment that can answer, or not."""

    pool: Pool
    able: bool = True

    @property
    def spec(self) -> Any:
        return self.pool.spec

    def take(self) -> Pool:
        return self.pool

    def candidate(self) -> Place:
        return self


def trial(canary: Canary, path: Path) -> tuple[Trial, Place, Place]:
    main, other = Place(Pool(spec("a", 1))), Place(Pool(spec("a", 2)))
    return Trial(cast(Any, main), cast(Any, other), canary, SampleLog(path)), main, other


@pytest.mark.proves("serving.canary-share")
async def test_a_share_of_the_requests_goes_to_the_other_version(tmp_path: Path) -> None:
    tried, main, other = trial(Canary(2, 0.25), tmp_path)
    versions = []
    for _ in range(400):
        pool = tried.take()
        versions.append(pool.spec.version)
        pool.infer(QUESTION, "ada")
    assert versions.count(2) == pytest.approx(100, abs=2)
    main.pool.answer()
    other.pool.answer()
    await asyncio.sleep(0)
    report = tried.report()
    assert (report.main.version, report.other.version, report.compared) == (1, 2, 0)
    assert report.main.requests + report.other.requests == 400
    assert report.other.requests == versions.count(2)


async def test_a_version_that_cannot_answer_gets_no_request(tmp_path: Path) -> None:
    for shadow in (False, True):
        tried, _, other = trial(Canary(2, 1.0, shadow), tmp_path)
        other.able = False
        assert tried.take().spec.version == 1
        tried.take().infer(QUESTION, "ada")
        assert other.pool.asked == []


@pytest.mark.proves("serving.shadow")
async def test_a_shadow_is_asked_too_and_never_answered_from_nor_waited_for(tmp_path: Path) -> None:
    tried, main, other = trial(Canary(2, 1.0, shadow=True), tmp_path)
    pool = tried.take()
    assert pool.spec.version == 1
    answer = pool.infer(QUESTION, "ada")
    assert [caller for caller, _ in other.pool.asked] == ["shadow"]
    main.pool.answer(tensor([[0.9, 0.1], [0.2, 0.8]]))
    assert (await answer)[0].name == "scores"
    assert tried.report().compared == 0
    other.pool.answer(tensor([[0.7, 0.3], [0.6, 0.4]]))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    report = tried.report()
    assert (report.compared, report.agreement) == (1, 0.5)
    assert report.difference == pytest.approx(0.3)


async def test_a_shadow_that_fails_is_counted_and_disturbs_nobody(tmp_path: Path) -> None:
    tried, main, other = trial(Canary(2, 1.0, shadow=True), tmp_path)
    answer = tried.take().infer(QUESTION, "ada")
    other.pool.asked[0][1].set_exception(ValueError("no"))
    main.pool.answer(tensor([[1.0]]))
    assert len(await answer) == 1
    await asyncio.sleep(0)
    report = tried.report()
    assert (report.main.errors, report.other.errors, report.compared) == (0, 1, 0)


async def test_a_client_that_leaves_is_no_error_of_the_model(tmp_path: Path) -> None:
    tried, _, _ = trial(Canary(2, 0.0), tmp_path)
    tried.take().infer(QUESTION, "ada").cancel()
    await asyncio.sleep(0)
    assert tried.report().main.requests == 0


async def test_a_slow_shadow_is_not_asked_without_end(tmp_path: Path) -> None:
    tried, _, other = trial(Canary(2, 1.0, shadow=True), tmp_path)
    for _ in range(200):
        tried.take().infer(QUESTION, "ada")
    assert len(other.pool.asked) == 64
    other.pool.answer()
    await asyncio.sleep(0)
    tried.take().infer(QUESTION, "ada")
    assert len(other.pool.asked) == 65


def test_a_trial_whose_share_changes_goes_on_and_another_begins_anew(tmp_path: Path) -> None:
    tried, main, other = trial(Canary(2, 0.1), tmp_path)
    assert tried.goes_on_as(cast(Any, main), cast(Any, other), Canary(2, 0.9))
    assert tried.report().share == 0.9
    assert not tried.goes_on_as(cast(Any, main), cast(Any, other), Canary(2, 0.9, shadow=True))
    assert not tried.goes_on_as(cast(Any, other), cast(Any, main), Canary(2, 0.9))


@pytest.mark.parametrize(
    ("given_", "other", "agreement", "difference"),
    [
        (tensor([1, 2, 3, 4], "INT64"), tensor([1, 2, 3, 5], "INT64"), 0.75, 0.25),
        (tensor([[1.0], [3.0]]), tensor([[2.0], [3.0]]), None, 0.5),
        (tensor([[np.nan, 1.0]]), tensor([[0.0, 1.0]]), 0.0, 0.0),
        (tensor([[1.0, 2.0]]), tensor([[1.0]]), None, None),
        (tensor([[1.0]]), tensor([[1.0]], name="other"), None, None),
        (tensor([], "INT64"), tensor([], "INT64"), None, None),
        (tensor(np.zeros((0, 3))), tensor(np.zeros((0, 3))), None, None),
        (texts("a", "b"), texts("a", "c"), 0.5, None),
        (texts("a"), texts("a", "b"), None, None),
        (texts(), texts(), None, None),
        (texts("a"), RawTensor("t", "BYTES", (1,), b"\7\0\0\0a"), None, None),
    ],
)
def test_answers_are_compared_as_far_as_they_can_be(
    given_: RawTensor, other: RawTensor, agreement: float | None, difference: float | None
) -> None:
    compared = Compared()
    compared.add([given_], [other])
    report = compared.report((1, 2), Canary(2))
    assert (report.compared, report.agreement, report.difference) == (1, agreement, difference)


@given(st.integers(1, 300_000))
def test_of_a_long_answer_only_some_numbers_are_looked_at(length: int) -> None:
    compared = Compared()
    compared.add([tensor(np.ones(length))], [tensor(np.zeros(length))])
    assert compared.report((1, 2), Canary(2)).difference == 1.0


def test_times_are_those_in_the_middle_and_at_the_end() -> None:
    side = Side()
    assert side.numbers(1).p50 is None
    for number in range(100):
        side.add(number / 1000, failed=number == 7)
    shown = side.numbers(3)
    assert (shown.version, shown.requests, shown.errors, shown.p50, shown.p99) == (3, 100, 1, 50.0, 99.0)


@pytest.mark.proves("serving.samples")
async def test_a_share_of_the_requests_is_kept_with_the_answers(tmp_path: Path) -> None:
    log = SampleLog(tmp_path)
    place = Place(Pool(spec("a", 3, sample=0.5)))
    for _ in range(10):
        answer = Sampled(cast(Any, place), log).take().infer(QUESTION, "ada")
        place.pool.answer(tensor([[0.25, 0.75]]))
        await answer
    await asyncio.sleep(0)
    await log.write()
    [file] = (tmp_path / "samples" / "a").iterdir()
    rows = pq.read_table(file).to_pylist()
    assert len(rows) == 5
    row = rows[0]
    assert (row["model"], row["version"], row["ms"] >= 0) == ("a", 3, True)
    assert np.frombuffer(row["outputs"][0]["data"], "<f4").tolist() == [0.25, 0.75]
    assert (row["inputs"][0]["name"], row["inputs"][0]["shape"]) == ("x", [1, 1])


async def sample(log: SampleLog, model: str, name: str) -> None:
    """Ask a model for something with a name, once, and have it kept."""
    place = Place(Pool(spec(model, 1, sample=1.0)))
    answer = Sampled(cast(Any, place), log).take().infer([tensor([[1.0]], name=name)], "ada")
    place.pool.answer(tensor([[0.5]]))
    await answer
    await asyncio.sleep(0)


async def test_a_sample_that_no_file_takes_spoils_no_other(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    log = SampleLog(tmp_path)
    for model, name in (("a", "x"), ("b", "\ud800"), ("c", "x")):
        await sample(log, model, name)
    await log.write()
    assert {path.parent.name for path in (tmp_path / "samples").glob("*/*")} == {"a", "c"}
    assert [record.message[:40] for record in caplog.records] == ["Requests cannot be kept in the samples: "]


async def test_a_file_of_samples_that_was_not_finished_does_not_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: Any, path: Path) -> None:
        path.write_bytes(b"PAR1")
        raise OSError(28, "No space left on device")

    log = SampleLog(tmp_path)
    await sample(log, "a", "x")
    with monkeypatch.context() as disk:
        disk.setattr(pq, "write_table", full)
        await log.write()
    assert list((tmp_path / "samples" / "a").iterdir()) == []


async def test_the_oldest_samples_go_and_too_much_at_once_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    log = SampleLog(tmp_path)
    monkeypatch.setattr(samples_module, "MOST_WAITING", 40)
    for number in range(4):
        for _ in range(3):
            log._add(spec("a", number), 0.0, 0.1, QUESTION, [tensor([[1.0, 2.0, 3.0]])])
        await log.write()
    folder = tmp_path / "samples" / "a"
    files = sorted(folder.iterdir())
    assert [pq.read_table(file).num_rows for file in files] == [2] * 4
    assert "1 requests were left out of the samples" in caplog.text
    monkeypatch.setattr(samples_module, "MOST_BYTES", 3 * files[0].stat().st_size)
    log._add(spec("a", 9), 0.0, 0.1, QUESTION, [])
    await log.write()
    assert [file.name for file in sorted(folder.iterdir())][:2] == [files[2].name, files[3].name]


async def test_a_disk_that_takes_no_samples_is_said_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "samples").write_text("a file in the way")
    log = SampleLog(tmp_path)
    for _ in range(3):
        log._add(spec("a"), 0.0, 0.1, QUESTION, [])
        await log.write()
    assert caplog.text.count("Requests cannot be kept in the samples") == 1
