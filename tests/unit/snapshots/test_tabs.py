"""However tabs of one person interleave: the newest value of a field wins, whole, and every tab can know all."""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.base.errors import Conflict
from jupyter_crispdm.snapshots.types import NewWork
from tests.unit.snapshots.desks import BIG, Desks

PAGE = "home"
NAMES = ("a", "b", "c", "d")
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 3), st.sampled_from([1.0, 0.1, -0.0]), st.sampled_from(["", "é", BIG]),
    st.integers(0, 3).map(lambda number: {"list": [number] * 9, "note": BIG}),
)  # fmt: skip
FIELDS = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=3)
TAB = st.integers(0, 2)
STEP = st.one_of(
    st.tuples(st.just("patch"), TAB, FIELDS), st.tuples(st.just("patch"), TAB, FIELDS),
    st.tuples(st.just("put"), TAB, FIELDS), st.tuples(st.just("reload"), TAB, st.just({})),
    st.tuples(st.just("forget"), TAB, st.just({})), st.tuples(st.just("keep"), TAB, st.just({})),
)  # fmt: skip


def _plain(value: Any) -> Any:
    return msgspec.json.decode(msgspec.json.encode(value))


@dataclass
class Tab:
    """What a page in a browser knows: a revision, and the values at it."""

    base: int | None = None
    view: dict[str, Any] = field(default_factory=dict)


@dataclass
class Story:
    """One person, three tabs, and what the page must be: each field as it was written last."""

    desks: Desks
    owner: str
    truth: dict[str, Any] | None = None
    newest: int = 0
    began: int = 0
    tabs: list[Tab] = field(default_factory=lambda: [Tab(), Tab(), Tab()])
    kept: dict[str, dict[str, Any]] = field(default_factory=dict)

    async def take(self, what: str, at: int, values: dict[str, Any]) -> None:
        await getattr(self, what)(self.tabs[at], values)
        await self._check()

    async def patch(self, tab: Tab, values: dict[str, Any]) -> None:
        if tab.base is not None and tab.base < self.began:
            with pytest.raises(Conflict):
                await self.desks.pages.patch(self.owner, PAGE, values, tab.base)
            await self.reload(tab, {})
            return
        before = self.truth or {}
        merged = await self.desks.pages.patch(self.owner, PAGE, values, tab.base)
        self._moved(merged.revision, {**before, **values} != before or self.truth is None)
        self.truth = {**before, **values}
        assert not merged.others.keys() & values.keys()
        tab.base, tab.view = merged.revision, {**tab.view, **values, **_plain(merged.others)}
        assert tab.view == self.truth

    async def put(self, tab: Tab, values: dict[str, Any]) -> None:
        whole = {**tab.view, **values}
        try:
            saved = await self.desks.pages.put(self.owner, PAGE, whole, tab.base)
        except Conflict as conflict:
            current = conflict.details["current"]
            assert (None if current is None else _plain(current.values)) == self.truth
            assert tab.base != (None if current is None else current.revision)
            tab.base, tab.view = (None, {}) if current is None else (current.revision, dict(_plain(current.values)))
            return
        self._moved(saved.revision, True)
        self.truth, tab.base, tab.view = whole, saved.revision, whole

    async def reload(self, tab: Tab, _: dict[str, Any]) -> None:
        if self.truth is None:
            tab.base, tab.view = None, {}
            return
        page = await self.desks.pages.get(self.owner, PAGE)
        tab.base, tab.view = page.revision, dict(_plain(page.values))

    async def forget(self, tab: Tab, _: dict[str, Any]) -> None:
        await self.desks.pages.forget(self.owner)
        self.truth, self.began = None, self.newest + 1
        tab.base, tab.view = None, {}

    async def keep(self, tab: Tab, _: dict[str, Any]) -> None:
        if self.truth is not None:
            name = f"work {len(self.kept)}"
            await self.desks.works.save(self.owner, PAGE, name, NewWork())
            self.kept[name] = self.truth

    def _moved(self, revision: int, changed: bool) -> None:
        assert revision > self.newest if changed else revision >= self.newest
        self.newest = max(self.newest, revision)

    async def _check(self) -> None:
        if self.truth is not None:
            page = await self.desks.pages.get(self.owner, PAGE)
            assert (_plain(page.values), page.lost, page.revision) == (self.truth, [], self.newest)
        for name, values in self.kept.items():
            assert _plain((await self.desks.works.load(self.owner, PAGE, name)).values) == values
        assert self.desks.on_disk == self.desks.named()



@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = Path(tmp_path_factory.mktemp("empty"))
    Desks(directory).close()
    return directory


@pytest.mark.proves("snapshots.whole", "snapshots.merge", "snapshots.files")
@given(steps=st.lists(STEP, max_size=10))
def test_tabs_agree(empty: Path, steps: list[tuple[str, int, dict[str, Any]]]) -> None:
    async def tell(story: Story) -> None:
        for what, at, values in steps:
            await story.take(what, at, values)
        for work in story.kept:
            await story.desks.works.remove(story.owner, PAGE, work)
        await story.desks.pages.forget(story.owner)
        assert story.desks.on_disk == set()

    with tempfile.TemporaryDirectory() as directory, closing(Desks(Path(directory), like=empty)) as desks:
        asyncio.run(tell(Story(desks, "ada")))
