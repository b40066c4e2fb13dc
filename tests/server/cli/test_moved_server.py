"""A job whose server was killed and came back on another port."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_crispdm.client import Client, connect
from tests.server.cli.conftest import Lab
from tests.support import eventually_sync

_ASKS = """\
import pathlib, time
from jupyter_crispdm import connect
client = connect()
print(client.url, client.me().role.value, flush=True)
while not pathlib.Path("moved").exists():
    time.sleep(0.02)
for client in (client, connect()):
    for again in range(3):
        try:
            print(client.me().role.value, client.url, flush=True)
            break
        except Exception as error:
            print(type(error).__name__, flush=True)
"""


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    made = Lab(tmp_path)
    for name, value in made.environ.items():
        monkeypatch.setenv(name, value)
    try:
        made.start()
        yield made
    finally:
        made.end_all()


def over(client: Client, id: str) -> bool:
    return client.jobs.get(id).state.final


@pytest.mark.proves("client.finds-moved-server", "jobs.token-survives")
def test_a_job_finds_it_and_its_token_still_opens_it(lab: Lab) -> None:
    (lab.root / "asks.py").write_text(_ASKS)
    with connect() as client:
        before, job = client.url, client.jobs.submit(script="asks.py")
        eventually_sync(lambda: client.jobs.log(job.id))
    lab.end(signal.SIGKILL)
    lab.start()
    (lab.root / "moved").touch()
    with connect() as client:
        eventually_sync(lambda: over(client, job.id))
        first, *later = client.jobs.log(job.id).splitlines()
        assert client.url != before
        assert first.endswith(" analyst")
        assert later == ["ServerUnreachable", f"analyst {client.url}", f"analyst {client.url}"]
