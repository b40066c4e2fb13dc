"""Functions by the names that the operator gave them."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from jupyter_crispdm.base.errors import BadRequest, SetupError
from jupyter_crispdm.proxy.transforms import Transforms


async def later(message: Any) -> Any:
    return [message]


async def test_a_function_is_found_by_its_name() -> None:
    thread = lambda _: threading.current_thread().name  # noqa: E731
    transforms = Transforms({"loads": "json:loads", "later": later, "thread": thread})
    assert await transforms.get("loads")("[1]") == [1]
    assert await transforms.get("later")(1) == [1]
    assert await transforms.get("thread")(1) != threading.current_thread().name


@pytest.mark.parametrize("name", ["", "json:loads", "loads ", "__import__"])
def test_nothing_else_can_be_named(name: str) -> None:
    with pytest.raises(BadRequest, match="there are: loads") as refused:
        Transforms({"loads": "json:loads"}).get(name)
    assert refused.value.details["field"] == "transform"
    with pytest.raises(BadRequest, match="there are: none"):
        Transforms({}).get(name)


@pytest.mark.parametrize("given", ["json", "json:nothing", "no_such_module:f", ":f", "json:__name__", 7, None])
def test_what_is_no_function_is_a_mistake_of_the_settings(given: Any) -> None:
    with pytest.raises(SetupError, match="proxy_transforms: 'it'"):
        Transforms({"it": given})
