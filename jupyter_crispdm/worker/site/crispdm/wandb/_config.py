"""`wandb.config` and `wandb.summary`: values by item or attribute, each change noted as parameters of the run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .._events import params


class Config:
    """A mapping that is also asked by attribute, as `config.rate` and `config["rate"]`."""

    def __init__(self, before: str = "") -> None:
        object.__setattr__(self, "_before", before)
        object.__setattr__(self, "_values", {})

    def update(self, values: Any = None, *_: Any, **more: Any) -> None:
        """Add values: a mapping, or a namespace as of argparse."""
        given = {**_mapping(values), **{name: value for name, value in more.items() if name != "allow_val_change"}}
        self._values.update(given)
        if given:
            params({f"{self._before}{name}": value for name, value in given.items()})

    setdefaults = update

    def get(self, name: str, default: Any = None) -> Any:
        """One value."""
        return self._values.get(name, default)

    def as_dict(self) -> dict[str, Any]:
        """All values."""
        return dict(self._values)

    def keys(self) -> Any:
        """The names."""
        return self._values.keys()

    def items(self) -> Any:
        """Names and values."""
        return self._values.items()

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __setitem__(self, name: str, value: Any) -> None:
        self.update({name: value})

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["_values"][name]
        except KeyError:
            raise AttributeError(name) from None

    def __setattr__(self, name: str, value: Any) -> None:
        self.update({name: value})

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return repr(self._values)


def _mapping(values: Any) -> dict[str, Any]:
    if values is None:
        return {}
    if isinstance(values, Mapping) or hasattr(values, "keys"):
        return {str(name): values[name] for name in values.keys()}  # noqa: SIM118  # a namespace of some libraries
    return dict(vars(values)) if hasattr(values, "__dict__") else {}
