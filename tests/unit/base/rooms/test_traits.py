"""Settings that are lists of texts."""

from __future__ import annotations

import pytest
from traitlets import TraitError
from traitlets.config import Application, Config

from jupyter_crispdm.app import CrispdmApp
from jupyter_crispdm.base.rooms.traits import TextList

LISTS = sorted(name for name, trait in CrispdmApp.class_own_traits(config=True).items() if isinstance(trait, TextList))


class Starter(Application):
    """Knows nothing of our settings, like the server that reads the command line."""


def given(*options: str) -> Config:
    starter = Starter()
    starter.parse_command_line(list(options))
    return starter.config


def test_every_list_of_texts_is_of_this_kind() -> None:
    assert {"published", "environment_paths", "webhooks", "trusted_extensions"} <= set(LISTS)
    for name, trait in CrispdmApp.class_own_traits(config=True).items():
        assert type(trait).__name__ != "List", name


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    ("options", "value"),
    [
        (["a.ipynb"], ["a.ipynb"]),
        (["a", "b"], ["a", "b"]),
        (["['a', 'b']"], ["a", "b"]),
        (['["a"]'], ["a"]),
        (["[]"], []),
        ([""], []),
        (["()"], []),
        (["('dashboards/*.ipynb')"], ["dashboards/*.ipynb"]),
        (["('a', 'b')"], ["a", "b"]),
        (["a b,c"], ["a b,c"]),
    ],
)
def test_the_spellings_of_an_option(name: str, options: list[str], value: list[str]) -> None:
    config = given(*(f"--CrispdmApp.{name}={option}" for option in options))
    assert getattr(CrispdmApp(config=config), name) == value


def test_what_is_no_list_of_texts_is_said() -> None:
    with pytest.raises(TraitError):
        CrispdmApp(published=[1])
    with pytest.raises(TraitError, match="published"):
        CrispdmApp(config=given("--CrispdmApp.published=[1]"))


@pytest.mark.parametrize("text", ["[ab]*.ipynb", "[", "(draft) *.ipynb", "[" * 5000, "[open('x')]"])
def test_a_text_that_begins_with_a_bracket_is_a_text(text: str) -> None:
    """So may a pattern; nothing in it is run."""
    assert CrispdmApp(config=given(f"--CrispdmApp.published={text}")).published == [text]


def test_a_list_of_something_else_is_refused_by_the_settings_name() -> None:
    with pytest.raises(TraitError, match="published"):
        CrispdmApp(config=given("--CrispdmApp.published=['a', 3]"))


def test_none_is_said_only_where_it_means_something() -> None:
    assert CrispdmApp(config=given("--CrispdmApp.pass_variables=None")).pass_variables is None
    assert CrispdmApp(config=given("--CrispdmApp.published=None")).published == ["None"]
