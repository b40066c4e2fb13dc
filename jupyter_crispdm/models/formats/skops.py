"""skops: a zip with a tree of objects in JSON. Which types would it build? None of them is imported to find out.

The worker asks skops itself again, and hands it the types that an admin has trusted: this look tells people beforehand.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jupyter_crispdm.base.errors import Unprocessable

from .arrays import check_array, check_arrays
from .seen import Seen
from .zips import opened, read

_WRITER = "skops.io.dump(model, path)"
_MOST_SCHEMA = 64 * 2**20
_MOST_TYPES = 10_000
_MOST_NAME = 300
_NEVER = {"JsonNode", "SliceNode", "CachedNode"}
"""Nodes that build nothing that has a type of its own."""

_PLAIN = {
    "DictNode": {"builtins.dict", "collections.OrderedDict"},
    "DefaultDictNode": {"collections.defaultdict"},
    "ListNode": {"builtins.list"},
    "SetNode": {"builtins.set"},
    "TupleNode": {"builtins.tuple"},
    "BytesNode": {"builtins.bytes"},
    "BytearrayNode": {"builtins.bytearray"},
    "NdArrayNode": {"numpy.ndarray"},
    "MaskedArrayNode": {"numpy.ma.MaskedArray", "numpy.ma.core.MaskedArray"},
    "RandomStateNode": {"numpy.random.RandomState", "numpy.random.mtrand.RandomState"},
    "RandomGeneratorNode": {"numpy.random.Generator", "numpy.random._generator.Generator"},
    "TypeNode": {f"builtins.{name}" for name in ("int", "float", "str", "bool", "list", "set", "map", "tuple")},
}
_BY_LIST = {"ObjectNode": "", "FunctionNode": "", "LossNode": "", "TypeNode": "numpy.", "NdArrayNode": "numpy."}
"""Nodes that may be of the types of the list, as far as those begin so."""

_BIT_GENERATORS = {"MT19937", "PCG64", "PCG64DXSM", "Philox", "SFC64"}


def inspect(path: Path) -> Seen:
    """Which types it would build beyond those that skops trusts by itself. Raises Unprocessable."""
    with opened(path, _WRITER) as archive:
        if "schema.json" not in archive.namelist():
            raise Unprocessable(f"The model file was not written by {_WRITER}.")
        types = _types(_schema(read(archive, "schema.json", _MOST_SCHEMA)))
        _check_arrays(archive)
    return Seen(types=sorted(types))


def _schema(text: bytes) -> dict[str, Any]:
    try:
        schema = json.loads(text)
    except (ValueError, RecursionError):
        schema = None
    if not isinstance(schema, dict) or not isinstance(schema.get("protocol", 0), int):
        raise Unprocessable("The schema.json of the skops file is damaged.")
    return schema


def _types(schema: dict[str, Any]) -> set[str]:
    found = set[str]()
    for node in _nodes(schema):
        found.update(names := _of(node))
        if not all(name.isprintable() for name in names):  # an admin reads them, and decides
            raise Unprocessable("The schema.json of the skops file has a type whose name cannot be read.")
        if len(found) > _MOST_TYPES:
            raise Unprocessable(f"The skops file would build over {_MOST_TYPES:,} types.")
    return found


def _nodes(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every object of the tree that says how it is built."""
    left: list[Any] = [schema]
    while left:
        item = left.pop()
        if isinstance(item, dict):
            left.extend(item.values())
            if "__loader__" in item:
                yield item
        elif isinstance(item, list):
            left.extend(item)


def _of(node: dict[str, Any]) -> set[str]:
    """The types that one node would build and that are nobody's by default."""
    parts = (node["__loader__"], node.get("__module__"), node.get("__class__"))
    if not all(isinstance(part, str) and len(part) <= _MOST_NAME for part in parts):
        raise Unprocessable("The schema.json of the skops file has an object without a type.")
    loader, name = parts[0], f"{parts[1]}.{parts[2]}"
    found = set[str]()
    if loader == "MethodNode":
        found.add(f"{name}.{_inside(node, 'func')}")
    if loader == "RandomGeneratorNode":
        found.update(_generator(node))
    listed = loader in _BY_LIST and name.startswith(_BY_LIST[loader]) and name in defaults()
    trusted = listed or name in _PLAIN.get(loader, set())
    if loader not in _NEVER and not trusted:
        found.add(name)
    return found


def _inside(node: dict[str, Any], key: str) -> Any:
    content = node.get("content")
    return content.get(key) if isinstance(content, dict) else None


def _generator(node: dict[str, Any]) -> set[str]:
    """The class that a generator's state names as a plain text, and that is called."""
    state = _inside(node, "bit_generator")
    told = _inside(state, "bit_generator") if isinstance(state, dict) else None
    try:
        name = json.loads(told["content"]) if isinstance(told, dict) else ""
    except (KeyError, TypeError, ValueError, RecursionError):
        name = ""
    is_known = isinstance(name, str) and name in _BIT_GENERATORS
    return set() if is_known else {f"numpy.random.{str(name)[:_MOST_NAME]}"}


@cache
def defaults() -> frozenset[str]:
    """The types that skops trusts by itself, by name."""
    found, module = set[str](), ""
    for line in Path(__file__).with_name("skops_trusts.txt").read_text().splitlines()[1:]:
        if line.startswith(" "):
            found.update(f"{module}.{name}" for name in line.split())
        else:
            module = line
    return frozenset(found)


def _check_arrays(archive: zipfile.ZipFile) -> None:
    for member in archive.infolist():
        if member.filename.endswith(".npy"):
            with archive.open(member) as file:
                check_array(file, member.file_size, member.filename)
        elif member.filename.endswith(".npz"):
            with archive.open(member) as file:
                check_arrays(file)
