"""What the GPUs do that a tree of processes uses, as NVIDIA's own library tells it; nothing where there is none.

The library is asked in a thread of its own: a driver that hangs must not hold up who looks after a job.
"""

from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Callable, Collection, Mapping
from typing import Any

_DEVICE = "/dev/nvidiactl"
_LIBRARY = "libnvidia-ml.so.1"
_MOST_PROCESSES = 256


class _Utilization(ctypes.Structure):
    _fields_ = [("gpu", ctypes.c_uint), ("memory", ctypes.c_uint)]


class _Process(ctypes.Structure):
    _fields_ = [
        ("pid", ctypes.c_uint),
        ("used", ctypes.c_ulonglong),
        ("instance", ctypes.c_uint),
        ("compute_instance", ctypes.c_uint),
    ]


class Gpus:
    """The GPUs of this machine. A sample that is not there yet is empty, and comes with the next."""

    def __init__(self, load: Callable[[], Any] | None = None) -> None:
        self._load = load or _load
        self._library: Any = None
        self._count = 0
        self._thread: threading.Thread | None = None
        self._found: Mapping[str, float] = {}
        self._there = load is not None or os.path.exists(_DEVICE)

    def sample(self, pids: Collection[int]) -> Mapping[str, float]:
        """What the processes use: the mean of their GPUs' load in percent, and their memory on them in bytes."""
        if not self._there or (self._thread is not None and self._thread.is_alive()):
            return {}
        found, self._found = self._found, {}
        self._thread = threading.Thread(target=self._look, args=(frozenset(pids),), daemon=True)
        self._thread.start()
        return found

    def _look(self, pids: Collection[int]) -> None:
        try:
            if self._library is None:
                self._library, self._count = _opened(self._load())
            self._found = self._sums(pids)
        except (OSError, AttributeError):  # no library, or one that lacks what we ask
            self._there = False

    def _sums(self, pids: Collection[int]) -> Mapping[str, float]:
        loads, memory = [], 0
        for index in range(self._count):
            device = ctypes.c_void_p()
            if self._library.nvmlDeviceGetHandleByIndex_v2(index, ctypes.byref(device)):
                continue
            used = self._memory_of(device, pids)
            load = _Utilization()
            if used is not None and not self._library.nvmlDeviceGetUtilizationRates(device, ctypes.byref(load)):
                loads.append(load.gpu)
                memory += used
        if not loads:
            return {}
        return {"system/gpu_percent": sum(loads) / len(loads), "system/gpu_memory_bytes": float(memory)}

    def _memory_of(self, device: ctypes.c_void_p, pids: Collection[int]) -> int | None:
        """The bytes that the processes have on a GPU; None where they do not use it."""
        count, found = ctypes.c_uint(_MOST_PROCESSES), (_Process * _MOST_PROCESSES)()
        if self._library.nvmlDeviceGetComputeRunningProcesses_v3(device, ctypes.byref(count), found):
            return None
        used = [one.used for one in found[: count.value] if one.pid in pids]
        unknown = ctypes.c_ulonglong(-1).value  # the driver does not tell it everywhere
        return sum(one for one in used if one != unknown) if used else None


def _load() -> Any:
    return ctypes.CDLL(_LIBRARY)


def _opened(library: Any) -> tuple[Any, int]:
    """The library, ready, and how many GPUs it sees. Raises OSError."""
    count = ctypes.c_uint()
    if library.nvmlInit_v2() or library.nvmlDeviceGetCount_v2(ctypes.byref(count)):
        raise OSError("NVIDIA's library does not answer")
    return library, count.value
