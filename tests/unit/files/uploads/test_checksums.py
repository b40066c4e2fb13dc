"""Checksums of pieces."""

from __future__ import annotations

import hashlib
import zlib
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.base.errors import BadRequest
from jupyter_crispdm.files.uploads.checksums import ALGORITHMS, read_checksum


def promise(algorithm: str, digest: bytes) -> str:
    return f"{algorithm} {b64encode(digest).decode()}"


@pytest.mark.proves("uploads.checksum")
def test_the_one_of_the_specification_holds() -> None:
    checksum = read_checksum("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=")
    checksum.update(b"hello ")
    assert not checksum.holds()
    checksum.update(b"world")
    assert checksum.holds()


@pytest.mark.proves("uploads.checksum")
@given(st.binary(max_size=300), st.integers(1, 50))
def test_each_algorithm_holds_for_its_bytes_and_no_others(content: bytes, step: int) -> None:
    digests = {
        "sha1": hashlib.sha1(content).digest(),
        "sha256": hashlib.sha256(content).digest(),
        "crc32": zlib.crc32(content).to_bytes(4, "big"),
    }
    assert digests.keys() == ALGORITHMS.keys()
    for algorithm, digest in digests.items():
        checksum = read_checksum(promise(algorithm, digest))
        for at in range(0, len(content), step):
            checksum.update(content[at : at + step])
        assert checksum.holds()
        checksum.update(b"x")
        assert not checksum.holds()


@pytest.mark.parametrize(
    "text",
    [
        "", "sha1", "sha1 ", "md5 1B2M2Y8AsgTpgAmY7PhCfg==", "SHA1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=",
        "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0", "sha1 ????", "sha1 AAAA", "sha256 Kq5sNclPz7QV2+lfQIuc6R7oRu0=",
        "crc32 AAAAAAA=", "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0= x", "sha1\tKq5sNclPz7QV2+lfQIuc6R7oRu0=", "sha1 ü",
    ],
)  # fmt: skip
def test_what_is_no_checksum_is_refused_by_name(text: str) -> None:
    with pytest.raises(BadRequest) as caught:
        read_checksum(text)
    assert caught.value.details["field"] == "Upload-Checksum"
