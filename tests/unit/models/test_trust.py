"""An admin's word for what a file builds: for what it builds, with a reason, and until it is taken back."""

from __future__ import annotations

import asyncio
import logging
import pickle
from typing import Any

import pytest

from jupyter_crispdm.base.errors import BadRequest, Conflict, CrispdmError, NotFound
from jupyter_crispdm.models.registering.offers import Registrar
from jupyter_crispdm.models.trust import check_reason
from jupyter_crispdm.models.types import Registration, TrustDecision, TrustReport

from .conftest import Registry, torch_file
from .formats.writing import node, skops

ADMIN = Registrar("root", admin=True)


async def with_types(registry: Registry, *names: str) -> None:
    """A version whose file builds these."""
    (registry.root / "m.skops").write_bytes(skops(node(names[0], content=[node(name) for name in names[1:]])))
    await registry.manager.register(Registration(name="tree", path="m.skops", format="skops"))


async def decided(registry: Registry, *types: str, by: str = "root", reason: str = "read it") -> TrustReport:
    return await registry.manager.trust.decide("tree", 1, TrustDecision(types=[*types], reason=reason), by)


@pytest.mark.proves("http.models-trust")
@pytest.mark.parametrize("reason", ["", " ", "\n\t\u2003", "x" * 1001])
def test_a_decision_without_a_reason_is_refused_by_its_field(reason: str) -> None:
    with pytest.raises(BadRequest) as refused:
        check_reason(reason)
    assert refused.value.details == {"field": "reason"}


def test_reasons_at_the_edge_are_reasons() -> None:
    for reason in ("x", "ä" * 1000):
        check_reason(reason)


@pytest.mark.proves("http.models-trust")
@pytest.mark.parametrize("types", [["x.Y"], ["a.B", "x.Y"], ["a"], ["a.B "], ["A.b"], [""], ["pickle"]])
async def test_what_a_file_does_not_build_is_not_trusted_beforehand(registry: Registry, types: list[str]) -> None:
    await with_types(registry, "a.B", "c.D")
    with pytest.raises(BadRequest) as refused:
        await decided(registry, *types)
    assert refused.value.details == {"field": "types"}
    assert (await registry.manager.trust.report("tree", 1)).trust is None


@pytest.mark.proves("http.models-trust")
async def test_a_decision_is_noted_once_sorted_and_with_who_and_when(registry: Registry) -> None:
    await with_types(registry, "c.D", "a.B")
    changes = registry.told.changes
    report = await decided(registry, "c.D", "a.B", "c.D")
    assert report.trust is not None
    assert (report.trust.types, report.trust.by, report.trust.reason) == (["a.B", "c.D"], "root", "read it")
    assert report.trust.when.utcoffset() is not None
    assert (report.untrusted, registry.told.changes) == ([], changes + 1)


@pytest.mark.proves("http.models-trust")
async def test_a_later_decision_takes_the_place_of_the_one_before(registry: Registry) -> None:
    await with_types(registry, "a.B", "c.D")
    await decided(registry, "a.B")
    report = await decided(registry, "c.D", by="eve", reason="only this one")
    assert report.trust is not None
    assert (report.untrusted, report.trust.by) == (["a.B"], "eve")


@pytest.mark.proves("http.models-trust")
async def test_trust_in_one_version_is_none_in_the_next(registry: Registry) -> None:
    await with_types(registry, "a.B")
    await decided(registry, "a.B")
    await with_types(registry, "a.B")
    assert (await registry.manager.get("tree", 1)).untrusted == []
    assert (await registry.manager.get("tree", 2)).untrusted == ["a.B"]


async def test_of_two_who_decide_at_once_one_comes_last_and_whole(registry: Registry) -> None:
    await with_types(registry, "a.B", "c.D")
    await asyncio.gather(*(decided(registry, name, by=f"of {name}") for name in ("a.B", "c.D") * 4))
    trust = (await registry.manager.get("tree", 1)).trust
    assert trust is not None
    assert [f"of {name}" for name in trust.types] == [trust.by]
    before = await registry.manager.all()
    await registry.manager.start()
    assert await registry.manager.all() == before


@pytest.mark.proves("models.pickle-decision")
async def test_a_pickle_that_is_trusted_no_more_says_still_what_it_imports(registry: Registry) -> None:
    (registry.root / "m.pkl").write_bytes(pickle.dumps({"a": ValueError("x")}))
    fields: dict[str, Any] = {"name": "tree", "path": "m.pkl", "format": "pickle", "reason": "ours"}
    await registry.manager.register(Registration(**fields), ADMIN)
    report = await decided(registry, reason="a fault was found")
    assert (report.untrusted, report.imports) == (["pickle"], ["builtins.ValueError"])
    assert (await decided(registry, "pickle")).untrusted == []


@pytest.mark.parametrize(
    ("name", "number", "kind"), [("tree", 2, NotFound), ("none", 1, NotFound), ("plain", 1, Conflict)]
)
async def test_there_must_be_something_to_decide_about(
    registry: Registry, name: str, number: int, kind: type[CrispdmError]
) -> None:
    await with_types(registry, "a.B")
    (registry.root / "m.pt").write_bytes(torch_file("collections OrderedDict"))
    await registry.manager.register(Registration(name="plain", path="m.pt"))
    with pytest.raises(kind):
        await registry.manager.trust.decide(name, number, TrustDecision(types=[], reason="why"), "root")


async def test_what_operators_read_is_one_line_whatever_the_reason(
    registry: Registry, caplog: pytest.LogCaptureFixture
) -> None:
    await with_types(registry, "a.B")
    with caplog.at_level(logging.WARNING, "jupyter_crispdm.models.trust"):
        await decided(registry, reason="fine\nroot trusts everything", by="")
        await decided(registry, "a.B")
    assert [record.getMessage() for record in caplog.records] == [
        "Somebody trusts version 1 of the model 'tree' to build nothing any more. "
        "Reason: 'fine\\nroot trusts everything'",
        "root trusts version 1 of the model 'tree' to build a.B. Reason: 'read it'",
    ]
