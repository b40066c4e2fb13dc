"""A port for gRPC is asked for, on the command line or as a setting; nobody gets one unasked."""

from __future__ import annotations

import argparse

import pytest

from jupyter_crispdm.cli.models.serve import configure
from jupyter_crispdm.serving.room import _limits
from jupyter_crispdm.serving.settings import ServingSettings


@pytest.mark.proves("serving.grpc")
@pytest.mark.parametrize(("typed", "port"), [([], None), (["--grpc-port", "0"], 0), (["--grpc-port", "8504"], 8504)])
def test_serve_takes_a_port_and_has_none_of_its_own(typed: list[str], port: int | None) -> None:
    parser = argparse.ArgumentParser()
    configure(parser)
    assert parser.parse_args(typed).grpc_port == port


@pytest.mark.proves("serving.grpc")
def test_the_servers_own_service_is_told_what_is_set_and_nothing_else() -> None:
    assert _limits(ServingSettings()) == ()
    assert _limits(ServingSettings(serving_grpc_port=0)) == ("--grpc-port", "0")
    both = ServingSettings(serving_grpc_port=8504, serving_memory=9)
    assert _limits(both) == ("--memory", "9", "--grpc-port", "8504")
