"""`jupyter crispdm demo`: one road through the whole product, on real handwriting."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import webbrowser
from pathlib import Path
from typing import Any

import httpx

from jupyter_crispdm.base.errors import CrispdmError
from jupyter_crispdm.client import Client
from jupyter_crispdm.client.client import TIMEOUT
from jupyter_crispdm.client.transport import Transport
from jupyter_crispdm.jobs.types import Job

from .. import output
from ..demonstration import environment, line, people
from ..demonstration.progress import Step
from ..demonstration.project import Project
from ..demonstration.road import Road, service_of
from ..demonstration.server import DemoServer

APPLICATION = "voila/render/dashboards/digits.ipynb"
"""The demo's dashboard, with the phases of CRISP-DM as its pages."""
MONITOR = "voila/render/dashboards/monitor.ipynb"
PASSWORD_VARIABLE = "CRISPDM_DEMO_PASSWORD"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = "Words after '--' are handed to the demo's train.py, such as '-- --epochs 3'."
    add = parser.add_argument
    add("--dir", type=Path, default=Path("crispdm-demo"), help="where to make it (default: ./crispdm-demo)")
    add("--port", type=int, help="port of JupyterLab (default: 8888, or the next free one)")
    add("--serving-port", type=int, help="port of the model service (default: 8503, or a free one)")
    add("--no-browser", action="store_true", help="open no browser")
    add("--env", type=Path, metavar="PREFIX", help="train in this environment (default: the demo makes one)")
    add("--exit-when-done", action="store_true", help="stop when the model was measured, for scripts")


def run(arguments: argparse.Namespace) -> int:
    """Make the project, start the server, walk the road, and serve until Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    project = Project(arguments.dir.expanduser().resolve())
    password = os.environ.get(PASSWORD_VARIABLE)
    project.write(arguments.env, arguments.serving_port)
    prefix = arguments.env or environment.ensure(project)
    made = asyncio.run(people.ensure(project.data, password))
    server = DemoServer(project, arguments.port)
    try:
        with Step("Starting the server"):
            server.start()
        return stay(arguments, server, Road(http_client(server), project, prefix), people.told(made, bool(password)))
    finally:
        end(server)


def http_client(server: DemoServer) -> Client:
    """A client of the demo's server, wherever it is at the moment."""
    return Client(Transport(server.address, httpx.Client(timeout=TIMEOUT, trust_env=False)))


def stay(arguments: argparse.Namespace, server: DemoServer, road: Road, login: str) -> int:
    """Walk the road; whatever comes of it, the server stays until Ctrl-C unless told otherwise."""
    show_addresses(server, login)
    with road.client:
        begin_line(road.client)
        try:
            job = road.train(arguments.rest)
            show_training(server, job or road.last_training(), arguments.no_browser)
            walk(road, job)
        except (CrispdmError, httpx.HTTPError) as error:
            output.complain(str(error))
            if arguments.exit_when_done:
                return 1
    if not arguments.exit_when_done:
        print("\nThe demo goes on until Ctrl-C.", flush=True)
        server.wait()
    return 0


def begin_line(client: Client) -> None:
    """See that the simulated line runs; without it there is a monitor less, and the road goes on."""
    try:
        line.ensure(client)
    except (CrispdmError, httpx.HTTPError) as error:
        output.complain(f"The simulated line was not started: {error}")


def show_training(server: DemoServer, job: Job | None, silently: bool) -> None:
    """Say where the training is to be seen, and open Lab there and the dashboard beside it; `job` is None when there is
    none any more."""
    page = f"{server.address().url}lab{'' if job is None else f'?job={job.id}'}"
    if job is not None:
        print(f"Watch the training: {page}", flush=True)
    if not silently:
        webbrowser.open(f"{server.address().url}{APPLICATION}")
        webbrowser.open(page)


def walk(road: Road, job: Job | None) -> None:
    """Train, register, deploy, measure; `job` is None when there is a model already."""
    if not road.has_pictures:
        with Step("Drawing held-out pictures"):
            road.draw_pictures()
    if job is not None:
        print(f"\nTraining, as job {job.id} in the environment '{job.environment}':", flush=True)
        road.follow(job)
    version = road.newest() if job is None else road.registered(job)
    print(f"\nIn the registry: {version.name} version {version.version}", flush=True)
    with Step(f"Deploying {version.name} version {version.version}"):
        service = service_of(road.deploy(version))
        road.choose(service, version)
    offered = road.offered(service)
    print(f"{service} predicts with {offered['algorithms']}, weights {offered['weights']}.", flush=True)
    with Step("Asking it for every held-out picture"):
        report = road.evaluate(service)
    print(measured(report), flush=True)


def measured(report: dict[str, Any]) -> str:
    """The measurement in words: nothing left out that would make it look worse."""
    return (
        f"Held-out pictures: {report['digits']} digits, accuracy {report['found_and_named']:.3f} "
        f"(found and rightly named), mean IoU {report['mean_iou']:.3f}, found {report['found']:.3f}, "
        f"{report['false_positives']} false finds."
    )


def show_addresses(server: DemoServer, people: str) -> None:
    """Say where to look."""
    url = server.address().url
    print(
        f"\n  JupyterLab     {url}lab\n"
        f"  Six phases     {url}{APPLICATION}    (for everybody: try it as viewer)\n"
        f"  Live monitor   {url}{MONITOR}    (a simulated line, which goes on day and night)\n"
        f"  Dashboards     {url}crispdm/    (all that a viewer sees)\n"
        f"  API            {url}crispdm/api/docs\n"
        f"  Server         process {server.pid}; kill it, the training goes on. To start it again:\n"
        f"                 {server.again()}\n\n"
        f"{people}\n",
        flush=True,
    )


def end(server: DemoServer) -> None:
    """Stop the server that was started here."""
    if server.is_ours and server.runs:
        with Step("\nStopping the server; jobs go on"):
            server.stop()
    elif server.runs:
        print(f"\nThe server (process {server.pid}) was running before and goes on.", flush=True)
