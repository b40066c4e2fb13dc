"""Phase 6: the model at work."""

from __future__ import annotations

import asyncio

from ipywidgets import HTML, Dropdown, Widget

from jupyter_crispdm.widgets import PredictForm

from . import parts, project

_SECONDS = 120.0


class _Deployment:
    """The versions, which of them answers, and a form to ask it."""

    def __init__(self) -> None:
        self.may_deploy = project.client().me().role in ("analyst", "admin")
        self.version = Dropdown(description="Version", style=parts.LABELS, layout=parts.WIDE)
        self.table = HTML()
        self.action = parts.Action("Deploy", self._deploy)
        self.refresh = parts.Action("Look again", self._look, style="")
        self._fill()

    def page(self) -> Widget:
        """Everything."""
        choice = [self.version, parts.row(self.action.button, self.refresh.button, self.action.said, self.refresh.said)]
        if not self.may_deploy:
            choice = [parts.row(self.refresh.button, self.refresh.said)]
        examples = project.pictures()[:8]
        return parts.column(self.table, *choice, parts.heading("Ask the model"), PredictForm(examples=examples))

    def _fill(self) -> None:
        mine = (model for model in project.client().models.list() if model.name == project.MODEL)
        versions = [version for model in mine for version in model.versions]
        deployed = {(one.model, one.version): one.state.value for one in project.client().deployments.list()}
        rows = [
            (
                version.version, f"{version.created:%Y-%m-%d %H:%M}", _score(version.metadata),
                deployed.get((version.name, version.version), ""),
            )
            for version in versions
        ]
        empty = parts.words("No model was trained yet: train one on the page Modeling.")
        found = parts.table(["version", "trained", "test accuracy", "state"], rows)
        self.table.value = (found if rows else empty).value
        self._offer([f"{version.name}/{version.version}" for version in versions])

    def _offer(self, names: list[str]) -> None:
        """Let one of these be chosen; what was chosen stays where it is still there."""
        chosen = self.version.value
        self.version.options = names
        self.version.value = chosen if chosen in names else next(iter(names), None)

    async def _look(self) -> str:
        await asyncio.to_thread(self._fill)
        return ""

    async def _deploy(self) -> str:
        if not self.version.value:
            return "There is no version yet: train one on the page Modeling."
        deployments = project.client().deployments
        self.action.say("Starting …")
        deployment = await asyncio.to_thread(deployments.create, self.version.value)
        deployment = await asyncio.to_thread(_settled, deployment.id)
        self._fill()
        return f"Version {deployment.version} is {deployment.state.value}. {deployment.reason}"


def page() -> Widget:
    """The registry's versions, deployment, and a form to ask the model."""
    return _Deployment().page()


def _settled(id: str) -> project.Deployment:
    """The deployment, once it answers or has failed."""
    for deployment in project.client().deployments.watch(id, seconds=_SECONDS):
        if deployment.state.value != "starting":
            return deployment
    return project.client().deployments.get(id)


def _score(metadata: object) -> str:
    test = metadata.get("test") if isinstance(metadata, dict) else None
    share = test.get("found_and_named") if isinstance(test, dict) else None
    return f"{share:.1%}" if isinstance(share, (int, float)) else ""
