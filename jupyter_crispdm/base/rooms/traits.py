"""Kinds of settings that traitlets lacks."""

from __future__ import annotations

from ast import literal_eval
from typing import Any

from traitlets import List, Unicode


class TextList(List[str]):
    """A list of texts that an option may give as one text, as several options, or as a Python list.

    An option of an extension is kept as text until the extension is there, and traitlets then takes
    ``--CrispdmApp.published=['a', 'b']`` for one text.
    """

    def __init__(self, default_value: Any = (), **options: Any) -> None:
        default = default_value if default_value is None else list(default_value)
        super().__init__(Unicode(), default, **options)

    def from_string(self, text: str) -> list[str] | None:
        """What an option says; nothing at all is an empty list."""
        if text == "None" and self.allow_none:
            return None
        if text.startswith(("[", "(")):
            value = literal_eval(text)
            return [value] if isinstance(value, str) else list(value)  # brackets around one text make no tuple
        return [text] if text else []

    def from_string_list(self, texts: list[str]) -> list[str] | None:
        """What several options say."""
        return self.from_string(texts[0]) if len(texts) == 1 else list(texts)
