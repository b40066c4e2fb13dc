"""The settings of environments."""

from __future__ import annotations

from traitlets import Bool

from jupyter_crispdm.base.rooms.traits import TextList
from jupyter_crispdm.base.settings import BaseSettings


class EnvironmentSettings(BaseSettings):
    """Where environments are looked for, and what may go into one."""

    environment_paths = TextList(
        config=True,
        help="More directories in which Python environments are looked for. Default: none.",
    )
    package_urls = Bool(
        False, config=True,
        help="Whether packages may be named by an address (name @ https://…), and files of requirements may name "
        "another index or channel. Who may run jobs can run pip with anything; this keeps it from happening by a form. "
        "Default: False.",
    )
