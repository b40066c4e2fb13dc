"""`jupyter crispdm serve [MODEL…]`: registered models answered by a process of its own, without Jupyter."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_crispdm.base.errors import CrispdmError, NotFound
from jupyter_crispdm.base.files.atomic import read_json
from jupyter_crispdm.models.types import Reference, parse_reference
from jupyter_crispdm.serving.types import DeploymentSpec

from ..output import complain
from ..settings import data_directory, settings
from ..typed import origin, port, rate, some
from .following import Follower
from .offline import Offline, opened

if TYPE_CHECKING:
    from jupyter_crispdm.app import CrispdmApp
    from jupyter_crispdm.serving.store import Wanted

TOKEN_VARIABLE = "CRISPDM_SERVING_TOKEN"
Asked = tuple["Wanted", DeploymentSpec]
LOOK_SECONDS = 0.1


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add = parser.add_argument
    add("models", nargs="*", metavar="MODEL",
        help="NAME, NAME/VERSION, or NAME@ALIAS, which is followed (default: all)")  # fmt: skip
    add("--host", default="127.0.0.1", help=f"address; others than loopback need {TOKEN_VARIABLE} to be set")
    add("--port", type=port, default=8503, help="port to listen on (default: 8503; 0: a free one)")
    add("--grpc-port", type=port, metavar="PORT",
        help="answer the Open Inference Protocol by gRPC on this port, too (default: not; 0: a free one)")  # fmt: skip
    add("--workers", type=some, default=1, metavar="N", help="processes a model (default: 1)")
    add("--origin", action="append", type=origin, default=[], metavar="URL",
        help="pages of this site may ask, too, such as https://app.example.org; may be given again")  # fmt: skip
    add("--rate", type=rate, metavar="N", help="how often each token may be used in a second (default: any)")
    add("--data-dir", metavar="D", help="the data directory with the models, if not the default")


def run(arguments: argparse.Namespace) -> int:
    """Write what shall be served into a directory of its own, and serve it until Ctrl-C."""
    from jupyter_crispdm.base.files.modes import keep_private
    from jupyter_crispdm.base.secrets import close_process
    from jupyter_crispdm.serving.deployments.alone import hand_over
    from jupyter_crispdm.serving.inference.main import CannotStart
    from jupyter_crispdm.serving.inference.main import run as serve
    from jupyter_crispdm.serving.inference.settings import InferenceSettings

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # it, too, shall leave nothing behind
    app = settings(data_dir=arguments.data_dir)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    with tempfile.TemporaryDirectory(prefix="crispdm-serve-") as made:
        directory = Path(made)
        asked = asyncio.run(wanted(app, arguments.models, arguments.workers))
        hand_over(directory, [one for one, _ in asked], [spec for _, spec in asked])
        token = os.environ.get(TOKEN_VARIABLE) or None
        served = InferenceSettings(
            directory=directory, host=arguments.host, port=arguments.port, grpc_port=arguments.grpc_port,
            token=token, token_rate=arguments.rate, origins=frozenset(arguments.origin),
        )  # fmt: skip
        threading.Thread(target=announce, args=(directory, [spec for _, spec in asked]), daemon=True).start()
        with following(directory, app, [one for one, _ in asked]):
            close_process()
            keep_private()
            try:
                serve(served)
            except CannotStart as error:
                complain(str(error))
                return 1
    return 0


@contextmanager
def following(directory: Path, app: CrispdmApp, asked: Sequence[Wanted]) -> Iterator[None]:
    """A block in which the aliases that are served are followed, where there are any."""
    if not any(one.alias for one in asked):
        yield
        return
    environ = {name: value for name, value in os.environ.items() if name != TOKEN_VARIABLE}
    follower = Follower(directory, data_directory(app), environ)
    follower.start()
    try:
        yield
    finally:
        follower.stop()


def announce(directory: Path, specs: list[DeploymentSpec]) -> None:
    """Say where it listens, as soon as it does, however long that takes; until it is served no more."""
    while directory.exists():
        if known := read_json(directory / "front.json"):
            grpc = f", by gRPC on {known['grpc']}" if known.get("grpc") else ""
            print(f"Serving {', '.join(spec.weight for spec in specs)} on {known['address']}{grpc}", flush=True)
            return
        time.sleep(LOOK_SECONDS)


async def wanted(app: CrispdmApp, references: list[str], workers: int) -> list[Asked]:
    """What is to be served, and what the serving process reads of it. Raises NotFound, Unprocessable."""
    async with opened(app) as offline:
        if not references:
            return await whatever(offline, workers)
        asked = {(one.name, one.alias or one.version): one for one in map(parse_reference, references)}
        made = [await one_of(reference, offline, workers) for reference in asked.values()]
        return list({spec.id: (one, spec) for one, spec in made}.values())


async def whatever(offline: Offline, workers: int) -> list[Asked]:
    """The newest version of each model; what cannot be served keeps no other from it. Raises NotFound."""
    found: list[Asked] = []
    for model in (await offline.models.all()).models:
        try:
            found.append(await one_of(parse_reference(model.name), offline, workers))
        except CrispdmError as error:
            complain(f"{model.name} is left out: {error}")
    if not found:
        raise NotFound(f"There are no models to serve in {offline.data}.")
    return found


async def one_of(reference: Reference, offline: Offline, workers: int) -> Asked:
    """One model, with the environment that it was trained in. Raises NotFound, Unprocessable."""
    from jupyter_crispdm.serving.deployments.alone import asked_for

    return await asked_for(reference, offline.models, offline.environments, workers=workers)
