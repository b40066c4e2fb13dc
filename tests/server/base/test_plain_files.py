"""Files of a plain Lab, which has one person, whose own all of it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jupyter_crispdm.app import CrispdmApp

API = ("crispdm", "api", "files")


async def test_a_plain_lab_has_the_root_and_no_homes(crispdm: CrispdmApp, jp_fetch: Any, jp_root_dir: Path) -> None:
    (jp_root_dir / "a.csv").write_text("a,b\n1,2\n")
    folders = json.loads((await jp_fetch(*API, "folders")).body)["folders"]
    assert [folder["path"] for folder in folders] == [""]
    assert not (jp_root_dir / "people").exists()
    listed = json.loads((await jp_fetch(*API, "list")).body)
    assert [entry["name"] for entry in listed["entries"]] == ["a.csv"]
    body = json.dumps({"paths": ["a.csv"], "to": "", "conflict": "rename"})
    done = json.loads((await jp_fetch(*API, "copy", method="POST", body=body)).body)
    assert done["items"][0]["to"] == "a (2).csv"
    assert (jp_root_dir / "a (2).csv").exists()
