"""From what somebody asked for to what is read."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from jupyter_crispdm.base.errors import SetupError
from jupyter_crispdm.streams import types
from jupyter_crispdm.streams.sources.files import FileSource
from jupyter_crispdm.streams.sources.http import HttpSource
from jupyter_crispdm.streams.sources.making import _MAKERS, make
from jupyter_crispdm.streams.sources.metrics import MetricsSource
from jupyter_crispdm.streams.sources.mqtt import MqttSource
from jupyter_crispdm.streams.sources.port import Source
from jupyter_crispdm.streams.sources.replay import ReplaySource
from jupyter_crispdm.streams.sources.serving import ServingSource
from jupyter_crispdm.streams.sources.simulated import SimulatedSource


def test_every_source_can_be_made() -> None:
    assert set(_MAKERS) == set(get_args(types.Source))


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


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        (types.FileSource(path="data.csv"), FileSource),
        (types.HttpSource(url="http://h/x"), HttpSource),
        (types.MetricsSource(job="j"), MetricsSource),
        (types.ServingSource(), ServingSource),
        (types.ReplaySource(stream="s"), ReplaySource),
    ],
)
def test_a_source_is_made_of_what_was_asked_for(tmp_path: Path, source: types.Source, kind: type[Source]) -> None:
    (tmp_path / "place").mkdir()
    assert isinstance(make(source, tmp_path, {}, str(tmp_path / "place")), kind)


def test_an_address_is_asked_with_a_token(tmp_path: Path) -> None:
    made = make(types.HttpSource(url="http://h/x", password_env="TOKEN"), tmp_path, {"TOKEN": "secret"})
    assert isinstance(made, HttpSource)
    assert made._place.headers == {"Authorization": "Bearer secret"}


def test_the_certificates_of_a_broker_are_those_that_were_found(tmp_path: Path) -> None:
    made = make(types.MqttSource(host="h", topic="t", tls=True, ca="ca.pem"), tmp_path, {}, "/srv/ca.pem")
    assert isinstance(made, MqttSource)
    assert made._place.ca == "/srv/ca.pem"
