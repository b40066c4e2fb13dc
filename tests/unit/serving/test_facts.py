"""What the inference server tells, and how a deployment is shown by it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from jupyter_crispdm.base.errors import NotFound
from jupyter_crispdm.serving.deployments.facts import Facts
from jupyter_crispdm.serving.deployments.files import ServingFiles
from jupyter_crispdm.serving.types import (
    Canary,
    Comparison,
    DeploymentSpec,
    DeploymentState,
    DeploymentStatus,
    InferenceState,
    ModelRoutes,
    SideNumbers,
)
from tests.unit.serving.inference.workers.test_repository import spec
from tests.unit.serving.test_plan import wanted

READY = DeploymentStatus(DeploymentState.ready)
TORN = DeploymentStatus(DeploymentState.failed, "Torn.")


def tell(directory: Path, state: InferenceState) -> None:
    (directory / "state.json").write_bytes(msgspec.json.encode(state))


async def test_what_is_told_is_read_once_and_kept_while_it_cannot_be_read(tmp_path: Path) -> None:
    facts = Facts(tmp_path)
    assert not await facts.read()
    tell(tmp_path, InferenceState(1, "http://a", {"d1.1": READY}))
    assert await facts.read()
    assert not await facts.read()
    (tmp_path / "state.json").write_text("{")
    assert not await facts.read()
    assert facts.status("d1.1") == READY
    assert facts.status("d1.2").state is DeploymentState.starting


async def test_of_a_service_that_is_gone_only_failures_are_remembered(tmp_path: Path) -> None:
    facts = Facts(tmp_path)
    tell(tmp_path, InferenceState(1, "http://a", {"d1.1": READY, "d2.1": TORN}, answering={"m@champion": 1}))
    await facts.read()
    facts.forget()
    assert facts.status("d1.1").state is DeploymentState.starting
    assert facts.status("d2.1") == TORN
    assert facts.told.answering == {}


def test_a_trouble_of_all_comes_before_what_failed_here_and_that_before_what_was_told(tmp_path: Path) -> None:
    facts = Facts(tmp_path)
    facts.told = InferenceState(1, "", {"d1.1": READY})
    facts.failed["d1.1"] = "Its environment is gone."
    assert facts.status("d1.1").reason == "Its environment is gone."
    facts.trouble = "The port is taken."
    assert facts.status("d1.1") == DeploymentStatus(DeploymentState.failed, "The port is taken.")


def test_an_address_is_that_of_the_alias_or_of_the_version(tmp_path: Path) -> None:
    facts = Facts(tmp_path)
    assert facts.describe(wanted(), 1, "http://a").url == "http://a/v2/models/m@champion"
    assert facts.describe(wanted(alias=""), 1, "http://a").url == "http://a/v2/models/m/versions/1"
    assert facts.describe(wanted(), 1, "").url == ""


def test_a_reason_of_ones_own_comes_before_that_of_the_version_to_come(tmp_path: Path) -> None:
    facts = Facts(tmp_path)
    late = DeploymentStatus(DeploymentState.ready, "A worker was killed.")
    facts.told = InferenceState(1, "", {"d1.1": late, "d1.2": TORN})
    shown = facts.describe(wanted(), 2, "")
    assert (shown.reason, shown.coming, shown.version) == ("A worker was killed.", 2, 1)
    facts.told = InferenceState(1, "", {"d1.1": READY, "d1.2": TORN})
    assert facts.describe(wanted(), 2, "").reason == "Version 2 does not answer: Torn. Version 1 goes on."


def test_a_comparison_is_that_of_a_trial_that_goes_on(tmp_path: Path) -> None:
    facts = Facts(tmp_path)
    shown = Comparison(SideNumbers(1), SideNumbers(2), 0.5, shadow=True)
    facts.told = InferenceState(1, "", {}, comparisons={"m@champion": shown})
    assert facts.comparison(wanted(canary=Canary(2))) == shown
    assert facts.describe(wanted(canary=Canary(2)), 1, "").comparison == shown
    assert facts.describe(wanted(), 1, "").comparison is None
    for one in (wanted(), wanted(alias="other", canary=Canary(2))):
        with pytest.raises(NotFound, match="Nothing is tried out"):
            facts.comparison(one)


async def test_files_come_and_go_and_half_written_ones_are_none(tmp_path: Path) -> None:
    files = ServingFiles(tmp_path)
    await files.open()
    await files.open()
    assert await files.present() == set()
    await files.write(spec("a"))
    (tmp_path / "deployments" / ".b-1.json").write_text("half")
    assert await files.present() == {"a-1"}
    content = (tmp_path / "deployments" / "a-1.json").read_bytes()
    assert msgspec.json.decode(content, type=DeploymentSpec) == spec("a")
    await files.write_routes({"a": ModelRoutes(aliases={"champion": 1})})
    assert b'"champion":1' in (tmp_path / "routes.json").read_bytes()
    for _ in range(2):
        await files.remove("a-1")
    assert await files.present() == set()
