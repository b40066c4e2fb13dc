"""What is asked and told of shared values beside the values: who may have what belongs to a key, and until when."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_crispdm.auth.types import UserRole
from jupyter_crispdm.base.errors import NotFound
from jupyter_crispdm.state.entries import Guard
from jupyter_crispdm.state.types import NewValue, Removal
from tests.support import eventually
from tests.unit.state.values import ADA, Values

ANALYSTS = Guard(UserRole.ANALYST, UserRole.ANALYST)


@pytest.fixture
def values(tmp_path: Path) -> Iterator[Values]:
    opened = Values(tmp_path)
    yield opened
    opened.close()


async def put(values: Values, **more: Any) -> None:
    roles = {"read": ANALYSTS.read, "write": ANALYSTS.write}
    await values.manager.put("plans", NewValue(value=1, **{**roles, **more}), ADA)


async def test_the_roles_of_a_value_guard_what_belongs_to_its_key_until_it_is_deleted(values: Values) -> None:
    assert await values.manager.guard("plans") == Guard()
    await put(values)
    assert await values.manager.guard("plans") == ANALYSTS
    await values.manager.remove("plans", Removal(), ADA)
    assert await values.manager.guard("plans") == Guard(ended=2)
    await put(values)
    assert await values.manager.guard("plans") == ANALYSTS._replace(ended=2)
    with pytest.raises(NotFound):
        await values.manager.guard("-bad")


async def test_a_value_whose_time_is_over_guards_nothing_more_and_has_ended(values: Values) -> None:
    await put(values, seconds=10)
    values.clock.advance(10)
    assert await values.manager.guard("plans") == Guard(ended=2), "nobody waits for the sweep"


async def test_a_value_that_is_written_over_one_whose_time_is_over_is_another(values: Values) -> None:
    await put(values, seconds=10)
    values.clock.advance(10)
    await put(values, read=None, write=None)
    assert await values.manager.guard("plans") == Guard(ended=2)


async def test_what_ended_is_told_once_more_before_it_is_forgotten(values: Values) -> None:
    await put(values)
    await values.manager.remove("plans", Removal(), ADA)
    await eventually(lambda: values.ended == ["plans"])
    values.clock.advance(90_000)
    values.ended.clear()
    await values.manager._tidy()
    assert values.ended == ["plans"]
    assert await values.backend.get("plans") is None
