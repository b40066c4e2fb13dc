"""How much may be saved; every refusal names the field that goes too far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from jupyter_crispdm.base.errors import BadRequest, TooLarge, Unprocessable

from .settings import SnapshotSettings
from .types import FIELD
from .values import Value

LONGEST_NOTE = 1000
_MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """How many fields, pages and works, and how many bytes. None means no limit."""

    fields: int | None = 1000
    value: int | None = 4 * _MIB
    size: int | None = 16 * _MIB
    pages: int | None = 500
    works: int | None = 500
    person: int | None = 256 * _MIB

    def accept(self, values: Mapping[str, Value]) -> None:
        """Raises BadRequest for a name that is none, TooLarge, Unprocessable."""
        for name, value in values.items():
            FIELD.check(name, f"values.{name[:64]}")
            if self.value is not None and value.size > self.value:
                raise TooLarge(
                    f"The value of '{name[:64]}' has {value.size:,} bytes, over the limit of {self.value:,}.",
                    field=f"values.{name}", limit=self.value,
                )  # fmt: skip
        self.check_fields(len(values))
        self.check_size(size_of(values))

    def check_fields(self, count: int) -> None:
        """Raises Unprocessable for a page with too many fields."""
        if self.fields is not None and count > self.fields:
            raise Unprocessable(f"A page may save {self.fields:,} fields, not {count:,}.", field="values",
                                limit=self.fields)

    def check_size(self, size: int) -> None:
        """Raises TooLarge for a page with too many bytes."""
        if self.size is not None and size > self.size:
            raise TooLarge(f"The fields of the page have {size:,} bytes, over the limit of {self.size:,}.",
                           field="values", limit=self.size)

    def check_pages(self, count: int) -> None:
        """Raises Unprocessable for a person with too many pages."""
        if self.pages is not None and count > self.pages:
            raise Unprocessable(f"You have {self.pages:,} saved pages, the most there may be. Forget some first.",
                                field="page", limit=self.pages)

    def check_works(self, count: int) -> None:
        """Raises Unprocessable for a person with too much saved work."""
        if self.works is not None and count > self.works:
            raise Unprocessable(f"You have saved work under {self.works:,} names, the most there may be. "
                                "Delete some first.", field="name", limit=self.works)

    def check_person(self, size: int) -> None:
        """Raises TooLarge for a person with too many bytes."""
        if self.person is not None and size > self.person:
            raise TooLarge(f"All that you have saved would have {size:,} bytes, over the limit of {self.person:,}. "
                           "Delete saved work first.", field="values", limit=self.person)


def limits_of(settings: SnapshotSettings) -> Limits:
    """The limits that whoever runs the server has set."""
    return Limits(
        fields=settings.snapshot_fields, value=settings.snapshot_value_bytes, size=settings.snapshot_bytes,
        pages=settings.snapshot_pages, works=settings.saved_works, person=settings.person_snapshot_bytes,
    )  # fmt: skip


def check_note(note: str) -> str:
    """A note as it is kept. Raises BadRequest."""
    if len(note) > LONGEST_NOTE:
        raise BadRequest(f"'note' may have {LONGEST_NOTE:,} characters, not {len(note):,}.", field="note")
    return note


def size_of(values: Mapping[str, Value]) -> int:
    """The bytes of fields, with their names."""
    return sum(len(name.encode()) + value.size for name, value in values.items())
