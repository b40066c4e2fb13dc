"""An inference server as a real process with a real network that writes, as small as it can be."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import torch
from crispdm.algorithms import textrnn

from jupyter_crispdm.base.files.atomic import write_atomic
from jupyter_crispdm.serving.types import DeploymentSpec
from jupyter_crispdm.streaming import Event
from jupyter_crispdm.streaming.events import EventParser

from .conftest import RunningServer, running

MODEL = "scribbler"
CONFIG = {"alphabet": "\n abcdefghijklmnopqrstuvwxyz", "width": 16}


@contextmanager
def writing(tmp_path: Path) -> Iterator[RunningServer]:
    """An inference server with the model."""
    with running(tmp_path) as server:
        spec = scribbler(tmp_path, server.directory)
        write_atomic(server.directory / "deployments" / f"{spec.id}.json", msgspec.json.encode(spec), 0o600)
        yield server


def scribbler(tmp_path: Path, directory: Path) -> DeploymentSpec:
    """A network that was never taught anything: it writes letters at random."""
    torch.manual_seed(1)
    path = tmp_path / "text.pt"
    torch.save(textrnn.build(CONFIG).state_dict(), path)
    return DeploymentSpec(
        id="w", model=MODEL, version=1, algorithm="textrnn", dataset="noise", path=str(path), classes=[],
        metadata={"config": CONFIG}, python=sys.executable, environ=dict(os.environ), created=1.0,
        task="text-generation",
    )  # fmt: skip


def asked(**parameters: Any) -> dict[str, Any]:
    """The body of a request."""
    return {"text_input": "once", "parameters": {"seed": 7, **parameters}}


def read(client: httpx.Client, body: dict[str, Any], last: str = "", most: int = 1 << 30) -> list[Event]:
    """So many events of a stream, over a connection that is cut then."""
    parser, found = EventParser(), list[Event]()
    headers = {"Last-Event-ID": last} if last else {}
    address = f"/v2/models/{MODEL}/generate_stream"
    with client.stream("POST", address, json=body, headers=headers) as answer:
        assert answer.status_code == 200, answer.read()
        assert answer.headers["content-type"].startswith("text/event-stream")
        for data in answer.iter_raw():
            found += parser.feed(data)
            if len(found) >= most:
                break
    return found


def text_of(events: list[Event]) -> str:
    """What a stream said."""
    return "".join(msgspec.json.decode(event.data)["text_output"] for event in events)
