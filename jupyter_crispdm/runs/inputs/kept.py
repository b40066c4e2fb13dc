"""What was noted of a run's inputs, as it is kept in its directory: `inputs.json`, and the files of its code."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import msgspec

from jupyter_crispdm.base.files.regular import read_regular

from ..made.types import Inputs
from ..records import INPUTS, InputsFile
from ..types import Digests

CODE_FILES = "inputs-code.zip"
_MOST_BYTES = 32 << 20


def read_inputs(directory: Path) -> Inputs:
    """What was noted of a run; nothing where nothing was. Reads the disk: call it in a thread."""
    try:
        data = read_regular(directory / INPUTS, _MOST_BYTES, below=directory.parent)
        return msgspec.json.decode(data, type=InputsFile).inputs
    except FileNotFoundError:
        return Inputs(trouble="Nothing was noted of its code, environment and data.")
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Inputs(trouble="What was noted of its code, environment and data cannot be read.")


def digests_of(inputs: Inputs) -> Digests:
    """The inputs in short; data counts as known only where all of it is."""
    code, environment = inputs.code, inputs.environment
    data = ",".join(f"{one.name}={one.digest}" for one in inputs.data)
    return Digests(
        code="" if code is None else code.digest,
        commit="" if code is None else code.commit,
        dirty=code is not None and bool(code.commit) and bool(code.diff or code.files),
        environment="" if environment is None else environment.digest,
        data=short(data.encode()) if data else "",
    )


def short(data: bytes) -> str:
    """The digest of some bytes, long enough that no two are alike by chance."""
    return sha256(data).hexdigest()[:16]
