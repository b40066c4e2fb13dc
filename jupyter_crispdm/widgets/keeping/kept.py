"""A value without a view: last answers, chosen jobs, notes of a program."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from traitlets import Any as AnyTrait
from traitlets import TraitError, Unicode, validate

from ..base import CrispdmWidget
from .keeper import Keeper

_MOST_BYTES = 4 * 1024 * 1024


class Kept(CrispdmWidget):
    """A value of JSON that is kept with the page in whose function it is made, and comes back there.

    One that is handed to a dashboard as one of its `keep` is shared by all its pages. Raises TraitError for what JSON
    cannot hold, and for more than 4 MiB.

    >>> last = Kept(None, name="last answer")
    >>> last.value = {"digits": 9}  # in the next visit `Kept(None, name="last answer").value` is this
    """

    kept_traits: ClassVar[tuple[str, ...]] = ("value",)
    name = Unicode("", help="What it is kept under.")
    value = AnyTrait(None, allow_none=True, help="What is kept.").tag(sync=True)

    def __init__(self, value: Any = None, *, name: str, **more: Any) -> None:
        if not name.strip() or len(name) > 100 or not name.isprintable():
            raise ValueError("The name of what is kept has 1 to 100 letters.")
        super().__init__(value=value, name=name, **more)
        if keeper := Keeper.building():
            keeper.keep(self)

    @validate("value")
    def _is_json(self, proposal: dict[str, Any]) -> Any:
        try:
            text = json.dumps(proposal["value"], allow_nan=False)
        except (TypeError, ValueError, RecursionError) as error:
            raise TraitError(f"Only what JSON can hold is kept: {error}") from None
        if len(text) > _MOST_BYTES:
            raise TraitError(f"Over {_MOST_BYTES} bytes are not kept: write them into a file.")
        return json.loads(text)
