"""From what somebody asked for to what is read."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from jupyter_crispdm.base.errors import SetupError
from jupyter_crispdm.streams import types
from jupyter_crispdm.streams.sources.making import _MAKERS, make
from jupyter_crispdm.streams.sources.mqtt import MqttSource
from jupyter_crispdm.streams.sources.simulated import SimulatedSource


def test_every_source_can_be_made() -> None:
    assert set(_MAKERS) <= set(get_args(types.Source))


def test_a_simulation_is_made(tmp_path: Path) -> None:
    assert isinstance(make(types.SimulatedSource(), tmp_path, {}), SimulatedSource)


def test_a_broker_is_asked_with_the_password_of_a_variable(tmp_path: Path) -> None:
    source = types.MqttSource(host="h", topic="t", username="line", password_env="LINE_PASSWORD", version=3)
    made = make(source, tmp_path, {"LINE_PASSWORD": "secret"})
    assert isinstance(made, MqttSource)
    assert made._place.password == "secret"
    assert (made._place.version, made._place.qos) == (3, 1)


def test_a_variable_that_is_not_set_is_said(tmp_path: Path) -> None:
    source = types.MqttSource(host="h", topic="t", username="line", password_env="LINE_PASSWORD")
    with pytest.raises(SetupError, match="'LINE_PASSWORD' with the password is not set"):
        make(source, tmp_path, {})
