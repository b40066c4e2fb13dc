from __future__ import annotations

import fcntl
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_crispdm.serving.inference import main
from jupyter_crispdm.serving.inference.main import CannotStart, _lock, _reserve, run
from jupyter_crispdm.serving.inference.settings import InferenceSettings


@pytest.mark.parametrize("token", [None, "", "short"])
def test_other_addresses_need_a_token(tmp_path: Path, token: str | None) -> None:
    with pytest.raises(CannotStart, match="CRISPDM_SERVING_TOKEN"):
        run(InferenceSettings(tmp_path, host="0.0.0.0", port=0, token=token))


def test_who_only_looks_whether_a_directory_is_taken_keeps_nobody_from_taking_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (tmp_path / "front.lock").open("ab") as looks:
        fcntl.flock(looks, fcntl.LOCK_SH)
        monkeypatch.setattr(main, "sleep", lambda _: fcntl.flock(looks, fcntl.LOCK_UN))
        with _lock(tmp_path), pytest.raises(CannotStart, match="Another serving process works"):
            _lock(tmp_path)


@pytest.mark.proves("serving.grpc")
@pytest.mark.parametrize("missing", ["grpc", "google.protobuf"])
def test_a_port_for_grpc_without_its_packages_is_told_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.setattr(main, "find_spec", lambda module: None if module == missing else object())
    with pytest.raises(CannotStart, match=r"pip install 'jupyter_crispdm\[grpc\]'"):
        run(InferenceSettings(tmp_path, port=0, grpc_port=0))


@pytest.mark.parametrize(("module", "there"), [("json.decoder", True), ("json.x", False), ("x_missing.y", False)])
def test_what_is_not_installed_is_not_there(module: str, there: bool) -> None:
    assert main._is_there(module) is there


@pytest.mark.proves("serving.grpc")
def test_the_port_for_grpc_is_nobody_elses_and_lets_the_fronts_in(tmp_path: Path) -> None:
    with _reserve(InferenceSettings(tmp_path)) as nowhere:
        assert nowhere == ""
    with _reserve(InferenceSettings(tmp_path, grpc_port=0)) as address:
        host, _, port = address.rpartition(":")
        assert host == "127.0.0.1"
        other = InferenceSettings(tmp_path, grpc_port=int(port))
        with pytest.raises(CannotStart, match=f"Port {port} of 127.0.0.1 cannot be used"), _reserve(other):
            pass
        with socket.create_server((host, int(port)), reuse_port=True) as front:
            socket.create_connection((host, int(port)), 60).close()
            front.accept()[0].close()
    with _reserve(other) as again:
        assert again == address


_FAILS = """
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from jupyter_crispdm.serving.inference import main
from jupyter_crispdm.serving.inference.settings import InferenceSettings

@asynccontextmanager
async def beside(server):
    raise RuntimeError("The port is gone.")
    yield

main._beside = lambda settings, rpc: beside
try:
    main.run(InferenceSettings(Path(sys.argv[1]), port=0))
except main.CannotStart as error:
    sys.exit(str(error))
"""


@pytest.mark.proves("serving.grpc")
def test_a_way_that_cannot_be_opened_is_told_rather_than_left_out(tmp_path: Path) -> None:
    ended = subprocess.run([sys.executable, "-c", _FAILS, str(tmp_path)], capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "The serving process cannot be kept running." in ended.stderr
