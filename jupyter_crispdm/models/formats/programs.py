"""Programs of torch's own operators: TorchScript and torch.export.

They are recognised by their parts, and refused when they hold others: native code, pickles that import what such files
do not need. A program of torch's operators is no sandbox: whose file it may be is decided elsewhere.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import msgspec

from jupyter_crispdm.base.errors import Unprocessable

from .pickles.imports import names
from .seen import Seen
from .zips import opened, read

_SCRIPT, _EXPORT = "torch.jit.save(model, path)", "torch.export.save(program, path)"
_MOST_TEXT = 64 * 2**20
_SCRIPT_PARTS = re.compile(
    r"[^/]+/(version|byteorder|(data|constants|traced_inputs|attributes|bytecode|mobile_debug_handles)\.pkl"
    r"|(data|constants|traced_inputs|tensors|attributes)/\d+|code/[\w./<>-]+\.py(\.debug_pkl)?|extra/[\w./-]+"
    r"|\.data/(serialization_id|version)|\.format_version|\.storage_alignment)"
)
_SCRIPT_IMPORTS = re.compile(
    r"__torch__\..+|torch\.jit\._pickle\.\w+|torch\._utils\._rebuild\w+|torch\.\w+Storage|collections\.OrderedDict"
    r"|torch\.(device|Size)|torch\._C\._(?:infer_size|cuda_\w+)"
)
_EXPORT_PARTS = re.compile(
    r"(?:[^/]+/)?(archive_format|archive_version|version|byteorder|models/[\w.-]+\.json|data/weights/[\w.-]+"
    r"|data/constants/(?!custom_obj)[\w.-]+|data/sample_inputs/[\w.-]+\.pt|\.data/(serialization_id|version)"
    r"|\.format_version|\.storage_alignment"
    r"|serialized_(exported_program\.json|state_dict\.(pt|json)|constants\.(pt|json)|example_inputs\.pt))"
)


def inspect_torchscript(path: Path) -> Seen:
    """Refuse what torch.jit.save did not write. Raises Unprocessable."""
    with opened(path, _SCRIPT) as archive:
        members = _members(archive, _SCRIPT_PARTS, _SCRIPT)
        inner = {name.partition("/")[2] for name in members}
        if not {"data.pkl", "constants.pkl"} <= inner or not any(name.startswith("code/") for name in inner):
            raise _other(_SCRIPT)
        for name in (name for name in members if name.endswith(".pkl")):
            strange = [item for item in names(read(archive, name, _MOST_TEXT)) if not _SCRIPT_IMPORTS.fullmatch(item)]
            if strange:
                raise Unprocessable(f"The model file imports '{strange[0][:100]}', which no {_SCRIPT} writes.")
    return Seen()


def inspect_exported(path: Path) -> Seen:
    """Refuse what torch.export.save did not write, and native code. Raises Unprocessable."""
    with opened(path, _EXPORT) as archive:
        members = _members(archive, _EXPORT_PARTS, _EXPORT)
        programs = [name for name in members if re.search(r"(^|/)models/[^/]+\.json$|exported_program\.json$", name)]
        if len(programs) != 1:
            raise _other(_EXPORT)
        try:
            program = msgspec.json.decode(read(archive, programs[0], _MOST_TEXT), type=dict[str, msgspec.Raw])
        except (msgspec.MsgspecError, RecursionError):
            raise _other(_EXPORT) from None
        if "graph_module" not in program:
            raise _other(_EXPORT)
    return Seen()


def _members(archive: zipfile.ZipFile, known: re.Pattern[str], writer: str) -> list[str]:
    members = archive.namelist()
    strange = [name for name in members if not known.fullmatch(name)]
    if strange:
        raise Unprocessable(f"The model file has a part '{strange[0][:100]}', which {writer} does not write.")
    if len({name.partition("/")[0] for name in members if "/" in name}) > 1:
        raise _other(writer)
    return members


def _other(writer: str) -> Unprocessable:
    return Unprocessable(f"The model file was not written by {writer}.")
