"""What a job is asked for on a command line."""

from __future__ import annotations

import argparse
from typing import Any

import pytest

from jupyter_crispdm.cli import asking, stop


def asked(*words: str) -> dict[str, Any]:
    parser = argparse.ArgumentParser()
    asking.configure(parser)
    return asking.asked(parser.parse_args(words))


def test_only_what_was_given_is_asked_for() -> None:
    assert asked() == {}
    assert asked("--retries", "0", "--name", "") == {"retries": 0, "name": ""}


def test_every_option_is_a_field_of_a_submission() -> None:
    words = ["--env", "e", "--cpus", "2", "--gpus", "1", "--memory", "4GB", "--retry-delay", "1.5"]
    words += ["--after", "a", "--after", "b", "--tag", "x"]
    assert asked(*words) == {
        "environment": "e", "cpus": 2, "gpus": 1, "memory": 4_000_000_000, "retry_delay": 1.5,
        "after": ["a", "b"], "tags": ["x"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "count"),
    [("1000", 1000), ("4GB", 4 * 10**9), ("1.5g", 15 * 10**8), ("512 MiB", 2**29), ("2TiB", 2**41), ("7b", 7)],
)
def test_sizes_as_people_write_them(text: str, count: int) -> None:
    assert asking.size(text) == count


@pytest.mark.parametrize("text", ["", "much", "4XB", "-1GB", "4 iB", "1e9"])
def test_what_is_no_size_is_named(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="is not a size"):
        asking.size(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [("n=3", 3), ("lr=1e-3", 0.001), ("on=true", True), ("name=abc", "abc"), ("x=a=b", "a=b"), ("e=", "")],
)
def test_parameters_are_json_where_they_read_as_json(text: str, value: object) -> None:
    assert asking.parameter(text)[1] == value


def test_one_or_two_numbers_of_seconds() -> None:
    assert stop.seconds("3") == (3.0, 3.0)
    assert stop.seconds("600,1.5") == (600.0, 1.5)
    with pytest.raises(argparse.ArgumentTypeError, match="'soon'"):
        stop.seconds("soon")
