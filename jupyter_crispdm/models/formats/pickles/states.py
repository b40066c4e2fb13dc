"""Reads the pickle of a torch file as what it may be, the names and shapes of tensors, and executes none of it.

Every instruction is followed on a stack of what it would make. What weights do not need is refused by its name:
imports that are not in the list, in whatever way they are written, calls of anything else, attributes of other objects.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from jupyter_crispdm.base.errors import Unprocessable

from .instructions import argument, instructions

_MOST_STEPS = 5_000_000
_DICT = "collections OrderedDict"
_REBUILD = {"torch._utils _rebuild_tensor_v2", "torch._utils _rebuild_tensor_v3"}
_PARAMETER = "torch._utils _rebuild_parameter"
STORAGES = {
    "torch FloatStorage": 4, "torch DoubleStorage": 8, "torch HalfStorage": 2, "torch BFloat16Storage": 2,
    "torch ByteStorage": 1, "torch CharStorage": 1, "torch ShortStorage": 2, "torch IntStorage": 4,
    "torch LongStorage": 8, "torch BoolStorage": 1, "torch ComplexFloatStorage": 8, "torch ComplexDoubleStorage": 16,
    "torch.storage UntypedStorage": 1,
}  # fmt: skip
"""Bytes of a number, by what a storage is called."""

_KINDS = {
    f"torch {name}" for name in (
        "float16", "float32", "float64", "bfloat16", "float8_e4m3fn", "float8_e5m2", "uint8", "uint16", "uint32",
        "uint64", "int8", "int16", "int32", "int64", "bool", "complex64", "complex128",
    )
}  # fmt: skip
_ALLOWED = {_DICT, _PARAMETER, "torch Size", *_REBUILD, *STORAGES, *_KINDS}
_ADVICE = "Save only the weights: torch.save(model.state_dict(), path)."


@dataclass(frozen=True)
class Storage:
    """Numbers that lie in a member of the archive."""

    kind: str
    key: str
    count: int


@dataclass(frozen=True)
class TensorOf:
    """A tensor that looks at a storage."""

    storage: Storage


@dataclass(frozen=True)
class Import:
    """Something that is imported by its name."""

    name: str


class _Mark:
    """Where a list of things begins on the stack."""


class _Mapping:
    """A dictionary."""


class _Other:
    """A value that means nothing for weights."""


@dataclass
class Weights:
    """What a pickle holds."""

    storages: dict[str, Storage] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    """A name of a tensor for each key of a storage, as far as there is one."""


_MARK, _OTHER = _Mark(), _Other()
_CONSTANTS: Mapping[str, Callable[[Any], Any]] = {
    "NONE": lambda _: None, "NEWTRUE": lambda _: True, "NEWFALSE": lambda _: False,
    "BININT": int, "BININT1": int, "BININT2": int, "LONG1": int, "BINFLOAT": float,
    "BINUNICODE": str, "SHORT_BINUNICODE": str, "SHORT_BINSTRING": str,
    "EMPTY_TUPLE": lambda _: (), "EMPTY_LIST": lambda _: _OTHER, "EMPTY_DICT": lambda _: _Mapping(),
    "MARK": lambda _: _MARK,
}  # fmt: skip
_SILENT = {"PROTO", "FRAME", "STOP"}
_TUPLES = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}


def read(data: bytes) -> Weights:
    """What a pickle would make. Raises Unprocessable when that is anything but tensors by name."""
    try:
        return _Reader().run(data)
    except (ValueError, IndexError, KeyError, TypeError, RecursionError) as error:
        raise Unprocessable(f"The model file is damaged: {type(error).__name__} {str(error)[:200]}") from error


class _Reader:
    """The stack and the memory of one pickle."""

    def __init__(self) -> None:
        self._stack: list[Any] = []
        self._memory: dict[int, Any] = {}
        self._found = Weights()

    def run(self, data: bytes) -> Weights:
        stream = io.BytesIO(data)
        for step, opcode in enumerate(instructions(stream)):
            if step > _MOST_STEPS:
                raise Unprocessable(f"The model file's pickle has over {_MOST_STEPS:,} instructions.")
            if opcode.name not in _KNOWN:  # its argument is not even read
                raise _refused(opcode.name)
            self._follow(opcode.name, argument(opcode, stream))
        if stream.tell() != len(data):
            raise Unprocessable(f"The model file's pickle goes on behind its end. {_ADVICE}")
        if len(self._stack) != 1 or not isinstance(self._stack[0], _Mapping):
            raise Unprocessable(f"The model file holds no state dict: names and tensors. {_ADVICE}")
        return self._found

    def _follow(self, name: str, argument: Any) -> None:
        if name in _SILENT:
            return
        if name in _CONSTANTS:
            self._stack.append(_CONSTANTS[name](argument))
        elif name in _TUPLES:
            self._make_tuple(_TUPLES[name])
        else:
            _ACTIONS[name](self, argument)

    def _make_tuple(self, count: int) -> None:
        if len(self._stack) < count:
            raise IndexError("too little on the stack")
        made = tuple(self._stack[-count:])
        del self._stack[-count:]
        self._stack.append(made)

    def _to_mark(self) -> list[Any]:
        items: list[Any] = []
        while (item := self._stack.pop()) is not _MARK:
            items.append(item)
        return items[::-1]

    def _tuple(self, _: Any) -> None:
        self._stack.append(tuple(self._to_mark()))

    def _pop(self, _: Any) -> None:
        self._stack.pop()

    def _put(self, index: Any) -> None:
        self._memory[int(index)] = self._stack[-1]

    def _get(self, index: Any) -> None:
        self._stack.append(self._memory[int(index)])

    def _append(self, _: Any) -> None:
        self._stack.pop()

    def _appends(self, _: Any) -> None:
        self._to_mark()

    def _set(self, _: Any) -> None:
        value, key = self._stack.pop(), self._stack.pop()
        self._name(key, value)

    def _sets(self, _: Any) -> None:
        items = self._to_mark()
        for key, value in zip(items[::2], items[1::2], strict=True):
            self._name(key, value)

    def _name(self, key: Any, value: Any) -> None:
        if not isinstance(self._stack[-1], _Mapping):
            raise _refused("items of something else than a dictionary")
        if isinstance(value, TensorOf) and isinstance(key, str):
            self._found.names.setdefault(value.storage.key, key)

    def _import(self, argument: Any) -> None:
        if argument not in _ALLOWED:
            raise _refused(f"'{str(argument)[:100]}'")
        self._stack.append(Import(argument))

    def _build(self, _: Any) -> None:
        state = self._stack.pop()
        if not isinstance(self._stack[-1], _Mapping) or not isinstance(state, _Mapping | tuple):
            raise _refused("attributes of an object")

    def _persistent(self, _: Any) -> None:
        storage = _storage(self._stack.pop())
        if self._found.storages.setdefault(storage.key, storage) != storage:
            raise _refused("one storage of two kinds")
        self._stack.append(storage)

    def _reduce(self, _: Any) -> None:
        given, called = self._stack.pop(), self._stack.pop()
        if not isinstance(called, Import) or not isinstance(given, tuple):
            raise _refused("a call of something that is not imported")
        self._stack.append(_called(called.name, given))


_ACTIONS: Mapping[str, Callable[[_Reader, Any], None]] = {
    "TUPLE": _Reader._tuple, "POP": _Reader._pop, "BINPUT": _Reader._put, "LONG_BINPUT": _Reader._put,
    "BINGET": _Reader._get, "LONG_BINGET": _Reader._get, "APPEND": _Reader._append, "APPENDS": _Reader._appends,
    "SETITEM": _Reader._set, "SETITEMS": _Reader._sets, "GLOBAL": _Reader._import, "BUILD": _Reader._build,
    "BINPERSID": _Reader._persistent, "REDUCE": _Reader._reduce,
}  # fmt: skip
_KNOWN = {*_SILENT, *_CONSTANTS, *_TUPLES, *_ACTIONS}


def _storage(described: Any) -> Storage:
    """What `("storage", kind, key, place, count)` means."""
    match described:
        case ("storage", Import(name=kind), str(key), str(), int(count)) if kind in STORAGES and count >= 0:
            return Storage(kind, key, count)
    raise _refused("a storage that is described in an unknown way")


def _called(name: str, given: tuple[Any, ...]) -> Any:
    if name == _DICT and given == ():
        return _Mapping()
    if name in _REBUILD and len(given) >= 4 and isinstance(given[0], Storage):
        _check_view(given[0], *given[1:4])
        return TensorOf(given[0])
    if name == _PARAMETER and given and isinstance(given[0], TensorOf):
        return given[0]
    if name == "torch Size" and len(given) == 1:
        return given[0]
    raise _refused(f"a call of '{name}' with something else than weights")


def _check_view(storage: Storage, offset: Any, shape: Any, strides: Any) -> None:
    """Refuse a tensor that is more than its storage: a few bytes that claim to be a giant."""
    lengths = (offset, *shape, *strides)
    if not all(isinstance(length, int) and not isinstance(length, bool) and length >= 0 for length in lengths):
        raise _refused("a tensor whose shape is none")
    room = storage.count if storage.kind != "torch.storage UntypedStorage" else math.inf
    if len(shape) != len(strides) or math.prod(shape) > room:
        raise Unprocessable(
            f"The model file promises a tensor of shape {tuple(shape)!r:.100} in a storage of {storage.count} numbers. "
            "Save tensors that are contiguous."
        )


def _refused(what: str) -> Unprocessable:
    return Unprocessable(f"The model file holds more than weights ({what}). {_ADVICE}")
