"""Holds one model and answers for it, over a socket; run by the interpreter of the model's environment.

    python model_worker.py FD      FD: the worker's end of a Unix socket, inherited from the inference server

`model/frames.py` says what a frame is. The first one loads the model; then each request gets one reply with its
number, in the order of the requests, and each stream pieces and one end:

    load …                          {"classes", "signature", "batch", "streams"}
    infer  {"inputs": [[name, datatype, shape, bytes], …]}      {"outputs": [[name, datatype, shape, bytes], …]}
    predict {"shapes", "options"}   {"items"}
    plan {"shapes", "options"}      {"work"}
    stream {"parameters", "room"}   {"piece"} as often as there is room, {"end": true} at last
    more {"room"}                   nothing: the stream of this number may go on by so many pieces
    cancel                          nothing of its own: a request that is not begun is handed back, a stream ends

A refusal is {"error"}; for a request that is not begun by its time {"not_begun"}. Requests and streams take turns, so
many streams keep no request waiting for longer than a piece takes.
Only the standard library is imported before the model's algorithm is.
Python 3.8 and newer.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import os
import resource
import signal
import socket
import sys
import time
import traceback
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from types import ModuleType
from typing import Any

if not __package__:  # run as a program: what lies beside it is imported by a name that no environment has
    __package__ = "_crispdm_worker"
    sys.modules[__package__] = ModuleType(__package__)
    sys.modules[__package__].__path__ = [os.path.dirname(os.path.abspath(__file__))]

from .model.answers import Model, failure
from .model.frames import Connection, Frame, Gone
from .model.streams import Streams

HEADROOM = 1 << 30
"""Bytes of address space that loading may take beyond a multiple of the file."""

PR_SET_PDEATHSIG = 1
_TOGETHER = 0.002
"""Seconds for which pieces of streams are gathered before they are written, while there is other work."""


def load(header: Mapping[str, Any]) -> Model:
    """Load the model a first frame names, in bounded memory unless it is somebody's own program."""
    predictors = importlib.import_module("crispdm.predictors")
    predictors.ready(header)
    gc.freeze()  # what was imported is there for good, and need not be looked through after the model is loaded
    _set_threads(int(header["threads"]))
    own = predictors.runs_anything(header)
    with nullcontext() if own else Bounded(4 * os.path.getsize(header["path"]) + HEADROOM):
        predictor = predictors.load(header)
    return Model(predictor)


class Bounded:
    """A block that may take so many bytes more of address space: a tensor bomb becomes an error."""

    def __init__(self, extra: int) -> None:
        self._extra = extra
        self._before = resource.getrlimit(resource.RLIMIT_AS)

    def __enter__(self) -> None:
        """Set the limit, where the system can tell how much is taken now."""
        try:
            with open("/proc/self/statm") as file:
                taken = int(file.read().split()[0]) * resource.getpagesize()
        except OSError:
            return
        resource.setrlimit(resource.RLIMIT_AS, (taken + self._extra, self._before[1]))

    def __exit__(self, *_: object) -> None:
        """Take the limit away."""
        resource.setrlimit(resource.RLIMIT_AS, self._before)


class Service:
    """Answers requests in the order in which they come, and lets streams take turns between them."""

    def __init__(self, connection: Connection, model: Model) -> None:
        self._connection, self._model = connection, model
        self._streams = Streams(connection)
        self._requests: OrderedDict[int, Frame] = OrderedDict()

    def run(self) -> None:
        """Answer until the other side is gone."""
        written = time.monotonic()
        while True:
            busy = bool(self._requests) or self._streams.runnable
            if not busy or time.monotonic() - written > _TOGETHER:
                self._connection.flush()
                written = time.monotonic()
            self._take_in(wait=not busy)
            if self._requests:
                self._reply(self._requests.popitem(last=False)[1])
                self._connection.flush()
            self._streams.step()

    def _take_in(self, wait: bool) -> None:
        """Read what has come, so that what is cancelled meanwhile is not begun."""
        frame = self._connection.receive(wait)
        while frame is not None:
            do = frame.header.get("do")
            if do == "stream":
                self._begin(frame)
            elif do == "more":
                self._streams.grant(frame.id, int(frame.header["room"]))
            elif do == "cancel":
                if self._requests.pop(frame.id, None) is not None:
                    self._connection.send(frame.id, {"not_begun": True})
                self._streams.cancel(frame.id)
            else:
                self._requests[frame.id] = frame
            frame = self._connection.receive(wait=False) if not wait or self._connection.has_more else None

    def _begin(self, frame: Frame) -> None:
        try:
            pieces = self._model.stream(frame.header["parameters"])
        except Exception as error:  # told to whoever asked
            self._connection.send(frame.id, {"end": True, "error": failure(error)})
        else:
            self._streams.begin(frame.id, pieces, int(frame.header["room"]))

    def _reply(self, frame: Frame) -> None:
        """Answer, and say how long it took; hand back what lay behind others for longer than the server expected."""
        begun = time.monotonic()
        if begun > frame.time:
            self._connection.send(frame.id, {"not_begun": True})
            return
        try:
            answer, arrays = self._model.answer(frame.header, frame.body)
            self._connection.send(frame.id, answer, arrays, time.monotonic() - begun)
        except Exception as error:  # the request's own fault or the algorithm's: told, and the worker lives on
            self._connection.send(frame.id, {"error": failure(error)}, (), time.monotonic() - begun)


def serve(connection: Connection) -> None:
    """Load, then answer until the other side is gone."""
    try:
        frame = connection.receive()
        assert frame is not None
        model = _ready(connection, frame.header)
        if model is not None:
            with _no_gradients():
                Service(connection, model).run()
    except Gone as gone:
        print("The model's process ends: %s." % gone, file=sys.stderr)


def _ready(connection: Connection, header: Mapping[str, Any]) -> Model | None:
    """Load the model and say so; None when it cannot be loaded, which the server keeps."""
    try:
        model = load(header)
    except Exception as error:
        traceback.print_exc()
        connection.send(0, {"error": failure(error)})
        connection.flush()
        return None
    try:
        with _no_gradients():
            model.warm_up()
    except Exception:  # what is asked may still be answered
        traceback.print_exc()
    gc.collect()
    gc.freeze()  # what is there now stays: no collection looks through it again
    gc.enable()
    connection.send(0, model.describe())
    connection.flush()
    return model


def _no_gradients() -> Any:
    torch = sys.modules.get("torch")
    return nullcontext() if torch is None else torch.inference_mode()


def _set_threads(count: int) -> None:
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.set_num_threads(count)


def _die_with_parent() -> None:
    """Ask Linux to end this process when the inference server dies, also in the middle of a long prediction."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def main(arguments: Sequence[str]) -> None:
    """Serve the socket whose number is the only argument."""
    gc.disable()  # until the model is ready: imports leave little behind, and to look for it takes long
    _die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    serve(Connection(socket.socket(fileno=int(arguments[0]))))


if __name__ == "__main__":
    if sys.path[:1] == [os.path.dirname(os.path.abspath(__file__))]:
        del sys.path[0]  # what lies beside this file is no package of the model's environment
    main(sys.argv[1:])
