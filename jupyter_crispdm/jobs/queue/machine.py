"""What this machine has for jobs, found by reading files."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

from .slots import Capacity


def capacity(
    max_running: int | None,
    cpu_slots: int | None = None,
    memory_slots: int | None = None,
    gpus: Sequence[str] | None = None,
) -> Capacity:
    """What the settings say; None stands for what the machine has."""
    places = max_running or cores()
    return Capacity(
        places=places,
        cpus=cpu_slots or max(cores(), places),
        memory=memory_slots or memory(),
        devices=devices() if gpus is None else tuple(gpus),
        strict_gpus=bool(gpus),
    )


def cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def memory(limit: Path = Path("/sys/fs/cgroup/memory.max")) -> int:
    """Bytes of memory, or what a container leaves of them."""
    total = int(psutil.virtual_memory().total)
    try:
        return min(total, int(limit.read_text()))
    except (OSError, ValueError):  # not Linux, no container, or "max"
        return total


def devices(environ: Mapping[str, str] = os.environ, root: Path = Path("/")) -> tuple[str, ...]:
    """The GPUs that this server may use, as ``CUDA_VISIBLE_DEVICES`` names them.

    Whoever started the server may have left it some of them only. A container sees the device files of its own
    GPUs only; on a machine just started these files may not be there yet, but the driver's list is.
    """
    given = environ.get("CUDA_VISIBLE_DEVICES")
    if given is not None:
        names = [name.strip() for name in given.split(",")]
        return tuple(name for name in names if name and name != "-1")
    count = len(_names(root / "dev", r"nvidia\d+")) or len(_names(root / "proc/driver/nvidia/gpus", r".+"))
    return tuple(str(number) for number in range(count))


def device_variables(granted: Sequence[str]) -> dict[str, str]:
    """The variables that show these GPUs, and no others, to a program."""
    variables = {"CUDA_VISIBLE_DEVICES": ",".join(granted)}
    if any(name.isdigit() for name in granted):
        variables["CUDA_DEVICE_ORDER"] = "PCI_BUS_ID"  # numbers then mean what nvidia-smi shows
    return variables


def _names(folder: Path, pattern: str) -> list[str]:
    try:
        return [name for name in os.listdir(folder) if re.fullmatch(pattern, name)]
    except OSError:
        return []
