"""A registry that is another server's: read from its files, and left as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_crispdm.base.errors import BadRequest, NotFound
from jupyter_crispdm.serving.ray.registry import SharedRegistry
from tests.support import files_below

from .shelves import Shelf


async def test_a_version_is_found_by_number_by_alias_and_as_the_newest(shelf: Shelf, tmp_path: Path) -> None:
    registry = SharedRegistry(tmp_path / "models")
    named = [await registry.resolve(text) for text in ("iris/1", "iris@champion", "iris", "iris@latest")]
    assert [one.version for one in named] == [1, 1, 2, 2]
    assert registry.path(named[0]) == tmp_path / "models/iris/1/model.skops"
    assert registry.script_path(named[0]) is None
    shelf.point("champion", 2)
    assert (await registry.resolve("iris@champion")).version == 2


@pytest.mark.parametrize("reference", ["iris/3", "iris@nobody", "others", "iris/0"])
async def test_what_is_not_there_is_said(shelf: Shelf, tmp_path: Path, reference: str) -> None:
    with pytest.raises(NotFound, match="There is no"):
        await SharedRegistry(tmp_path / "models").resolve(reference)


@pytest.mark.parametrize("reference", ["../iris", "iris@../x", ""])
async def test_what_is_no_name_is_refused(tmp_path: Path, reference: str) -> None:
    with pytest.raises(BadRequest):
        await SharedRegistry(tmp_path / "models").resolve(reference)


async def test_what_a_server_is_just_writing_is_left_alone(shelf: Shelf, tmp_path: Path) -> None:
    half = tmp_path / "models/iris/.3-half"
    half.mkdir()
    before = files_below(tmp_path)
    await SharedRegistry(tmp_path / "models").resolve("iris")
    assert files_below(tmp_path) == before
    assert half.is_dir()
