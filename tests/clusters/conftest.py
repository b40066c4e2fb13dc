"""A real Ray of two machines that serve models; ``CRISPDM_TEST_RAY_SERVE`` names Ray's program, see `make`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clusters.served import Served
from tests.executors.ray_cluster import RayCluster
from tests.unit.serving.ray.shelves import Shelf

RAY = os.environ.get("CRISPDM_TEST_RAY_SERVE", "")
collect_ignore = [] if RAY else ["test_ray_serve.py"]


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RayCluster]:
    with RayCluster(RAY, tmp_path_factory.mktemp("ray"), cpus=2) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """A registry with two versions that answer differently."""
    shelf = Shelf(tmp_path_factory.mktemp("data"))
    shelf.add()
    shelf.add(0.01)
    shelf.point("champion", 1)
    return shelf


@pytest.fixture(scope="session")
def served(cluster: RayCluster, shelf: Shelf, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The alias `champion` on both machines, asked for through Ray's proxies."""
    token = tmp_path_factory.mktemp("token") / "token"
    served = Served(cluster, shelf, token)
    served.deploy(Path(shelf.data))
    yield served
    served.remove()
