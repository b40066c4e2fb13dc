from __future__ import annotations

import asyncio
import hashlib
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from jupyter_crispdm.base.errors import BadRequest, Conflict, NotFound, StorageFull, Unprocessable
from jupyter_crispdm.models import files as files_module
from jupyter_crispdm.models import sources as sources_module
from jupyter_crispdm.models.registering import offers as offers_module
from jupyter_crispdm.models.types import ModelVersion, Registration

from .conftest import FakeJob, Registry, torch_file

DATA = torch_file("collections OrderedDict")
EVENT = {
    "kind": "model",
    "path": "artifacts/m.pt",
    "name": "digits",
    "format": "torch",
    "task": "segmentation",
    "classes": ["0", "1"],
    "metadata": {"algorithm": "unet", "dataset": "digits"},
}


def from_job(registry: Registry, **changes: Any) -> Registration:
    (registry.artifacts / "m.pt").write_bytes(DATA)
    return Registration(**{"name": "digits", "job": "j1", "artifact": "m.pt", **changes})


@pytest.mark.proves("http.models-register")
async def test_registers_an_artifact_with_its_lineage(registry: Registry) -> None:
    version = await registry.manager.register(
        from_job(registry, metadata={"algorithm": "unet", "dataset": "digits"}, classes=["a"])
    )
    assert (version.version, version.job, version.environment) == (1, "j1", "venv-1")
    assert (version.sha256, version.size) == (hashlib.sha256(DATA).hexdigest(), len(DATA))
    assert version.weight == "unet_digits1"
    assert registry.manager.path(version).read_bytes() == DATA
    assert registry.told.changes == 1
    assert (await registry.manager.snapshot()).models[0].versions == [version]


@pytest.mark.proves("http.models-register")
async def test_registers_a_file_below_the_root(registry: Registry) -> None:
    (registry.root / "sub").mkdir()
    (registry.root / "sub" / "m.pt").write_bytes(DATA)
    version = await registry.manager.register(Registration(name="digits", path="sub/m.pt"))
    assert (version.job, version.environment) == (None, None)


@pytest.mark.proves("http.models-list")
async def test_versions_count_up_and_are_not_given_twice(registry: Registry) -> None:
    request = from_job(registry)
    numbers = [
        version.version for version in await asyncio.gather(*(registry.manager.register(request) for _ in range(4)))
    ]
    assert sorted(numbers) == [1, 2, 3, 4]
    await registry.manager.delete_version("digits", 4)
    await registry.manager.start()
    assert (await registry.manager.register(request)).version == 5


async def test_references(registry: Registry) -> None:
    for _ in range(2):
        await registry.manager.register(from_job(registry))
    await registry.manager.aliases.point("digits", "best", 1)
    found = [
        (await registry.manager.resolve(text)).version
        for text in ("digits", "digits/1", "digits@best", "digits@latest")
    ]
    assert found == [2, 1, 1, 2]
    for text in ("digits/9", "digits@worst", "letters"):
        with pytest.raises(NotFound):
            await registry.manager.resolve(text)
    for text in ("", "../x", "digits/x", "digits/-1", "digits@", "digits@9", "a/b/c", "digits/²"):
        with pytest.raises(BadRequest):
            await registry.manager.resolve(text)


@pytest.mark.proves("http.models-alias")
async def test_aliases_move_and_go(registry: Registry) -> None:
    for _ in range(2):
        await registry.manager.register(from_job(registry))
    await registry.manager.aliases.point("digits", "best", 1)
    assert (await registry.manager.aliases.point("digits", "best", 2)).aliases == ["best"]
    assert (await registry.manager.show("digits")).aliases == {"best": 2}
    await registry.manager.aliases.remove("digits", "best")
    with pytest.raises(NotFound):
        await registry.manager.aliases.remove("digits", "best")
    with pytest.raises(NotFound):
        await registry.manager.aliases.point("digits", "best", 7)
    for alias in ("latest", "3", "a/b", "", "x" * 51, "<b>"):
        with pytest.raises(BadRequest):
            await registry.manager.aliases.point("digits", alias, 1)


@pytest.mark.proves("http.models-version")
async def test_deleting_takes_the_file_and_the_aliases(registry: Registry) -> None:
    version = await registry.manager.register(from_job(registry))
    await registry.manager.aliases.point("digits", "best", 1)
    await registry.manager.delete_version("digits", 1)
    assert not registry.manager.path(version).parent.exists()
    assert (await registry.manager.all()).models == []
    with pytest.raises(NotFound):
        await registry.manager.delete_version("digits", 1)


