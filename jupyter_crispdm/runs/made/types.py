"""What travels about what runs are made of."""

from __future__ import annotations

from typing import Literal

from jupyter_crispdm.base.wire import Wire


class CodeFile(Wire, frozen=True, omit_defaults=True):
    """A file of a run's code that no commit holds; `kept`: with its content, so that it can be made again."""

    path: str
    size: int
    sha256: str = ""
    kept: bool = True


class Code(Wire, frozen=True, omit_defaults=True):
    """The code of a run as it was when it was submitted.

    Of a git checkout (`root` is its folder): `commit`, `branch`, the `diff` to it and `files` that git does not track;
    of other folders all source `files`. `partial` says what is missing from it.
    """

    digest: str
    root: str
    commit: str = ""
    branch: str = ""
    diff: str = ""
    files: list[CodeFile] = []
    partial: str = ""


class EnvironmentLock(Wire, frozen=True, omit_defaults=True):
    """The environment of a run as it was when it was submitted: its Python, and each package with its version.

    `kind`, `conda` and `origins` are those of a `Lock`, from which it can be built again.
    """

    digest: str
    id: str
    name: str
    python: str
    packages: list[str] = []
    kind: str = ""
    conda: list[str] = []
    origins: list[str] = []


class DataInput(Wire, frozen=True, omit_defaults=True):
    """A file or folder that a run's parameters or arguments name. `digest` is of its contents.

    `files` and `size` (bytes) are what was looked at; `partial` says why not all of it was read.
    """

    name: str
    path: str
    digest: str
    files: int = 1
    size: int = 0
    partial: str = ""


class Inputs(Wire, frozen=True, omit_defaults=True):
    """Everything that a run was made of, as far as it is known."""

    code: Code | None = None
    environment: EnvironmentLock | None = None
    data: list[DataInput] = []
    trouble: str = ""


class Changed(Wire, frozen=True, omit_defaults=True):
    """How one input of a run stands to that of another run, or to what there is now.

    `state`: `same`; `changed`; `restored` for a run that is run again (it was changed, and is as it was then);
    `unknown` where one of the two is not known. `reason` says in a sentence what is other, `details` name it.
    """

    input: Literal["code", "environment", "data", "parameters", "command"]
    state: Literal["same", "changed", "restored", "unknown"]
    reason: str = ""
    details: list[str] = []
