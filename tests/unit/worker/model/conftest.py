"""Workers with predictors that tests make."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from jupyter_crispdm.worker import model_worker
from jupyter_crispdm.worker.model.answers import Model
from jupyter_crispdm.worker.model.frames import Connection
from jupyter_crispdm.worker.model_worker import serve
from tests.support import ends

from .asking import Asking, Header, Predictor


@pytest.fixture
def predictor() -> Predictor:
    return Predictor()


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Callable[[Header], Model]], Asking]]:
    """Starts a worker whose model is loaded by the function given; it ends when the server's end is closed."""
    sides: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def begin(load: Callable[[Header], Model]) -> Asking:
        monkeypatch.setattr(model_worker, "load", load)
        ours, theirs = socket.socketpair()
        ours.settimeout(60)  # an answer that never comes fails the test
        thread = threading.Thread(target=serve, args=(Connection(theirs),))
        thread.start()
        sides.extend((ours, theirs))
        threads.append(thread)
        return Asking(ours)

    yield begin
    for side in sides:
        side.shutdown(socket.SHUT_RDWR)
    for thread in threads:
        ends(thread)  # the worker does not outlive its server
    for side in sides:
        side.close()


@pytest.fixture
def asking(start: Callable[[Callable[[Header], Model]], Asking], predictor: Predictor) -> Asking:
    """A worker that has loaded its model."""
    asking = start(lambda _: Model(predictor))
    asking.send({"algorithm": "any"})
    asking.receive()
    return asking
