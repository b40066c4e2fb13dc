"""Versions beside each other."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from jupyter_crispdm.base.errors import BadRequest, NotFound
from jupyter_crispdm.models.comparing import compared, parse_versions
from jupyter_crispdm.models.types import Code, Comparison, Lineage, ModelFormat, ModelVersion, Registration

from .conftest import Registry, torch_file

NOON = datetime(2026, 11, 21, 12, tzinfo=timezone.utc)


NONE = Lineage()


def version(number: int, lineage: Lineage = NONE, **more: Any) -> ModelVersion:
    fields = {"task": "", "classes": [], "signature": {}, "metadata": {}, "sha256": "0", **more}
    return ModelVersion("m", number, ModelFormat.torch, fields.pop("task"), fields.pop("classes"),
                        fields.pop("signature"), fields.pop("metadata"), None, None, NOON, 10, fields.pop("sha256"),
                        lineage=lineage, **fields)  # fmt: skip


def differing(told: Comparison) -> dict[str, list[Any]]:
    return {f"{row.group}.{row.field}": row.values for row in told.rows if row.differs}


@pytest.mark.proves("http.models-compare")
def test_what_differs_is_marked_and_the_rest_is_there() -> None:
    code = Code(commit="a")
    one = version(1, Lineage("j1", parameters={"lr": 0.1, "net": {"depth": 2}}, code=code), metrics={"loss": 1})
    two = version(2, Lineage("j2", parameters={"lr": 0.1, "net": {"depth": 3}}, code=code),
                  metrics={"loss": 0.5, "f1": 0.9}, classes=["x"])  # fmt: skip
    told = compared([one, two], [None, None])
    assert told.versions == [1, 2]
    assert differing(told) == {
        "metrics.loss": [1, 0.5], "metrics.f1": [None, 0.9], "parameters.net.depth": [2, 3],
        "model.classes": [[], ["x"]], "lineage.job": ["j1", "j2"],
    }  # fmt: skip
    rows = {f"{row.group}.{row.field}": row.differs for row in told.rows}
    assert (rows["parameters.lr"], rows["lineage.commit"]) == (False, False)


@pytest.mark.proves("http.models-compare")
def test_packages_stand_by_their_names() -> None:
    locks = ["# Python 3.11\nnumpy==1.26\nscipy==1.0\n-e /home/x\n", "numpy==2.0\nscipy==1.0\nx @ git+y\n"]
    told = compared([version(1), version(2)], locks)
    assert differing(told) == {"packages.numpy": ["1.26", "2.0"]}


def test_nested_details_end_somewhere() -> None:
    deep: dict[str, Any] = {}
    for _ in range(50):
        deep = {"a": deep}
    told = compared([version(1, metadata=deep), version(2, metadata={})], [None, None])
    assert [row.field for row in told.rows if row.group == "details"] == [".".join("a" * 7)]


@pytest.mark.parametrize("text", ["", "1", "1,1", "a,b", "1,-2", "1,", "1,2.0", "²,3", "1" * 12 + ",2"])
def test_odd_lists_of_versions_are_refused(text: str) -> None:
    with pytest.raises(BadRequest, match="'versions'"):
        parse_versions(text)


def test_lists_of_versions() -> None:
    assert parse_versions("3, 1,3") == [3, 1]
    with pytest.raises(BadRequest):
        parse_versions(",".join(map(str, range(1, 40))))


@pytest.mark.proves("http.models-compare")
async def test_versions_of_the_registry_are_compared_in_the_order_asked_for(registry: Registry) -> None:
    (registry.root / "m.pt").write_bytes(torch_file("collections OrderedDict"))
    for loss in (1.0, 0.5):
        await registry.manager.register(Registration(name="digits", path="m.pt", metrics={"loss": loss}))
    told = await registry.manager.compare("digits", "2,1")
    assert differing(told) == {"metrics.loss": [0.5, 1.0]}
    with pytest.raises(NotFound):
        await registry.manager.compare("digits", "1,9")
