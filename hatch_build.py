"""What a wheel holds beside the package's own files. In an editable install the sources themselves are used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CrispdmBuildHook(BuildHookInterface[Any]):
    """Adds what training code imports, as `crispdm`, and the notebooks."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called before each build."""
        # `jupyter-builder develop` writes a second install.json into what it links
        Path(self.root, "labextension/dist/install.json").unlink(missing_ok=True)
        if version == "editable":
            return
        build_data["force_include"].update(
            {"jupyter_crispdm/worker/site/crispdm": "crispdm", "notebooks": "jupyter_crispdm/notebooks"}
        )
