"""The browser's side of a development install, which is a link."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.server.auth.visitors import OpenAs


@pytest.mark.proves("machine.rebuild")
async def test_a_linked_labextension_is_served_to_dashboards_but_nothing_beside_it(
    as_user: OpenAs, jp_data_dir: Path, tmp_path: Path
) -> None:
    built = tmp_path / "checkout/labextension/dist"
    built.mkdir(parents=True)
    (built / "remoteEntry.js").write_text("1")
    (built.parent / "secret.txt").write_text("hush")
    (built / "leak.txt").symlink_to(built.parent / "secret.txt")
    (jp_data_dir / "labextensions").mkdir(exist_ok=True)
    (jp_data_dir / "labextensions/ours").symlink_to(built)
    viewer = await as_user("viewer")
    assert (await viewer.fetch("voila/labextensions/ours/remoteEntry.js")).body == b"1"
    for path in ("ours/leak.txt", "ours/../secret.txt", "ours/..%2f..%2fsecret.txt"):
        answer = await viewer.fetch(f"voila/labextensions/{path}")
        assert answer.code in (403, 404)
        assert b"hush" not in answer.body
