"""Models, environments and notebooks in a dashboard."""

from __future__ import annotations

from typing import Any

from traitlets import Bool, TraitError, Unicode, validate

from .base import CrispdmWidget

_LONGEST_ID = 200


class ModelTable(CrispdmWidget):
    """The registered models, and where they are deployed, live.

    With `controls` they can be deployed and withdrawn, by those whose role allows it.
    """

    _view_name = Unicode("ModelTableView").tag(sync=True)
    controls = Bool(False).tag(sync=True)


class EnvironmentPicker(CrispdmWidget):
    """A choice of the environments of this server. `value` is the id of the chosen one, empty for none.

    The value comes from the browser: whoever submits a job with it hears from the server whether there is such an
    environment.
    """

    _view_name = Unicode("EnvironmentPickerView").tag(sync=True)
    value = Unicode("", help="The environment's id.").tag(sync=True)
    description = Unicode("Environment", help="What stands above it.").tag(sync=True)

    def __init__(self, value: str = "", **values: Any) -> None:
        super().__init__(value=value, **values)

    @validate("value")
    def _looks_like_an_id(self, proposal: dict[str, Any]) -> str:
        value: str = proposal["value"]
        if len(value) > _LONGEST_ID or not value.isprintable():
            raise TraitError(f"The id of an environment has at most {_LONGEST_ID} characters, all of them printable.")
        return value


class NotebookFrame(CrispdmWidget):
    """JupyterLab, or one notebook in it, within the page; for those whose role opens Lab.

    `path` is the notebook's below the directory that the server serves; empty shows Lab as it was left.
    """

    _view_name = Unicode("NotebookFrameView").tag(sync=True)
    path = Unicode("", help="The notebook's path; empty shows Lab.").tag(sync=True)
