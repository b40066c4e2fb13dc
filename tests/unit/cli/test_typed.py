"""What people type on a command line."""

from __future__ import annotations

import argparse
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.cli import typed
from jupyter_crispdm.tracking.diagnosis.rules import check_rules
from jupyter_crispdm.tracking.diagnosis.types import AlertRule, AlertThen, AlertWhen, PatienceUnit


@pytest.mark.proves("cli.run-resources")
@pytest.mark.parametrize(
    ("text", "count"),
    [("1000", 1000), ("4GB", 4 * 10**9), ("1.5g", 15 * 10**8), ("512 MiB", 2**29), ("2TiB", 2**41), ("7b", 7)],
)
def test_sizes_as_people_write_them(text: str, count: int) -> None:
    assert typed.size(text) == count


@pytest.mark.parametrize(
    "text", ["", "much", "GB", "4XB", "-1GB", "4 iB", "4 GB RAM", "1e9", "1,5g", "NaN", "9" * 21, "9" * 400]
)
def test_what_is_no_size_is_named(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="is not a size"):
        typed.size(text)


@pytest.mark.proves("cli.run-param")
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("n=3", 3),
        ("n=-3", -3),
        ("big=123456789012345678901234567890", 123456789012345678901234567890),
        ("lr=0.5", 0.5),
        ("lr=1e-3", 0.001),
        ("lr=2.5e-4", 0.00025),
        ("lr=1e-05", 1e-05),
        ("lr=0.00001", 1e-05),
        ("on=true", True),
        ("off=null", None),
        ("list=[1, 2]", [1, 2]),
        ('table={"a": 1}', {"a": 1}),
        ('text="5"', "5"),
        ("name=abc", "abc"),
        ("x=a=b", "a=b"),
        ("e=", ""),
        ("force:=1e3", 1000.0),
        (":=5", 5),
    ],
)
def test_parameters_are_values_where_they_are_written_so(text: str, value: object) -> None:
    read = typed.parameter(text)[1]
    assert read == value
    assert type(read) is type(value)


@pytest.mark.proves("cli.run-param")
@pytest.mark.parametrize(
    "text",
    [
        "831877e8", "12345e678", "007", "1_000", "1e3", "1E-3", "10e-4", "NaN", "Infinity", "-Infinity", "+5", " 5",
        "5 ", "1.10", "-0", ".5", "5.", "0x1f", "True", "None", "[1, 2e999]", "[NaN]", "[" * 5000, "9" * 5000, "\"a",
        "1.0e-3", "0.30000000000000001",
    ],
)  # fmt: skip
def test_a_text_stays_a_text(text: str) -> None:
    assert typed.value_of(text) == text


@given(st.one_of(st.text("0123456789.eE+-_ tfn"), st.floats().map(repr), st.integers().map(str)))
def test_what_is_no_text_is_written_the_same_again(text: str) -> None:
    value = typed.value_of(text)
    if isinstance(value, str):
        assert value == text
    else:
        assert text in typed._writings(value)
        assert json.loads(text) == value


@pytest.mark.parametrize("text", ["x", "=3", "x:=", "x:=NaN", "x:=a"])
def test_what_is_no_parameter_is_named(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        typed.parameter(text)


def test_days_and_counts() -> None:
    assert [typed.days(text) for text in ("30", "0.5", "2d", "12h")] == [30.0, 0.5, 2.0, 0.5]
    assert typed.count("12") == 12
    with pytest.raises(argparse.ArgumentTypeError, match="'soon' is not a number of days such as 30"):
        typed.days("soon")
    with pytest.raises(argparse.ArgumentTypeError, match="is not a whole number"):
        typed.count("2.5")


@pytest.mark.parametrize("text", ["0", "-1", "x", "", "1.5", "9" * 30, "²"])
def test_what_is_not_one_or_more_is_named(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="is not a"):
        typed.some(text)
    assert typed.some(" 3 ") == 3


@pytest.mark.parametrize("text", ["-1", "65536", "http", "8503/tcp", ""])
def test_what_is_no_port_is_named(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="is not a"):
        typed.port(text)
    assert [typed.port(right) for right in ("0", "8503", "65535")] == [0, 8503, 65535]


@pytest.mark.proves("cli.stop-grace")
def test_one_or_two_durations() -> None:
    assert typed.grace("3") == (3.0, 3.0)
    assert typed.grace("10m,1.5") == (600.0, 1.5)


@pytest.mark.parametrize("read", [typed.grace, typed.duration])
def test_what_is_no_duration_is_named(read: Any) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="'soon' is not a duration such as 90s, 30m, 1h30m or 2d"):
        read("soon")


@pytest.mark.proves("diagnosis.alerts")
@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("loss above 5", AlertRule(when=AlertWhen.above, metric="loss", value=5.0)),
        ("val/loss below 1e-3", AlertRule(when=AlertWhen.below, metric="val/loss", value=1e-3)),
        ("nan", AlertRule(when=AlertWhen.nan)),
        ("loss nan stop", AlertRule(when=AlertWhen.nan, metric="loss", then=AlertThen.stop)),
        ("val/loss stuck 10", AlertRule(when=AlertWhen.stuck, metric="val/loss", patience=10)),
        (
            "loss stuck 500 steps stop",
            AlertRule(
                when=AlertWhen.stuck, metric="loss", patience=500, unit=PatienceUnit.steps, then=AlertThen.stop
            ),
        ),
    ],
)
def test_rules_for_curves_are_typed_in_words(text: str, rule: AlertRule) -> None:
    assert typed.alert(text) == rule
    check_rules([typed.alert(text)])


@pytest.mark.parametrize(
    "text",
    ["", "stop", "loss", "loss above", "above 5", "loss above x", "loss above true", "loss above NaN",
     "loss above 5 steps", "loss stuck", "loss stuck 0", "loss stuck 1.5", "loss stuck 5 epochs", "nan 5",
     "loss stops 5"],
)  # fmt: skip
def test_what_is_no_rule_is_named_with_one_that_is(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="is not a rule such as 'loss above 5'"):
        typed.alert(text)
