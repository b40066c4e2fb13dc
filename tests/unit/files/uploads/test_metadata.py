"""What a client says of a file is what a stranger may have made up."""

from __future__ import annotations

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.base.errors import BadRequest
from jupyter_crispdm.files.uploads.metadata import Taken, Wanted, read_metadata, read_wanted


def header(**said: str) -> str:
    return ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in said.items())


def wanted(**said: str) -> Wanted:
    return read_wanted(read_metadata(header(**said)))


def refused(**said: str) -> str:
    """The field that a refusal names."""
    with pytest.raises(BadRequest) as caught:
        wanted(**said)
    return str(caught.value.details["field"])


@pytest.mark.proves("uploads.tus")
def test_a_file_goes_into_a_folder_under_its_name() -> None:
    assert wanted(filename="scan.png", path="people/anna") == Wanted("people/anna", (), "scan.png", Taken.REFUSE)
    assert wanted(filename="a.csv").path == "a.csv"
    assert wanted(filename="数据 (1).csv", path="/data/").path == "data/数据 (1).csv"


@pytest.mark.proves("uploads.folders")
def test_a_file_of_a_folder_keeps_its_way_in_it() -> None:
    found = wanted(filename="1.png", path="data", relativePath="scans/day 1/1.png")
    assert (found.inner, found.path) == (("scans", "day 1"), "data/scans/day 1/1.png")
    assert wanted(relativePath="scans/2.png").path == "scans/2.png"
    assert wanted(filename="new.png", relativePath="scans/old.png").path == "scans/new.png"
    for alone in ("", "null", "undefined"):
        assert wanted(filename="1.png", relativePath=alone).path == "1.png"


@pytest.mark.proves("uploads.taken")
def test_what_is_done_with_a_taken_name_is_said() -> None:
    assert wanted(filename="a").taken is Taken.REFUSE
    assert read_wanted(read_metadata(f"{header(filename='a')},overwrite")).taken is Taken.OVERWRITE
    assert wanted(filename="a", overwrite="true", rename="true").taken is Taken.OVERWRITE
    assert wanted(filename="a", rename="1").taken is Taken.RENAME
    assert wanted(filename="a", rename="FALSE", overwrite="no").taken is Taken.REFUSE
    assert refused(filename="a", overwrite="perhaps") == "overwrite"
    assert refused(filename="a", rename="2") == "rename"


HOSTILE = [
    "..", ".", "", " ", "a/b", "../a", "/etc/passwd", "a\\b", "a\0b", "a\nb", "a\rb", "\x7f", "x" * 256, "ü" * 128,
    ".hidden", ".ssh", "...", "con", "NUL", "aux.txt", "Com1.csv", "LPT9", "a\u2028b", "a\u2029b", "\x85",
]  # fmt: skip


@pytest.mark.proves("files.upload-names", "uploads.names")
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_refused_by_field(name: str) -> None:
    assert refused(filename=name) == "filename"


@pytest.mark.proves("files.upload-names", "uploads.names")
@pytest.mark.parametrize("step", [step for step in HOSTILE if "/" not in step])
def test_hostile_steps_are_refused_by_field(step: str) -> None:
    assert refused(filename="a", relativePath=f"in/{step}/a") == "relativePath"
    if step:
        assert refused(filename="a", relativePath=f"{step}/a") == "relativePath"
        assert refused(relativePath=f"in/{step}") == "relativePath"


@pytest.mark.proves("files.traversal")
@pytest.mark.parametrize(
    "path", ["..", "../x", "a/../../b", "a//b", "//a", "a/./b", "a\\..\\b", "a\0", ".ssh", "a/.git"]
)
def test_hostile_folders_are_refused_by_field(path: str) -> None:
    assert refused(filename="a", path=path) == "path"


def test_ways_that_are_too_deep_or_absolute_are_refused() -> None:
    assert refused(filename="a", relativePath="d/" * 64 + "a") == "relativePath"
    assert refused(filename="a", relativePath="/etc/a") == "relativePath"
    assert refused(filename="a", relativePath="in/") == "relativePath"
    assert refused(filename="a", relativePath="/".join(["x" * 200] * 20)) == "relativePath"


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("filename", "filename"),
        ("filename !!!", "filename"),
        ("filename YQ", "filename"),
        ("filename /w==", "filename"),  # no UTF-8
        ("filename YQ==,filename Yg==", "Upload-Metadata"),
        ("file\tname YQ==", "Upload-Metadata"),
        ("näme YQ==", "Upload-Metadata"),
        ("filename YQ==,x " + "A" * 20_000, "Upload-Metadata"),
        ("filename YQ== YQ==", "filename"),
        ("filename YQ==\xa0", "Upload-Metadata"),
        ("filename YQ==\x85,x", "Upload-Metadata"),
        ("filename YQ==\t", "Upload-Metadata"),
        ("filename YQ==\r\nX: y", "Upload-Metadata"),
    ],
)
def test_what_is_no_metadata_is_refused_by_name(text: str, field: str) -> None:
    with pytest.raises(BadRequest) as caught:
        read_wanted(read_metadata(text))
    assert caught.value.details["field"] == field


def test_what_is_not_known_means_nothing() -> None:
    assert read_metadata("") == {}
    assert read_metadata(" a YQ== , b ") == {"a": "a", "b": ""}
    assert wanted(filename="a", filetype="../../x", name="/etc", type="\0").path == "a"


@pytest.mark.proves("uploads.names")
@given(st.text(), st.text(), st.text())
def test_whatever_is_said_leads_into_the_folder_or_is_refused(name: str, path: str, way: str) -> None:
    said = {"filename": name, "path": path, "relativePath": way}
    try:
        encoded = ",".join(f"{key} {b64encode(text.encode()).decode()}" for key, text in said.items())
        found = read_wanted(read_metadata(encoded))
    except (BadRequest, UnicodeEncodeError):
        return
    steps = found.path.split("/")
    assert all(step and not step.startswith(".") and len(step.encode()) <= 255 for step in steps)
    assert found.path.startswith(found.folder)
    assert not {"\0", "\\", "\n"} & set(found.path)
