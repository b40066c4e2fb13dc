"""How much may be saved: each limit refuses by name, None lets all pass, and who saves less may always do so."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from msgspec import UNSET

from jupyter_crispdm.base.errors import BadRequest, CrispdmError, TooLarge, Unprocessable
from jupyter_crispdm.snapshots.limits import Limits, limits_of, size_of
from jupyter_crispdm.snapshots.settings import SnapshotSettings
from jupyter_crispdm.snapshots.types import NewWork
from jupyter_crispdm.snapshots.values import Value
from tests.unit.snapshots.desks import Desks

NONE = Limits(fields=None, value=None, size=None, pages=None, works=None, person=None)


@pytest.fixture
def few(tmp_path: Path) -> Desks:
    desks = Desks(tmp_path, Limits(fields=3, value=50, size=80, pages=2, works=2, person=180))
    return desks


async def refused(saving: Awaitable[object]) -> tuple[type[CrispdmError], str]:
    with pytest.raises(CrispdmError) as caught:
        await saving
    return type(caught.value), caught.value.details["field"]


@pytest.mark.proves("snapshots.limits", "snapshots.refused")
async def test_a_page_has_its_limits(few: Desks) -> None:
    put, patch = few.pages.put, few.pages.patch
    assert await refused(put("ada", "p", {"a": 0, "b": 0, "c": 0, "d": 0}, UNSET)) == (Unprocessable, "values")
    assert await refused(put("ada", "p", {"a": "x" * 49}, UNSET)) == (TooLarge, "values.a")
    assert await refused(put("ada", "p", {"a": "x" * 40, "b": "x" * 40}, UNSET)) == (TooLarge, "values")
    await put("ada", "p", {"a": "x" * 30, "b": "x" * 20}, UNSET)
    assert await refused(patch("ada", "p", {"c": "x" * 30}, UNSET)) == (TooLarge, "values")
    await patch("ada", "p", {"c": 0}, UNSET)
    assert await refused(patch("ada", "p", {"d": 0}, UNSET)) == (Unprocessable, "values")
    assert sorted((await few.pages.get("ada", "p")).values) == ["a", "b", "c"]
    few.close()


@pytest.mark.proves("snapshots.limits")
async def test_a_person_has_their_limits_and_others_theirs(few: Desks) -> None:
    full = {"a": "x" * 48, "b": "x" * 20}
    for page in ("p", "q"):
        await few.pages.put("ada", page, full, UNSET)
    assert await refused(few.pages.put("ada", "r", {}, UNSET)) == (Unprocessable, "page")
    work = NewWork(values={"a": "x" * 48})
    assert await refused(few.works.save("ada", "p", "first", work)) == (TooLarge, "values")
    await few.pages.put("ada", "p", {"a": "x" * 10}, UNSET)
    await few.works.save("ada", "p", "first", work)
    await few.works.save("ada", "p", "second", NewWork(values={}))
    assert await refused(few.works.save("ada", "p", "third", NewWork(values={}))) == (Unprocessable, "name")
    await few.works.save("ada", "p", "first", NewWork(values={"a": "x" * 40}))
    assert await refused(few.pages.put("ada", "p", full, UNSET)) == (TooLarge, "values")
    await few.pages.put("ben", "p", full, UNSET)
    few.close()


@pytest.mark.proves("snapshots.limits")
async def test_who_is_over_a_limit_that_was_lowered_may_still_save_less(tmp_path: Path) -> None:
    before = Desks(tmp_path)
    await before.pages.put("ada", "p", {str(number): "x" * 40 for number in range(4)}, UNSET)
    before.close()
    now = Desks(tmp_path, Limits(fields=3, size=100, person=100))
    await now.pages.patch("ada", "p", {"0": 0}, UNSET)
    assert await refused(now.pages.patch("ada", "p", {"0": "x" * 9}, UNSET)) == (Unprocessable, "values")
    await now.pages.put("ada", "p", {"0": "x" * 40}, UNSET)
    now.close()


@pytest.mark.parametrize(
    "check",
    [
        lambda: NONE.accept({str(number): Value(10**12) for number in range(5000)}),
        lambda: NONE.check_pages(10**9),
        lambda: NONE.check_works(10**9),
        lambda: NONE.check_person(10**15),
        lambda: NONE.check_fields(10**9),
        lambda: NONE.check_size(10**15),
    ],
)
def test_none_is_no_limit(check: Callable[[], None]) -> None:
    check()


@pytest.mark.proves("snapshots.refused")
@pytest.mark.parametrize("name", ["", "a\nb", "\x00", "\x7f", "\x85", "x" * 301])
def test_what_cannot_name_a_field_is_refused(name: str) -> None:
    with pytest.raises(BadRequest, match="values"):
        Limits().accept({name: Value(1, "1")})


def test_any_text_names_a_field_and_counts_as_such() -> None:
    names = ["train/epochs", "<script>", "__proto__", "Größe 模型", " ", "'; DROP TABLE x", "x" * 300]
    Limits().accept({name: Value(1, "1") for name in names})
    assert size_of({"é": Value(3, "1.0")}) == 5


@pytest.mark.proves("snapshots.limits")
def test_the_settings_are_the_limits() -> None:
    assert limits_of(SnapshotSettings()) == Limits()
    settings = SnapshotSettings(
        snapshot_fields=1, snapshot_value_bytes=2, snapshot_bytes=3, snapshot_pages=4, saved_works=5,
        person_snapshot_bytes=None,
    )  # fmt: skip
    assert limits_of(settings) == Limits(1, 2, 3, 4, 5, None)
