"""What a job is asked for on a command line."""

from __future__ import annotations

import argparse
from typing import Any

import pytest

from jupyter_crispdm.cli import asking
from jupyter_crispdm.tracking.diagnosis.types import AlertRule, AlertThen, AlertWhen


def asked(*words: str) -> dict[str, Any]:
    parser = argparse.ArgumentParser()
    asking.configure(parser)
    return asking.asked(parser.parse_args(words))


def test_only_what_was_given_is_asked_for() -> None:
    assert asked() == {}
    assert asked("--retries", "0", "--name", "") == {"retries": 0, "name": ""}


@pytest.mark.proves(
    "cli.run-name", "cli.run-tag", "cli.run-retries", "cli.run-resources", "cli.run-after", "cli.run-cwd",
)
def test_every_option_is_a_field_of_a_submission() -> None:
    words = ["--env", "e", "--cpus", "2", "--gpus", "1", "--memory", "4GB", "--retry-delay", "1.5"]
    words += ["--after", "a", "--after", "b", "--tag", "x"]
    assert asked(*words) == {
        "environment": "e", "cpus": 2, "gpus": 1, "memory": 4_000_000_000, "retry_delay": 1.5,
        "after": ["a", "b"], "tags": ["x"],
    }  # fmt: skip


@pytest.mark.proves("cli.run-timeout", "cli.run-retries")
def test_durations_are_typed_as_they_are_read() -> None:
    assert asked("--timeout", "1h30m", "--retry-delay", "90s") == {"timeout": 5400.0, "retry_delay": 90.0}


@pytest.mark.proves("diagnosis.alerts")
def test_rules_for_its_curves_are_asked_for_with_the_job() -> None:
    assert asked("--alert", "nan stop", "--alert", "loss above 5")["alerts"] == [
        AlertRule(when=AlertWhen.nan, then=AlertThen.stop), AlertRule(when=AlertWhen.above, metric="loss", value=5.0),
    ]  # fmt: skip
