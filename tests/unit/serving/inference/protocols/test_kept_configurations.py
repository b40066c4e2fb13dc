"""Configurations as they are kept: whose they are, what is refused, and what a damaged file costs."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from jupyter_crispdm.base.errors import BadRequest, NotFound, TooLarge, Unavailable, Unprocessable
from jupyter_crispdm.serving.inference.protocols.configuration import Configurations, options
from jupyter_crispdm.serving.inference.settings import RequestLimits


class Pool:
    """A deployment that plans what a test lets it plan."""

    def __init__(self) -> None:
        self.planned: list[tuple[Any, str]] = []
        self.error: Exception | None = None

    async def plan(self, options: Any, shapes: list[Any], caller: str) -> list[int]:
        self.planned.append((options, caller))
        if self.error is not None:
            raise self.error
        return []


class Repository:
    """Deployments: one of `unet` on `digits`."""

    def __init__(self) -> None:
        self.one, self.asked = Pool(), list[tuple[str | None, ...]]()

    def of_weight(self, *asked: str | None) -> Pool:
        self.asked.append(asked)
        one = ("unet", "digits", "unet_digits1")
        if any(want not in (None, there) for want, there in zip(asked, one, strict=True)):
            raise NotFound("Nothing is deployed for it.")
        return self.one

    def offer(self) -> str:
        return "Deployed are unet_digits1."


@pytest.fixture
def repository() -> Repository:
    return Repository()


def configurations(directory: Path, repository: Repository, **limits: int) -> Configurations:
    return Configurations(directory, cast(Any, repository), RequestLimits(**limits))


async def send(kept: Configurations, value: Any, address: str = "10.0.0.1") -> Any:
    return await kept.replace(json.dumps(value), address, "ada")


@pytest.mark.proves("serving.config-of-address")
async def test_each_address_has_its_own_and_the_others_the_default(tmp_path: Path, repository: Repository) -> None:
    kept = configurations(tmp_path, repository)
    await send(kept, {"a": "default"}, "")
    await send(kept, {"a": "mine"}, "10.0.0.1")
    assert [kept.of(address) for address in ("", "10.0.0.1", "10.0.0.2")] == [
        {"a": "default"}, {"a": "mine"}, {"a": "default"},
    ]  # fmt: skip
    await send(kept, {}, "10.0.0.1")
    assert kept.of("10.0.0.1") == {}, "an empty one is one"


async def test_they_outlive_the_service(tmp_path: Path, repository: Repository) -> None:
    before = configurations(tmp_path, repository)
    await send(before, {"a": "default"}, "")
    await send(before, {"a": "mine", "class_show": ["0", "1"]})
    after = configurations(tmp_path, repository)
    assert (after.of(""), after.of("10.0.0.1")) == ({"a": "default"}, {"a": "mine", "class_show": ["0", "1"]})


async def test_the_newest_so_many_are_kept(tmp_path: Path, repository: Repository) -> None:
    kept = configurations(tmp_path, repository, configs=2)
    for number in (1, 2, 1, 3):
        await send(kept, {"n": number}, f"10.0.0.{number}")
    for one in (kept, configurations(tmp_path, repository, configs=2)):
        assert [one.of(f"10.0.0.{number}") for number in (1, 2, 3)] == [{"n": 1}, {}, {"n": 3}]
    fewer = configurations(tmp_path, repository, configs=1)
    assert [fewer.of(f"10.0.0.{number}") for number in (1, 3)] == [{}, {"n": 3}]


async def test_many_who_send_at_once_are_all_kept(tmp_path: Path, repository: Repository) -> None:
    kept = configurations(tmp_path, repository)
    await asyncio.gather(*(send(kept, {"n": number}, f"10.0.0.{number}") for number in range(40)))
    again = configurations(tmp_path, repository)
    assert [again.of(f"10.0.0.{number}") for number in range(40)] == [{"n": number} for number in range(40)]


@pytest.mark.proves("lists.one-bad")
async def test_one_that_cannot_be_followed_costs_no_other_client_theirs(tmp_path: Path, repository: Repository) -> None:
    """One bad entry, and all clients' configurations were dropped at the next start."""
    good = {"IMAGE_MIN_DIM": "64"}
    content = {"bad": {"a": {"b": 1}}, "text": "x", "good": good, "none": None, "algorithm": {"algorithm": 3}}
    (tmp_path / "configs.json").write_text(json.dumps(content))
    kept = configurations(tmp_path, repository)
    assert [kept.of(address) for address in content] == [{}, {}, good, {}, {}]


