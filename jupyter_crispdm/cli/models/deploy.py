"""`jupyter crispdm deploy MODEL[@ALIAS]`."""

from __future__ import annotations

import argparse

from jupyter_crispdm.client import Client, connect
from jupyter_crispdm.serving.types import Deployment, DeploymentState

from ..environment import chosen
from ..output import complain
from ..typed import count

PATIENCE_SECONDS = 300.0


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("model", metavar="MODEL", help="NAME, NAME/VERSION or NAME@ALIAS")
    parser.add_argument("--workers", type=count, metavar="N", help="processes that answer (default: 1)")
    parser.add_argument("--env", help="environment: its id, name or folder (default: where it was trained)")
    parser.add_argument("--no-wait", action="store_true", help="do not wait until it answers")


def run(arguments: argparse.Namespace) -> int:
    """Deploy the model, and wait until it answers."""
    with connect() as client:
        environment = chosen(client, arguments.env)
        deployment = client.deployments.create(arguments.model, workers=arguments.workers, environment=environment)
        print(deployment.id)
        if arguments.no_wait:
            return 0
        return report(settled(client, deployment))


def settled(client: Client, deployment: Deployment, patience: float = PATIENCE_SECONDS) -> Deployment:
    """The deployment when it has stopped starting, or when patience has ended."""
    newest = deployment
    for newest in client.deployments.watch(deployment.id, seconds=patience):
        if newest.state is not DeploymentState.starting:
            break
    return newest


def report(deployment: Deployment) -> int:
    """Say how it went."""
    if deployment.state is DeploymentState.ready:
        print(f"{deployment.model} version {deployment.version} answers at {deployment.url}")
        return 0
    complain(f"{deployment.model} is {deployment.state.value}: {deployment.reason or 'it takes too long'}")
    return 1
