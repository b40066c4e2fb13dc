"""Large files piece by piece and from any byte on: files, logs, artifacts, as all that is sent from the disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jupyter_crispdm.app import CrispdmApp

CONTENT = bytes(range(256)) * 4096


@pytest.fixture
def get(crispdm: CrispdmApp, jp_fetch: Any, jp_root_dir: Path) -> Any:
    (jp_root_dir / "large.bin").write_bytes(CONTENT)

    async def get(asked: str | None = None, method: str = "GET", **headers: str) -> Any:
        headers = headers if asked is None else {"Range": asked, **headers}
        return await jp_fetch(
            "crispdm", "api", "files", "content", params={"path": "large.bin"}, headers=headers, method=method,
            raise_error=False,
        )  # fmt: skip

    return get


@pytest.mark.proves("streaming.ranges", "streaming.large-files")
async def test_a_file_is_sent_from_any_byte_on(get: Any) -> None:
    whole = await get()
    assert (whole.code, whole.body, whole.headers["Accept-Ranges"]) == (200, CONTENT, "bytes")
    for asked, begin, end in (("bytes=5-9", 5, 10), ("bytes=1000000-", 1_000_000, None), ("bytes=-7", -7, None)):
        answer = await get(asked)
        assert (answer.code, answer.body) == (206, CONTENT[begin:end]), asked
        first = begin % len(CONTENT)
        last = first + len(answer.body) - 1
        assert answer.headers["Content-Range"] == f"bytes {first}-{last}/{len(CONTENT)}"


async def test_what_lies_outside_is_refused_with_the_size(get: Any) -> None:
    answer = await get(f"bytes={len(CONTENT)}-")
    assert (answer.code, answer.headers["Content-Range"]) == (416, f"bytes */{len(CONTENT)}")


async def test_several_ranges_are_answered_with_the_whole(get: Any) -> None:
    answer = await get("bytes=0-1,5-6")
    assert (answer.code, len(answer.body)) == (200, len(CONTENT))
    assert "Content-Range" not in answer.headers


async def test_a_download_that_was_cut_goes_on_only_with_the_same_file(get: Any, jp_root_dir: Path) -> None:
    tag = (await get("bytes=0-9")).headers["ETag"]
    assert (await get("bytes=10-", **{"If-Range": tag})).code == 206
    (jp_root_dir / "large.bin").write_bytes(b"another one")
    answer = await get("bytes=10-", **{"If-Range": tag})
    assert (answer.code, answer.body) == (200, b"another one")
    assert answer.headers["ETag"] != tag


async def test_the_headers_alone_are_those_of_the_part(get: Any) -> None:
    answer = await get("bytes=0-9", "HEAD")
    assert (answer.code, answer.headers["Content-Length"], answer.body) == (206, "10", b"")
