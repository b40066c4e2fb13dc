"""The settings of the queue: what holds without them, and what they take."""

from __future__ import annotations

import pytest
from traitlets import TraitError
from traitlets.config import Config

from jupyter_crispdm.app import CrispdmApp


@pytest.mark.proves("settings.max-running")
def test_defaults() -> None:
    app = CrispdmApp()
    assert all(setting is None for setting in (app.max_running_jobs, app.cpu_slots, app.memory_slots, app.gpus))
    assert (app.stop_grace, app.log_limit) == ((5.0, 5.0), 1024**3)


@pytest.mark.proves("settings.stop-grace", "settings.log-limit")
@pytest.mark.parametrize(
    ("name", "words", "value"),
    [
        ("max_running_jobs", ["3"], 3),
        ("cpu_slots", ["16"], 16),
        ("memory_slots", ["8000000000"], 8_000_000_000),
        ("gpus", ["0", "GPU-ab"], ["0", "GPU-ab"]),
        ("stop_grace", ["60", "5.5"], (60.0, 5.5)),
        ("log_limit", ["1000000"], 1_000_000),
        ("log_limit", ["None"], None),
    ],
)
def test_flags(name: str, words: list[str], value: object) -> None:
    app = CrispdmApp()
    app.parse_command_line([f"--CrispdmApp.{name}={word}" for word in words])
    assert getattr(app, name) == value


@pytest.mark.proves("settings.slots")
def test_no_gpus_can_be_said() -> None:
    assert CrispdmApp(config=Config({"CrispdmApp": {"gpus": []}})).gpus == []


@pytest.mark.parametrize(
    ("name", "value"), [("cpu_slots", 0), ("memory_slots", 0), ("log_limit", 0), ("stop_grace", (-1.0, 5.0))]
)
def test_what_makes_no_sense_is_refused(name: str, value: object) -> None:
    with pytest.raises(TraitError):
        CrispdmApp(**{name: value})


@pytest.mark.proves("settings.help")
@pytest.mark.parametrize("name", ["max_running_jobs", "cpu_slots", "memory_slots", "gpus", "stop_grace", "log_limit"])
def test_help_says_the_default(name: str) -> None:
    assert "Default:" in CrispdmApp.class_traits()[name].help
