"""`python -m jupyter_crispdm.serving --directory D [--port N] [--detach]`: the inference server as a process."""

from __future__ import annotations

import argparse
import gc
import logging
import os
import sys
from pathlib import Path


def main() -> int:
    """Run the inference server; with --detach as a process that belongs to nobody."""
    parser = argparse.ArgumentParser(prog="python -m jupyter_crispdm.serving", description=__doc__)
    parser.add_argument("--directory", type=Path, required=True, help="where specs, state and results lie")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8503, help="port to listen on; 0 takes a free one")
    parser.add_argument("--grpc-port", type=int, help="port for gRPC; 0 takes a free one; default: no gRPC")
    parser.add_argument("--site", type=Path, help="directory with the package of algorithms")
    parser.add_argument("--memory", type=int, help="bytes that all models may take together; default: no limit")
    parser.add_argument("--detach", action="store_true", help="return at once; messages go to front.log")
    arguments = parser.parse_args()
    if arguments.detach:
        _detach(arguments.directory)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    return _run(arguments)


def _run(arguments: argparse.Namespace) -> int:
    gc.disable()  # while modules are imported, which leaves nothing behind
    from jupyter_crispdm.base.files.atomic import write_atomic
    from jupyter_crispdm.base.files.modes import keep_private
    from jupyter_crispdm.base.secrets import close_process

    from .inference.main import CannotStart, run
    from .inference.settings import InferenceSettings

    gc.enable()
    close_process()
    keep_private()
    given = {"site": arguments.site} if arguments.site else {}
    settings = InferenceSettings(
        directory=arguments.directory,
        host=arguments.host,
        port=arguments.port,
        grpc_port=arguments.grpc_port,
        token=os.environ.get("CRISPDM_SERVING_TOKEN") or None,
        memory_bytes=arguments.memory,
        **given,
    )
    failure = settings.directory / "front.failed"
    failure.unlink(missing_ok=True)
    try:
        run(settings)
    except KeyboardInterrupt:
        return 130
    except CannotStart as error:
        write_atomic(failure, str(error).encode(), 0o600)  # the server looks for it all the time
        print(error, file=sys.stderr)
        return 1
    return 0


def _detach(directory: Path) -> None:
    """Leave the parent: two forks and a session of its own, so that nobody's child watcher reaps it."""
    log = os.open(directory / "front.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    if os.fork():
        os._exit(0)
    os.setsid()
    if os.fork():
        os._exit(0)
    for target, source in ((0, nothing), (1, log), (2, log)):
        os.dup2(source, target)
    os.close(log)
    os.close(nothing)


if __name__ == "__main__":
    sys.exit(main())
