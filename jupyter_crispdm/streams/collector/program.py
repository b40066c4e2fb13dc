"""The collector as a program: its arguments, its signals, its last word.

It ends with 0 when it was told to stop or the source has come to its end, and with something else when it cannot work:
then its job is tried again.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from jupyter_crispdm.base.errors import CrispdmError, SetupError

from ..sources.making import make
from ..sources.port import Source
from ..types import Spec, StreamState
from .collecting import Collector
from .orders import BadOrders
from .report import STATUS, read_status, write_status

_log = logging.getLogger(__name__)
_USAGE = "usage: python -m jupyter_crispdm.streams.collector DIRECTORY"


def main(arguments: Sequence[str]) -> int:
    """Collect the stream of a directory; the exit code."""
    if len(arguments) != 1:
        print(_USAGE, file=sys.stderr)
        return 2
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    directory = Path(arguments[0])
    try:
        asyncio.run(_collect(directory))
    except (BadOrders, CrispdmError, SetupError, OSError) as error:
        return _failed(directory, getattr(error, "message", None) or str(error))
    except Exception as error:
        _log.exception("The collector made a mistake.")
        return _failed(directory, f"The collector made a mistake: {type(error).__name__}: {error}")
    return 0


async def _collect(directory: Path) -> None:
    collector = Collector(directory, _source)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, collector.stop)
    _log.info("Collecting in %s.", directory)
    await collector.run()
    _log.info("Ended.")


def _source(spec: Spec, directory: Path, environ: Mapping[str, str]) -> Source:
    return make(spec.source, directory, environ, spec.place)


def _failed(directory: Path, reason: str) -> int:
    """Say why it ends; the exit code."""
    _log.error("%s", reason)
    status = read_status(directory / STATUS)
    changed = msgspec.structs.replace(
        status, state=StreamState.failed, reason=reason[:1000], rate=0.0, pid=os.getpid(), updated=time.time()
    )
    write_status(directory / STATUS, changed)
    return 1
