"""The road of a model: trained by a job, registered by it, deployed, and asked as any program would."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import msgspec

from jupyter_crispdm.base.errors import Unprocessable
from jupyter_crispdm.client import Client
from jupyter_crispdm.jobs.types import Job, JobState
from jupyter_crispdm.models.types import ModelList, ModelVersion
from jupyter_crispdm.serving.types import Deployment, DeploymentState

from ..models.deploy import settled
from ..output import stream
from .environment import python_of
from .project import Project

MODEL = "unet_digits"
ALGORITHM, DATASET = "unet", "digits"
TAG = "demo"
SHARED = "shared"
"""The tag of jobs that viewers see."""
NAME = "Train a U-Net on digits"
SECOND_LOOK_SECONDS = 10.0
REGISTER_SECONDS = 60.0
PICTURES = 24


@dataclass(frozen=True)
class Road:
    """What is needed to walk it."""

    client: Client
    project: Project
    prefix: Path
    """The environment to train in."""

    @property
    def has_pictures(self) -> bool:
        """Whether the held-out pictures are there, with what is written on them."""
        return (self.project.pictures / "truth.json").exists()

    def draw_pictures(self) -> None:
        """Write pictures of digits that training never sees."""
        self._python("make_pictures.py", "pictures", "--count", str(PICTURES))
        drawn = sorted(self.project.pictures.glob("*.png"))
        if drawn:  # the third is wide, as the card of the dashboard is
            shutil.copyfile(drawn[min(2, len(drawn) - 1)], self.project.folder / "dashboards" / "digits.png")

    def last_training(self) -> Job | None:
        """The newest training of the demo, over or not; None when there was none, or it was deleted."""
        return next((job for job in self.client.jobs.list() if TAG in job.tags), None)

    def train(self, arguments: Sequence[str]) -> Job | None:
        """The training: the one that is running, or a new one; None when there is a model already."""
        mine = [job for job in self.client.jobs.list() if TAG in job.tags]
        running = [job for job in mine if not job.state.final]
        if running:
            return running[0]
        if self._versions():
            return None
        return self.client.jobs.submit(
            script="train.py", args=arguments, environment=self._environment(), name=NAME, tags=[TAG, SHARED]
        )

    def follow(self, job: Job) -> None:
        """Print what the training prints, until it is over. Raises Unprocessable when it was no success."""
        for text in self.client.jobs.follow(job.id):
            stream(text)
        done = self.client.jobs.wait(job.id)
        if done.state is not JobState.succeeded:
            raise Unprocessable(f"The training is {done.state.value}: {done.reason}. Nothing was deployed.")

    def registered(self, job: Job) -> ModelVersion:
        """The model that the job handed over. Raises Unprocessable when none comes."""
        for message in self.client.live.follow("models", seconds=REGISTER_SECONDS):
            models = msgspec.convert(message.data, ModelList).models
            versions = [version for model in models for version in model.versions]
            for version in versions:
                if version.job == job.id:
                    return version
        raise Unprocessable(f"Job {job.id} succeeded but registered no model; see its log.")

    def newest(self) -> ModelVersion:
        """The newest version of the demo's model. Raises Unprocessable when there is none."""
        for version in self._versions():
            return version
        raise Unprocessable(f"There is no model '{MODEL}'.")

    def deploy(self, version: ModelVersion) -> Deployment:
        """A deployment of the version that answers. Raises Unprocessable with the reason why not."""
        same = [
            known
            for known in self.client.deployments.list()
            if (known.model, known.version) == (version.name, version.version)
            and known.state in (DeploymentState.ready, DeploymentState.starting)
        ]
        deployment = same[0] if same else self._create(version)
        deployment = self._second_look(settled(self.client, deployment))
        if deployment.state is not DeploymentState.ready:
            reason = deployment.reason or "it takes too long"
            raise Unprocessable(f"The model is {deployment.state.value}: {reason}")
        return deployment

    def choose(self, service: str, version: ModelVersion) -> None:
        """Tell the service which model shall answer, as its clients do."""
        configuration = {"algorithm": ALGORITHM, "Model_path": DATASET, "weight": version.weight}
        file = {"file": ("config.json", json.dumps(configuration).encode(), "application/json")}
        httpx.post(f"{service}/configs", files=file, trust_env=False).raise_for_status()

    def offered(self, service: str) -> dict[str, Any]:
        """What the service says that it can do."""
        wanted = {"algorithm": ALGORITHM, "Model_path": DATASET}
        with httpx.Client(base_url=service, trust_env=False) as http:
            return {
                "algorithms": http.get("/models").raise_for_status().json(),
                "weights": _ask(http, {**wanted, "return_weights": "True"}),
                "classes": _ask(http, {**wanted, "return_classes": "True"}),
            }

    def evaluate(self, service: str) -> dict[str, Any]:
        """Ask for every held-out picture over HTTP, and compare with what is written on it."""
        report: dict[str, Any] = json.loads(self._python("evaluate.py", "pictures", "--url", service))
        return report

    def _versions(self) -> list[ModelVersion]:
        models = self.client.models.list()
        return [version for model in models if model.name == MODEL for version in model.versions]

    def _create(self, version: ModelVersion) -> Deployment:
        return self.client.deployments.create(f"{version.name}/{version.version}")

    def _second_look(self, deployment: Deployment) -> Deployment:
        """What failed to start is tried again by the server: its port may have been taken for a moment."""
        if deployment.state is not DeploymentState.failed:
            return deployment
        newest = deployment
        for newest in self.client.deployments.watch(deployment.id, seconds=SECOND_LOOK_SECONDS):
            if newest.state is DeploymentState.ready:
                break
        return newest

    def _environment(self) -> str:
        environments = self.client.environments.list(refresh=True)
        wanted = self.prefix.resolve()
        for environment in environments:
            if Path(environment.prefix).resolve() == wanted:
                return environment.id
        raise Unprocessable(f"The server does not find the environment {self.prefix}.")

    def _python(self, *arguments: str) -> str:
        command = [str(python_of(self.prefix)), *arguments]
        done = subprocess.run(command, cwd=self.project.folder, capture_output=True, text=True, check=False)
        if done.returncode:
            print(done.stderr, file=sys.stderr, end="")
            raise Unprocessable(f"{arguments[0]} ended with code {done.returncode}; what it said is above.")
        return done.stdout


def _ask(http: httpx.Client, form: dict[str, str]) -> Any:
    return http.post("/models", data=form).raise_for_status().json()


def service_of(deployment: Deployment) -> str:
    """The address of the four calls, from a deployment's own."""
    return deployment.url.partition("/v2/")[0]
