"""The settings of the door: the one place where they are read."""

from __future__ import annotations

from traitlets import Float

from jupyter_crispdm.base.rooms.traits import TextList
from jupyter_crispdm.base.settings import BaseSettings


class DoorSettings(BaseSettings):
    """Who comes in, and what is shown to whom. The door reads them before any room is made, the ground's too."""

    pass_variables = TextList(
        None, allow_none=True, config=True,
        help="Variables of the server's environment that kernels, jobs and the model service get although their names "
        "say that they are secrets, as 'HF_TOKEN' or 'WANDB_*'. Jupyter's and ours must be named in full. Default: "
        "None, which means none of them where people log in, and all but Jupyter's and ours in a plain Lab.",
    )
    published = TextList(
        ["dashboards/*.ipynb"], config=True,
        help="Dashboards that viewers may open: patterns relative to the root directory; '*' stays within a directory "
        "and '**' does not. Default: ['dashboards/*.ipynb'].",
    )
    trusted_extensions = TextList(
        config=True,
        help="Packages of server extensions, like jupyterlab_git, whose routes analysts may use under jupyter crispdm "
        "lab. What the program does not know is closed there. Default: none.",
    )
    session_days = Float(14.0, config=True, help="Days after which a login ends. Default: 14.")