@pytest.mark.proves("http.models-version")
async def test_a_version_in_use_is_not_deleted(registry: Registry) -> None:
    def used(version: ModelVersion) -> str | None:
        return "somebody needs it"

    await registry.manager.register(from_job(registry))
    registry.manager.guard(used)
    with pytest.raises(Conflict, match="somebody needs it"):
        await registry.manager.delete_version("digits", 1)


@pytest.mark.parametrize(
    "name", ["", ".", "..", "a..b", "a/b", "../a", "a\\b", ".a", "x" * 101, "é", "a b", "<b>", "a\n", "a\0"]
)
async def test_odd_names_are_refused(registry: Registry, name: str) -> None:
    with pytest.raises(BadRequest, match="'name'"):
        await registry.manager.register(from_job(registry, name=name))
    with pytest.raises(BadRequest, match=r"metadata\.dataset"):
        await registry.manager.register(from_job(registry, metadata={"dataset": name or " "}))


@pytest.mark.proves("files.traversal")
@pytest.mark.parametrize(
    "path",
    [
        "",
        "/etc/passwd",
        "../jobs/j1/artifacts/m.pt",
        "a/../../x",
        ".hidden",
        "http://x/m.pt",
        "a\0b",
        "..\\x",
    ],
)
async def test_paths_stay_below_the_root(registry: Registry, path: str) -> None:
    from_job(registry)
    (registry.root / ".hidden").write_bytes(DATA)
    with pytest.raises(BadRequest, match="'path'"):
        await registry.manager.register(Registration(name="digits", path=path))


@pytest.mark.proves("files.links")
async def test_links_and_directories_are_no_models(registry: Registry) -> None:
    from_job(registry)
    sibling = registry.root.with_name("root-of-another")
    sibling.mkdir()
    (sibling / "m.pt").write_bytes(DATA)
    (registry.root / "out").symlink_to(sibling)
    (registry.root / "loop").symlink_to(registry.root / "loop")
    os.mkfifo(registry.root / "fifo")
    for path in ("out/m.pt", "loop", "fifo", "gone", "out", "x" * 3000):
        with pytest.raises(NotFound):
            await registry.manager.register(Registration(name="digits", path=path))


@pytest.mark.proves("files.paths-from-jobs")
async def test_an_artifact_cannot_be_outside_its_job(registry: Registry) -> None:
    (registry.artifacts.parent / "spec.json").write_bytes(DATA)
    with pytest.raises(BadRequest):
        await registry.manager.register(Registration(name="digits", job="j1", artifact="../spec.json"))
    with pytest.raises(NotFound):
        await registry.manager.register(Registration(name="digits", job="j9", artifact="m.pt"))


@pytest.mark.proves("files.by-url")
@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"job": "j1"},
        {"artifact": "m.pt"},
        {"job": "j1", "artifact": "m.pt", "path": "m.pt"},
        {"path": "m.pt", "artifact": "x"},
        {"path": "m.pt", "classes": ["x"] * 10_001},
        {"path": "m.pt", "task": "x" * 101},
        {"path": "m.pt", "metadata": {"x": "y" * 300_000}},
        {"path": "m.pt", "metrics": {"loss": float("nan")}},
        {"path": "m.pt", "note": "x" * 10_001},
        {"path": "m.pt", "script": "x" * 5000},
    ],
)
async def test_bad_requests(registry: Registry, fields: dict[str, Any]) -> None:
    (registry.root / "m.pt").write_bytes(DATA)
    with pytest.raises(BadRequest):
        await registry.manager.register(Registration(name="digits", **fields))


async def test_a_bad_file_gets_no_version(registry: Registry) -> None:
    (registry.root / "m.pt").write_bytes(torch_file("posix system"))
    with pytest.raises(Unprocessable, match="posix system"):
        await registry.manager.register(Registration(name="digits", path="m.pt"))
    assert list(registry.directory.iterdir()) == []