@pytest.mark.parametrize("name", ["config.json", "configs.json"])
@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"3", b"\xff", b"[" * 100_000, b'{"a":' * 50_000])
def test_a_file_that_is_none_keeps_no_service_from_starting(
    tmp_path: Path, repository: Repository, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    assert configurations(tmp_path, repository).of("10.0.0.1") == {}


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ("[]", "file"), ("null", "file"), ('"x"', "file"), ('{"a": {}}', "a"), ('{"a": [[]]}', "a"),
        ('{"a": [null]}', "a"), ('{"algorithm": 3}', "algorithm"), ('{"weight": ["x"]}', "weight"),
        (json.dumps({str(number): 1 for number in range(201)}), "file"),
    ],
    ids=lambda text: text[:20],
)  # fmt: skip
async def test_what_cannot_be_followed_names_its_field_and_changes_nothing(
    tmp_path: Path, repository: Repository, sent: str, field: str
) -> None:
    kept = configurations(tmp_path, repository)
    await send(kept, {"a": "before"})
    with pytest.raises(BadRequest) as refused:
        await kept.replace(sent, "10.0.0.1", "ada")
    assert refused.value.details["field"] == field
    assert kept.of("10.0.0.1") == {"a": "before"}


async def test_one_that_is_too_large_is_refused_by_its_size(tmp_path: Path, repository: Repository) -> None:
    kept = configurations(tmp_path, repository, config=100)
    with pytest.raises(TooLarge, match="over 100 bytes"):
        await send(kept, {"a": "x" * 100})
    assert not (tmp_path / "configs.json").exists()


@pytest.mark.proves("serving.config-refused")
@pytest.mark.parametrize("key", ["algorithm", "Model_path", "weight"])
async def test_a_model_that_is_not_deployed_is_told_with_those_that_are(
    tmp_path: Path, repository: Repository, key: str
) -> None:
    kept = configurations(tmp_path, repository)
    with pytest.raises(Unprocessable, match=r"Nothing is deployed for it\. Deployed are unet_digits1\.") as refused:
        await send(kept, {key: "other"})
    assert refused.value.details["field"] == key
    assert kept.of("10.0.0.1") == {}


async def test_what_the_model_refuses_is_refused_when_it_is_sent(tmp_path: Path, repository: Repository) -> None:
    repository.one.error = Unprocessable("'IMAGE_MIN_DIM' must be a number.", field="IMAGE_MIN_DIM")
    kept = configurations(tmp_path, repository)
    with pytest.raises(Unprocessable, match="IMAGE_MIN_DIM"):
        await send(kept, {"algorithm": "unet", "IMAGE_MIN_DIM": "x"})
    assert repository.one.planned == [({"IMAGE_MIN_DIM": "x"}, "ada")]
    assert kept.of("10.0.0.1") == {}


async def test_a_model_that_is_busy_or_starting_is_not_waited_for(tmp_path: Path, repository: Repository) -> None:
    repository.one.error = Unavailable("It is starting.")
    kept = configurations(tmp_path, repository)
    assert await send(kept, {"algorithm": "unet"}) == kept.of("10.0.0.1") == {"algorithm": "unet"}


@pytest.mark.parametrize("open", [None, "", " ", "None", "none", "null", "NULL"])
async def test_what_is_left_open_is_open_however_it_is_written(
    tmp_path: Path, repository: Repository, open: str | None
) -> None:
    kept = configurations(tmp_path, repository)
    await send(kept, {"algorithm": open, "Model_path": " digits ", "weight": open})
    assert repository.asked == [(None, "digits", None)]


def test_the_choice_of_a_model_is_not_told_to_the_model() -> None:
    value = {"algorithm": "unet", "Model_path": "digits", "weight": "unet_digits1", "mode": "fast", "n": 3}
    assert options(value) == {"mode": "fast", "n": 3}


async def test_a_disk_that_is_full_leaves_what_was(
    tmp_path: Path, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = configurations(tmp_path, repository)
    await send(kept, {"n": 1})

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("jupyter_crispdm.serving.inference.protocols.configuration.write_atomic", full)
    for address in ("10.0.0.1", ""):
        with pytest.raises(OSError, match="No space"):
            await send(kept, {"n": 2}, address)
    assert (kept.of("10.0.0.1"), kept.of("")) == ({"n": 1}, {})
    assert msgspec.json.decode((tmp_path / "configs.json").read_bytes()) == {"10.0.0.1": {"n": 1}}
