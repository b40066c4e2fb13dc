"""A warm launcher: forks supervisors for a server, so that none has to wait for an interpreter to start.

It holds no job: each supervisor is forked twice away from it. Its standard input is a Unix socket; a message is
the path of a job directory and, with it, a pipe to which the exit code and the text of supervisor.py go. It ends
when the other end of the socket closes, and loses nothing when it is killed: the claim of a job is in its directory,
and whoever asked sees the pipe close.
"""

from __future__ import annotations

import array
import gc
import os
import select
import socket

from .launch import start_detached

_MESSAGE_BYTES = 1 << 16
_LOOK_SECONDS = 10.0


def serve() -> int:
    """Fork a supervisor for each message until nobody can send one any more."""
    requests = socket.socket(fileno=0)
    parent = os.getppid()
    gc.freeze()  # what is shared with the supervisors stays so
    readable = select.poll()
    readable.register(requests, select.POLLIN)
    while os.getppid() == parent:  # a program forked from the server may keep its end of the socket open
        if readable.poll(1000 * _LOOK_SECONDS):
            directory, pipes = _receive(requests)
            if not directory:
                break
            _fork(os.fsdecode(directory), pipes)
    return 0


def _receive(requests: socket.socket) -> tuple[bytes, list[int]]:
    room = socket.CMSG_SPACE(array.array("i", [0]).itemsize)
    message, parts, _, _ = requests.recvmsg(_MESSAGE_BYTES, room, socket.MSG_CMSG_CLOEXEC)
    descriptors = array.array("i")
    for level, kind, data in parts:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            descriptors.frombytes(data[: len(data) - len(data) % descriptors.itemsize])
    return message, list(descriptors)


def _fork(directory: str, pipes: list[int]) -> None:
    try:
        child = os.fork()
        if child == 0:
            _start(directory, pipes)
        os.waitpid(child, 0)
    except OSError:  # no process to be had: the pipe closes, and who asked tries in another way
        return
    finally:
        for descriptor in pipes:
            os.close(descriptor)


def _start(directory: str, pipes: list[int]) -> None:
    try:
        start_detached(directory, pipes[0])
    finally:
        os._exit(0)
