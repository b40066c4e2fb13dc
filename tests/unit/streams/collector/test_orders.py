"""What a collector is told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jupyter_crispdm.streams.collector.orders import BadOrders, Orders
from tests.unit.streams.collector.fakes import write_spec


def test_orders_are_read_once_for_each_change(tmp_path: Path) -> None:
    write_spec(tmp_path, backup_seconds=7)
    orders = Orders(tmp_path)
    spec = orders.changed()
    assert spec is not None
    assert spec.backup_seconds == 7
    assert orders.changed() is None
    write_spec(tmp_path, backup_seconds=8)
    changed = orders.changed()
    assert changed is not None
    assert changed.backup_seconds == 8


def test_a_link_in_the_place_of_orders_is_not_followed(tmp_path: Path) -> None:
    write_spec(tmp_path / "elsewhere")
    (tmp_path / "stream.json").symlink_to(tmp_path / "elsewhere" / "stream.json")
    with pytest.raises(BadOrders, match="is a link"):
        Orders(tmp_path).changed()


def test_passwords_are_beside_the_variables(tmp_path: Path) -> None:
    assert Orders(tmp_path).environ() == os.environ
    (tmp_path / "secrets.json").write_text('{"LINE_PASSWORD": "secret"}')
    environ = Orders(tmp_path).environ()
    assert environ["LINE_PASSWORD"] == "secret"
    assert environ["PATH"] == os.environ["PATH"]


@pytest.mark.parametrize("text", ["{", "[]", '{"LINE_PASSWORD": 3, "OTHER": "secret"}'])
def test_no_password_is_told_where_they_cannot_be_read(tmp_path: Path, text: str) -> None:
    (tmp_path / "secrets.json").write_text(text)
    with pytest.raises(BadOrders) as told:
        Orders(tmp_path).environ()
    assert str(told.value) == "The passwords of the stream cannot be read."
    assert told.value.__cause__ is None
