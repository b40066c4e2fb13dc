"""Where a model's file may lie, and what people write to mean a version."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.base.errors import BadRequest, NotFound
from jupyter_crispdm.models.sources import ModelSource, artifact, digest, inside
from jupyter_crispdm.models.types import Reference, parse_reference


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "root" / "sub").mkdir(parents=True)
    (tmp_path / "root" / "sub" / "m.pt").write_bytes(b"weights")
    (tmp_path / "secret.pt").write_bytes(b"secret")
    return tmp_path / "root"


ODD = ["", "/etc/passwd", "..", "../secret.pt", "sub/../../secret.pt", ".m", "sub/.m", "a\0", "a\\b", "file:a",
       "C:m.pt", "x" * 4097]  # fmt: skip


@pytest.mark.proves("files.traversal")
@pytest.mark.parametrize("relative", ODD)
def test_a_path_that_could_lead_elsewhere_is_refused_as_it_is_spelled(root: Path, relative: str) -> None:
    for find in (inside, artifact):
        with pytest.raises(BadRequest) as refused:
            find(root, relative, "somewhere")
        assert refused.value.details == {"field": "somewhere"}
        assert "'somewhere'" in refused.value.message


@pytest.mark.parametrize("relative", ["sub/m.pt", "sub//m.pt", "./sub/m.pt", "sub/./m.pt"])
def test_ways_to_spell_one_file(root: Path, relative: str) -> None:
    source = inside(root, relative, "path")
    assert (source.path, source.size()) == (root / "sub" / "m.pt", 7)


@pytest.mark.proves("files.links")
def test_a_link_may_lead_about_below_the_root_and_not_out_of_it(root: Path) -> None:
    (root / "link.pt").symlink_to("sub/m.pt")
    assert inside(root, "link.pt", "path").path == root / "sub" / "m.pt"
    (root / "out.pt").symlink_to("../secret.pt")
    (root / "up").symlink_to("..")
    for relative in ("out.pt", "up/secret.pt", "gone", "sub", "sub/m.pt/x"):
        with pytest.raises(NotFound) as refused:
            inside(root, relative, "path")
        assert refused.value.details == {"field": "path"}


@pytest.mark.proves("files.links")
def test_a_root_that_is_a_link_is_a_root_and_one_that_is_gone_is_none(root: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(root)
    assert inside(tmp_path / "link", "sub/m.pt", "path").size() == 7
    with pytest.raises(NotFound):
        inside(tmp_path / "gone", "sub/m.pt", "path")


@pytest.mark.proves("files.paths-from-jobs")
def test_no_link_of_a_job_is_followed_not_even_within_it(tmp_path: Path) -> None:
    job = tmp_path / "jobs" / "j1"
    (job / "artifacts" / "sub").mkdir(parents=True)
    (job / "artifacts" / "sub" / "m.pt").write_bytes(b"weights")
    assert artifact(job, "sub/m.pt", "artifact").size() == 7
    (job / "artifacts" / "link.pt").symlink_to("sub/m.pt")
    (job / "artifacts" / "folder").symlink_to("sub")
    for relative in ("link.pt", "folder/m.pt", "sub"):
        with pytest.raises(NotFound):
            artifact(job, relative, "artifact")


def change(path: Path, kind: str) -> None:
    """Put something else where a file was."""
    path.unlink()
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "link":
        path.symlink_to("/etc/hostname")
    elif kind == "folder":
        path.mkdir()


@pytest.mark.parametrize("kind", ["gone", "pipe", "link", "folder"])
def test_what_has_become_something_else_is_not_opened(root: Path, kind: str) -> None:
    source = inside(root, "sub/m.pt", "path")
    change(source.path, kind)
    with pytest.raises(NotFound, match="there no more") as refused:
        digest(source)
    assert refused.value.details == {"field": "path"}
    with pytest.raises(OSError, match=r"No such file|not a file|is a link|symbolic"):
        source.size()


@given(st.binary(max_size=100))
def test_a_digest_is_that_of_all_bytes(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    home = tmp_path_factory.getbasetemp()
    (home / "digest").write_bytes(data)
    assert digest(ModelSource(home / "digest", home, "path")) == hashlib.sha256(data).hexdigest()


def test_a_digest_goes_over_pieces(root: Path) -> None:
    data = bytes(range(256)) * 10_000
    (root / "large").write_bytes(data)
    assert digest(inside(root, "large", "path")) == hashlib.sha256(data).hexdigest()


NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,20}", fullmatch=True).filter(lambda name: name != "import")
ALIASES = st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{0,20}", fullmatch=True)


@given(NAMES, st.integers(0, 999_999_999))
def test_a_name_and_a_number_mean_a_version(name: str, number: int) -> None:
    assert parse_reference(f"{name}/{number}") == Reference(name, version=number)


@given(NAMES, ALIASES)
def test_a_name_and_an_alias_mean_a_version(name: str, alias: str) -> None:
    assert parse_reference(f"{name}@{alias}") == Reference(name, alias=alias)
    assert parse_reference(name) == Reference(name)


@given(st.text(alphabet="ab1/@._- \0é²", max_size=12))
def test_any_text_means_one_version_or_is_refused_by_its_field(text: str) -> None:
    try:
        told = parse_reference(text)
    except BadRequest as error:
        field = error.details["field"]
        assert field in ("model", "alias")
        return
    said = told.name + (f"/{text.partition('/')[2]}" if told.version is not None else "")
    assert text == said + (f"@{told.alias}" if told.alias is not None else "")


@pytest.mark.parametrize(
    ("text", "field"),
    [("m/", "model"), ("m/1/2", "model"), ("m/0x1", "model"), ("m/+1", "model"), ("m/ 1", "model"), ("m/1@a", "model"),
     ("m/" + "1" * 10, "model"), ("@a", "model"), ("import", "model"), ("m@", "alias"), ("m@1", "alias"),
     ("m@a@b", "alias"), ("m@a/1", "model")],
)  # fmt: skip
def test_what_means_none_says_which_part_is_wrong(text: str, field: str) -> None:
    with pytest.raises(BadRequest) as refused:
        parse_reference(text)
    assert refused.value.details["field"] == field
