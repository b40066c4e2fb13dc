"""What ids and names may look like."""

from __future__ import annotations

from typing import Annotated

import msgspec
import pytest

from jupyter_crispdm.base.errors import BadRequest, NotFound
from jupyter_crispdm.base.http.decode import decode_path
from jupyter_crispdm.base.http.route import Parameter
from jupyter_crispdm.base.parsing.names import NameRule

TOY = NameRule("[a-z.]{1,5}", "1 to 5 small letters or dots, and not 'all'", reserved=("all",))
KIND = Annotated[str, TOY.meta]


@pytest.mark.parametrize("text", ["a", "abcde", "alla", "al", "a.b"])
def test_a_name_that_fits_passes_in_bodies_and_in_paths(text: str) -> None:
    assert TOY.check(text, "id") == text
    assert decode_path({"id": text}, [Parameter("id", KIND)]) == {"id": text}


@pytest.mark.parametrize("text", ["", "abcdef", "A", "a b", "all", "a\n", "a\na", "é"])
def test_one_that_does_not_is_refused_in_the_same_words_in_both(text: str) -> None:
    with pytest.raises(BadRequest, match="'id' must be 1 to 5 small letters") as bad:
        TOY.check(text, "id")
    assert bad.value.details == {"field": "id"}
    with pytest.raises(NotFound) as missing:
        decode_path({"id": text}, [Parameter("id", KIND)])
    assert missing.value.details == {"field": "id"}
    if "\n" not in text:
        assert missing.value.message == "There is no such id: it is 1 to 5 small letters or dots, and not 'all'."


def test_the_document_shows_the_rule() -> None:
    schema = msgspec.json.schema(KIND)
    assert (schema["pattern"], schema["description"]) == (
        "^(?!(?:all)$)(?:[a-z.]{1,5})$", "1 to 5 small letters or dots, and not 'all'.")