@pytest.mark.parametrize("kind", ["bomb", "pipe", "link", "gone"])
async def test_a_file_that_changes_after_it_was_found_is_what_is_looked_at(
    registry: Registry, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def artifact(job: Path, relative: str, field: str) -> sources_module.ModelSource:
        found = sources_module.artifact(job, relative, field)
        found.path.unlink()
        if kind == "bomb":
            found.path.write_bytes(torch_file("posix system"))
        elif kind == "pipe":
            os.mkfifo(found.path)
        elif kind == "link":
            found.path.symlink_to("/etc/hostname")
        return found

    monkeypatch.setattr(offers_module, "artifact", artifact)
    with pytest.raises(Unprocessable if kind == "bomb" else NotFound):
        await registry.manager.register(from_job(registry))
    assert (await registry.manager.all()).models == []


@pytest.mark.proves("machine.disk-full")
async def test_a_full_disk_leaves_nothing(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(source: Path, target: Path) -> tuple[int, str]:
        target.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files_module, "_copy", full)
    with pytest.raises(StorageFull):
        await registry.manager.register(from_job(registry))
    assert list(registry.directory.iterdir()) == []
    monkeypatch.undo()
    assert (await registry.manager.register(from_job(registry))).version == 1


async def test_a_failing_database_leaves_nothing(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(version: ModelVersion) -> None:
        raise StorageFull("full")

    monkeypatch.setattr(registry.store, "add", broken)
    with pytest.raises(StorageFull):
        await registry.manager.register(from_job(registry))
    assert list((registry.directory / "digits").iterdir()) == []


@pytest.mark.proves("machine.database-damaged")
async def test_the_tables_are_rebuilt_from_the_files(registry: Registry) -> None:
    for _ in range(2):
        await registry.manager.register(from_job(registry, metadata={"dataset": "digits"}))
    await registry.manager.aliases.point("digits", "best", 1)
    before = await registry.manager.all()
    await registry.store.rebuild([])
    (registry.directory / "digits" / ".3-half").mkdir()
    (registry.directory / "digits" / "7").mkdir()
    (registry.directory / "rubbish").mkdir()
    (registry.directory / "rubbish" / "index.json").write_text("{")
    await registry.manager.start()
    assert await registry.manager.all() == before
    assert not (registry.directory / "digits" / ".3-half").exists()


@pytest.mark.proves("crispdm.model")
async def test_a_job_registers_its_model_once(registry: Registry) -> None:
    (registry.artifacts / "m.pt").write_bytes(DATA)
    for _ in range(3):
        await registry.manager.on_job_event(FakeJob("j1"), EVENT)
    await registry.manager.on_job_event(FakeJob("j1"), {"kind": "progress", "done": 1})
    model = await registry.manager.show("digits")
    assert [(version.version, version.job, version.classes) for version in model.versions] == [(1, "j1", ["0", "1"])]
    (registry.artifacts / "m.pt").write_bytes(torch_file("torch FloatStorage"))
    await registry.manager.on_job_event(FakeJob("j1"), EVENT)
    assert (await registry.manager.show("digits")).latest == 2


@pytest.mark.proves("files.paths-from-jobs")
@pytest.mark.parametrize(
    "change",
    [
        {"path": "../../x"},
        {"path": 7},
        {"name": "../x"},
        {"classes": "ab"},
        {"format": "pickle"},
        {"name": None},
    ],
)
async def test_what_a_job_wrote_is_not_believed(
    registry: Registry, change: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    (registry.artifacts / "m.pt").write_bytes(DATA)
    await registry.manager.on_job_event(FakeJob("j1"), {**EVENT, **change})
    assert (await registry.manager.all()).models == []
    assert "j1" in caplog.text


async def test_the_copy_does_not_follow_the_source(registry: Registry) -> None:
    version = await registry.manager.register(from_job(registry))
    (registry.artifacts / "m.pt").write_bytes(b"changed")
    path = registry.manager.path(version)
    assert path.read_bytes() == DATA
    assert stat.S_ISREG(path.stat().st_mode)


@pytest.mark.parametrize("what", ["file", "artifacts", "job"])
async def test_no_artifact_is_behind_a_link(registry: Registry, tmp_path: Path, what: str) -> None:
    artifacts = registry.artifacts
    (artifacts / "m.pt").write_bytes(DATA)
    place = {"file": artifacts / "m.pt", "artifacts": artifacts, "job": artifacts.parent}[what]
    place.rename(tmp_path / "elsewhere")
    place.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NotFound):
        await registry.manager.register(Registration(name="digits", job="j1", artifact="m.pt"))


@pytest.mark.proves("diagnosis.keep-best")
async def test_the_version_that_a_job_made_of_its_best_file_gets_the_alias_best(registry: Registry) -> None:
    for number in range(3):
        (registry.artifacts / f"m-{number}.pt").write_bytes(torch_file(*["collections OrderedDict"] * (number + 1)))
        await registry.manager.register(Registration(name="digits", job="j1", artifact=f"m-{number}.pt"))
    version = await registry.manager.on_best("j1", "m-1.pt", "ada")
    assert version is not None
    assert (version.version, version.aliases) == (2, ["best"])
    assert (await registry.manager.resolve("digits@best")).version == 2


async def test_a_best_file_that_is_no_version_or_is_gone_moves_no_alias(registry: Registry) -> None:
    (registry.artifacts / "other.pt").write_bytes(b"nobody registered it")
    assert await registry.manager.on_best("j1", "other.pt", "ada") is None
    assert await registry.manager.on_best("j1", "../../x", "ada") is None
    assert await registry.manager.on_best("nobody", "m.pt", "ada") is None
