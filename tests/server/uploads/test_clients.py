"""Clients that are not ours, a line that is cut three times, and a server that is killed in the middle."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tusclient.client import TusClient

from jupyter_crispdm import connect
from tests.support import runnable
from tests.ui.server import TOKEN, Workbench

from .line import Proxy, nothing

MIB = 1024 * 1024
#: `make uploads` sends more.
SIZE = int(os.environ.get("CRISPDM_TEST_UPLOAD_MIB", "30")) * MIB
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def workbench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    """A server process, and a folder to upload into."""
    bench = Workbench(tmp_path_factory.mktemp("workbench"))
    bench.add_admin()
    (bench.root / "box").mkdir()
    bench.start()
    yield bench
    bench.stop()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is sent."""
    path = tmp_path_factory.mktemp("files") / "scan.bin"
    with path.open("wb") as made:
        for _ in range(SIZE // MIB):
            made.write(os.urandom(MIB))
    return path


@pytest.fixture
def line(workbench: Workbench) -> Iterator[Proxy]:
    """A line that is cut at three places; at a fourth the server is killed too, and started again."""

    def kill() -> None:
        workbench.kill()
        workbench.start()

    cuts = {SIZE // 15 + 17: nothing, SIZE * 3 // 10 + 1: nothing, SIZE // 2 + 333: kill, SIZE * 3 // 4: nothing}
    proxy = Proxy(workbench.port, cuts)
    yield proxy
    proxy.close()


def digest(path: Path) -> str:
    made = hashlib.sha256()
    with path.open("rb") as content:
        while piece := content.read(MIB):
            made.update(piece)
    return made.hexdigest()


def check(workbench: Workbench, line: Proxy, file: Path, name: str) -> None:
    """The file is there, byte for byte, and nothing else of it."""
    assert line.happened == 4
    assert line.passed < 2.2 * SIZE, "begun anew at each cut it would be 2.6 of it"
    assert digest(workbench.root / "box" / name) == digest(file)
    assert not [name for name in os.listdir(workbench.root / "box") if name.startswith(".")]
    assert not list(workbench.data.glob("uploads/*/part"))


@pytest.mark.proves("uploads.clients", "uploads.kill", "uploads.resume", "files.upload-pieces")
@pytest.mark.parametrize("pieces", [{}, {"chunk_size": 4 * MIB, "upload_checksum": True}], ids=["whole", "summed"])
def test_tuspy_sends_through_cuts_and_a_kill(
    workbench: Workbench, line: Proxy, file: Path, pieces: dict[str, Any]
) -> None:
    name = f"tuspy {len(pieces)}.bin"
    client = TusClient(
        f"http://127.0.0.1:{line.port}/crispdm/api/files/uploads", headers={"Authorization": f"token {TOKEN}"})
    metadata = {"filename": name, "path": "box"}
    with file.open("rb") as stream:  # it leaves those open that it opens itself
        client.uploader(file_stream=stream, metadata=metadata, retries=60, retry_delay=1, **pieces).upload()
    check(workbench, line, file, name)


@pytest.mark.proves("uploads.clients", "uploads.kill", "uploads.resume", "files.upload-pieces")
def test_tus_js_client_sends_through_cuts_and_a_kill(workbench: Workbench, line: Proxy, file: Path) -> None:
    node = runnable("node")
    if node is None:
        pytest.skip("there is no node")
    metadata = json.dumps({"filename": "tus-js.bin", "path": "box"})
    endpoint = f"http://127.0.0.1:{line.port}/crispdm/api/files/uploads"
    script = Path(__file__).with_name("send.mjs")
    done = subprocess.run(
        [node, str(script), str(file), endpoint, TOKEN, metadata],
        capture_output=True, text=True, timeout=280, cwd=ROOT, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    check(workbench, line, file, "tus-js.bin")
    assert json.loads(done.stdout)["requests"] >= 9, "one creation, five pieces, and asking where it is"


@pytest.mark.proves("client.files-upload", "uploads.kill", "uploads.resume")
def test_our_own_client_sends_through_cuts_and_a_kill(workbench: Workbench, line: Proxy, file: Path) -> None:
    told: list[int] = []
    with connect(f"http://127.0.0.1:{line.port}/", TOKEN) as client:
        path = client.files.upload(file, to="box", name="ours.bin", progress=lambda at, _: told.append(at))
        assert client.files.uploads() == []
    assert path == "box/ours.bin"
    assert told[-1] == SIZE
    check(workbench, line, file, "ours.bin")
