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
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from jupyter_crispdm.base.errors import CrispdmError, NotFound
from jupyter_crispdm.base.files.atomic import read_json, write_atomic
from jupyter_crispdm.serving.types import DeploymentSpec

from ..output import complain
from ..settings import data_directory, settings
from ..typed import origin, port, rate, some

if TYPE_CHECKING:
    from jupyter_crispdm.app import CrispdmApp
    from jupyter_crispdm.environments.manager import EnvironmentManager
    from jupyter_crispdm.models.manager import ModelManager
    from jupyter_crispdm.models.types import ModelVersion

TOKEN_VARIABLE = "CRISPDM_SERVING_TOKEN"
START_SECONDS = 60.0
LOOK_SECONDS = 0.1


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add = parser.add_argument
    add("models", nargs="*", metavar="MODEL", help="NAME, NAME/VERSION or NAME@ALIAS (default: all)")
    add("--host", default="127.0.0.1", help=f"address; others than loopback need {TOKEN_VARIABLE} to be set")
    add("--port", type=port, default=8503, help="port to listen on (default: 8503; 0: a free one)")
    add("--workers", type=some, default=1, metavar="N", help="processes a model (default: 1)")
    add("--origin", action="append", type=origin, default=[], metavar="URL",
        help="pages of this site may ask, too, such as https://app.example.org; may be given again")  # fmt: skip
    add("--rate", type=rate, metavar="N", help="how often each token may be used in a second (default: any)")
    add("--data-dir", metavar="D", help="the data directory with the models, if not the default")


def run(arguments: argparse.Namespace) -> int:
    """Write what shall be served into a directory of its own, and serve it until Ctrl-C."""
    from jupyter_crispdm.base.files.modes import keep_private
    from jupyter_crispdm.base.secrets import close_process
    from jupyter_crispdm.serving.inference.main import CannotStart
    from jupyter_crispdm.serving.inference.main import run as serve
    from jupyter_crispdm.serving.inference.settings import InferenceSettings

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # it, too, shall leave nothing behind
    app = settings(data_dir=arguments.data_dir)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    with tempfile.TemporaryDirectory(prefix="crispdm-serve-") as directory:
        specs = asyncio.run(wanted(app, arguments.models, arguments.workers))
        write(specs, Path(directory))
        close_process()
        keep_private()
        token = os.environ.get(TOKEN_VARIABLE) or None
        served = InferenceSettings(
            directory=Path(directory), host=arguments.host, port=arguments.port, token=token,
            token_rate=arguments.rate, origins=frozenset(arguments.origin),
        )  # fmt: skip
        threading.Thread(target=announce, args=(Path(directory), specs), daemon=True).start()
        try:
            serve(served)
        except CannotStart as error:
            complain(str(error))
            return 1
    return 0


def announce(directory: Path, specs: list[DeploymentSpec]) -> None:
    """Say where it listens, as soon as it does."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if (directory / "front.json").exists():
            address = read_json(directory / "front.json")["address"]
            print(f"Serving {', '.join(spec.weight for spec in specs)} on {address}", flush=True)
            return
        time.sleep(LOOK_SECONDS)


async def wanted(app: CrispdmApp, references: list[str], workers: int) -> list[DeploymentSpec]:
    """What is to be served, as the serving process reads it. Raises NotFound, Unprocessable."""
    from jupyter_crispdm.base.database import Database
    from jupyter_crispdm.environments.manager import EnvironmentManager

    data = data_directory(app)
    database = Database(app.database_url) if app.database_url else Database.in_directory(data)
    environments = EnvironmentManager(Path.cwd(), data, app.environment_paths)
    try:
        await database.start()
        models = registry(database, data)
        if not references:
            return await whatever(models, environments, workers, data)
        versions = {(one.name, one.version): one for one in [await models.resolve(name) for name in references]}
        return [await spec(version, models, environments, workers) for version in versions.values()]
    finally:
        await environments.close()
        await database.close()


async def whatever(
    models: ModelManager, environments: EnvironmentManager, workers: int, data: Path
) -> list[DeploymentSpec]:
    """The newest version of each model; what cannot be served keeps no other from it. Raises NotFound."""
    found: list[DeploymentSpec] = []
    for model in (await models.all()).models:
        try:
            found.append(await spec(await models.resolve(model.name), models, environments, workers))
        except CrispdmError as error:
            complain(f"{model.name} is left out: {error}")
    if not found:
        raise NotFound(f"There are no models to serve in {data}.")
    return found


def registry(database: Any, data: Path) -> ModelManager:
    """The registry, only to be read: no jobs stand behind it, and nobody listens."""
    from jupyter_crispdm.base.clock import SystemClock
    from jupyter_crispdm.models.files import ModelFiles
    from jupyter_crispdm.models.manager import ModelManager
    from jupyter_crispdm.models.store import ModelStore

    nobody: Any = None
    return ModelManager(ModelStore(database), ModelFiles(data / "models"), nobody, Path.cwd(), SystemClock(), nobody)


async def spec(
    version: ModelVersion, models: ModelManager, environments: EnvironmentManager, workers: int
) -> DeploymentSpec:
    """One model with the environment that it was trained in. Raises NotFound, Unprocessable."""
    from jupyter_crispdm.base.clock import SystemClock
    from jupyter_crispdm.serving.deployments.specs import SpecMaker, check
    from jupyter_crispdm.serving.store import Wanted

    check(version)
    maker = SpecMaker(models, environments, SystemClock())
    environment = await maker.environment(version, None)
    id = f"{version.name}-{version.version}"
    one = Wanted(id, version.name, version.version, environment.id, workers, "", time.time())
    return await maker.make(one, version.version)


def write(specs: list[DeploymentSpec], directory: Path) -> None:
    """Hand the specs over; they may hold what is nobody else's business."""
    folder = directory / "deployments"
    folder.mkdir(mode=0o700)
    for one in specs:
        write_atomic(folder / f"{one.id}.json", msgspec.json.encode(one), 0o600)
