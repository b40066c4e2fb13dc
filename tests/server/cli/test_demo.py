"""The demo from end to end, with a training that is far too short to learn anything."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.ports import free_port
from tests.server.cli.conftest import jupyter_in
from tests.support import end_all_of, eventually_sync, heed_ctrl_c

SECONDS = 240
SHORT = ["--epochs", "1", "--steps", "2", "--batch", "2", "--held-out", "2", "--width", "4"]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """Where the demo is; the line that it collects, and the service of its model, would go on without it."""
    yield tmp_path
    end_all_of(tmp_path)


def demo(home: Path, *words: str) -> tuple[int, str, str]:
    """Exit code, output and error output; one that takes too long is asked to end, so that its server does."""
    command = [sys.executable, "-m", "jupyter_crispdm", "demo", "--no-browser", "--exit-when-done"]
    ports = ["--port", str(free_port()), "--serving-port", "0"]
    with subprocess.Popen(
        [*command, "--dir", str(home / "demo"), *ports, "--env", sys.prefix, *words],
        cwd=home,
        env={**os.environ, **jupyter_in(home), "CRISPDM_DEMO_PASSWORD": "correct horse"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            out, err = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGTERM)
            out, err = process.communicate(timeout=60)
        return process.returncode, out, err


@pytest.mark.proves(
    "cli.demo", "cli.demo-dir", "cli.demo-port", "cli.demo-no-browser", "cli.demo-env", "cli.demo-exit",
    "cli.demo-pictures", "cli.demo-model", "cli.deploy", "cli.serve", "house.accuracy",
)
@pytest.mark.timeout(2 * SECONDS + 120)
def test_the_demo_trains_deploys_and_measures_and_is_quick_the_second_time(home: Path) -> None:
    pytest.importorskip("torch")
    pytest.importorskip("sklearn")
    code, first, err = demo(home, "--", *SHORT)
    assert code == 0, first + err
    assert re.search(r"Training, as job \S+", first)
    assert re.search(r"accuracy [01]\.\d{3} .*mean IoU [01]\.\d{3}", first)
    assert "correct horse" not in first
    assert len(list((home / "demo" / "pictures").glob("*.png"))) >= 20
    truth = json.loads((home / "demo" / "pictures" / "truth.json").read_text())
    assert len(truth) >= 20
    code, second, err = demo(home)
    assert code == 0, second + err
    assert "Training" not in second
    assert "unet_digits1" in second
    serve(home)


def serve(home: Path) -> None:
    """The demo's model answers without Jupyter, too."""
    command = [sys.executable, "-m", "jupyter_crispdm", "serve", "--port", "0", "unet_digits"]
    with subprocess.Popen(
        command,
        cwd=home / "demo",
        env={**os.environ, **jupyter_in(home)},
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=heed_ctrl_c,
    ) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        address = said.split()[-1]
        try:
            eventually_sync(lambda: httpx.get(f"{address}/models", timeout=60).json() == ["unet"])
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
    assert said.startswith("Serving unet_digits1 on http://127.0.0.1:")
