"""What is gathered of where a version came from: what is said first, then what is found, and else nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.base.errors import NotFound, Unprocessable
from jupyter_crispdm.models.registering import lineage as lineage_module
from jupyter_crispdm.models.registering.lineage import Gathered, Historian, hash_of
from jupyter_crispdm.models.types import Code, Lineage, Registration
from tests.unit.models.conftest import FakeJob

ASKED = Registration(name="digits", path="m.pt")


class Facts:
    """What other rooms answer, or how they fail."""

    def __init__(
        self, lock: str | Exception | None = None, metrics: Mapping[str, float] | Exception | None = None
    ) -> None:
        self._lock, self._metrics = lock, metrics or {}
        self.asked: list[str] = []

    async def lock(self, environment: str) -> str | None:
        self.asked.append(environment)
        if isinstance(self._lock, Exception):
            raise self._lock
        return self._lock

    async def metrics(self, directory: Path) -> Mapping[str, float]:
        self.asked.append(directory.name)
        if isinstance(self._metrics, Exception):
            raise self._metrics
        return self._metrics


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "train.csv").write_text("a,b\n")
    (tmp_path / "secret.csv").write_text("secret\n")
    return tmp_path / "root"


def hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


async def gathered(root: Path, job: FakeJob | None = None, facts: Facts | None = None, **said: Any) -> Gathered:
    directory = None if job is None else Path("/jobs") / job.id
    return await Historian(root, facts).gather(Registration(name="digits", path="m.pt", **said), job, directory)


@pytest.mark.proves("models.lineage")
async def test_of_a_file_that_somebody_brings_nothing_is_known(root: Path) -> None:
    facts = Facts("numpy==2.0\n", {"loss": 1.0})
    assert await gathered(root, None, facts) == Gathered(Lineage(), None, {})
    assert facts.asked == []


@pytest.mark.proves("models.lineage")
async def test_the_environment_that_is_said_is_the_one_that_is_asked(root: Path) -> None:
    facts = Facts("numpy==2.0\n")
    told = await gathered(root, FakeJob("j1", environment="venv-1"), facts, environment="venv-2")
    assert (told.lineage.environment, told.lineage.lock_hash) == ("venv-2", hashed("numpy==2.0\n"))
    assert facts.asked == ["venv-2", "j1"]


async def test_an_environment_without_packages_has_a_lock_and_one_without_a_list_has_none(root: Path) -> None:
    assert (await gathered(root, None, Facts(""), environment="e")).lineage.lock_hash == hashed("")
    assert (await gathered(root, None, Facts(None), environment="e")).lineage.lock_hash is None


@pytest.mark.parametrize("fault", [NotFound("gone"), Unprocessable("no pip"), OSError("broken")])
async def test_rooms_that_cannot_say_cost_what_they_know_and_no_more(root: Path, fault: Exception) -> None:
    job = FakeJob("j1", parameters={"lr": 0.1})
    told = await gathered(root, job, Facts(fault, fault))
    assert (told.lock, told.metrics, told.lineage.lock_hash) == (None, {}, None)
    assert (told.lineage.environment, told.lineage.parameters) == ("venv-1", {"lr": 0.1})


async def test_a_log_of_metrics_that_is_damaged_costs_the_metrics(root: Path) -> None:
    told = await gathered(root, FakeJob("j1"), Facts("a==1\n", ValueError("no number")))
    assert (told.lock, told.metrics) == ("a==1\n", {})


async def test_metrics_that_are_said_are_not_looked_for(root: Path) -> None:
    facts = Facts(None, {"loss": 1.0})
    assert (await gathered(root, FakeJob("j1"), facts, metrics={"f1": 0.5})).metrics == {"f1": 0.5}
    assert facts.asked == ["venv-1"]


@pytest.mark.proves("models.bombs")
async def test_of_very_many_metrics_the_first_by_name_are_noted(root: Path) -> None:
    many = {f"m{number:03}": float(number) for number in reversed(range(150))}
    told = (await gathered(root, FakeJob("j1"), Facts(None, many))).metrics
    assert list(told) == [f"m{number:03}" for number in range(100)]


@pytest.mark.proves("models.lineage")
@pytest.mark.parametrize(
    ("parameters", "data"),
    [
        ({"train": "c", "dataset": "b", "data_path": "d", "data": "a"}, "a"),
        ({"train": "c", "dataset": "b"}, "b"),
        ({"data": "", "train": "c"}, "c"),
        ({"data": ["a"], "data_path": 7, "dataset": None}, None),
        ({"data": "x" * 1001, "train": "x" * 1000}, "x" * 1000),
        ({"Data": "a", "DATA": "b"}, None),
    ],
)
async def test_a_parameter_that_names_data_is_taken_at_its_word(
    root: Path, parameters: dict[str, Any], data: str | None
) -> None:
    assert (await gathered(root, FakeJob("j1", parameters=parameters))).lineage.data == data


@pytest.mark.proves("models.lineage", "files.traversal")
@pytest.mark.parametrize(
    "data", ["../secret.csv", "/etc/hostname", "gone.csv", "s3://bucket/key", "", ".", "out", "a\0", "x" * 5000]
)
async def test_data_that_is_no_file_below_the_root_has_no_hash_and_refuses_nothing(root: Path, data: str) -> None:
    (root / "out").symlink_to("../secret.csv")
    told = (await gathered(root, data=data)).lineage
    assert (told.data, told.data_hash) == (data or None, None)


async def test_a_file_that_is_very_large_is_not_read(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lineage_module, "_MOST_HASHED", 3)
    assert (await gathered(root, data="train.csv")).lineage.data_hash is None
    monkeypatch.setattr(lineage_module, "_MOST_HASHED", 4)
    assert (await gathered(root, data="train.csv")).lineage.data_hash == hashed("a,b\n")


async def test_a_hash_that_is_said_needs_no_file(root: Path) -> None:
    assert (await gathered(root, data="train.csv", data_hash="md5:1")).lineage.data_hash == "md5:1"


@pytest.mark.proves("models.lineage")
async def test_code_is_that_of_the_job_unless_its_hash_was_said(root: Path) -> None:
    (root / "fit.py").write_text("fit()\n")
    job = FakeJob("j1", source="fit.py")
    said = Code("own.py", "1" * 64, "c", True)
    assert (await gathered(root, job, code=said)).lineage.code == said
    half = replace_hash(said)
    assert (await gathered(root, job, code=half)).lineage.code == Code("fit.py", hashed("fit()\n"), "c", True)
    gone = replace(job, source="gone.py")
    assert (await gathered(root, gone, code=half)).lineage.code == Code("gone.py", None, "c", True)
    assert (await gathered(root, replace(job, source=None), code=half)).lineage.code == half


def replace_hash(code: Code) -> Code:
    """The same, of which nobody said a hash."""
    return Code(code.script, None, code.commit, code.dirty)


@pytest.mark.proves("models.bombs")
async def test_parameters_as_large_as_data_are_left_out_and_so_is_their_hash(root: Path) -> None:
    fits = {"x": "y" * (64 * 1024 - len('{"x":""}'))}
    told = (await gathered(root, FakeJob("j1", parameters=fits))).lineage
    assert (told.parameters, told.parameters_hash) == (fits, hash_of(fits))
    told = (await gathered(root, FakeJob("j1", parameters={"x": fits["x"] + "y", "data": "train.csv"}))).lineage
    assert (told.parameters, told.parameters_hash, told.data) == ({}, None, None)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


def turned(value: Any) -> Any:
    """The same with the keys the other way round."""
    if isinstance(value, dict):
        return {key: turned(inner) for key, inner in reversed(value.items())}
    return [turned(inner) for inner in value] if isinstance(value, list) else value


@given(st.dictionaries(st.text(max_size=3), VALUES, max_size=4))
def test_the_hash_of_parameters_is_that_of_what_they_say(parameters: dict[str, Any]) -> None:
    assert hash_of(turned(parameters)) == hash_of(parameters)
    assert hash_of({**parameters, "one more": None}) != hash_of(parameters)
