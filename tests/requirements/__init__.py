"""Every behaviour that is promised, as data: what it is, who asks for it, and whether it stands.

The sources are the mission, the public surface and the faults of the product, which lie beside the repository, and the
issues that it was built along; the sentences are our own. Whoever adds a name that users type, or mends a fault, adds a
row here and a test that names it (`tests/architecture/test_requirements.py` holds the two together).
"""

from __future__ import annotations

from . import (
    faults_added,
    faults_door,
    faults_files,
    faults_machine,
    issue_2,
    issue_3,
    issue_7,
    issue_8,
    issue_9,
    issue_10,
    issue_11,
    issue_12,
    mission,
    surface_cli,
    surface_http,
    surface_live,
    surface_python,
    surface_settings,
)
from .types import Requirement

__all__ = ["REQUIREMENTS", "Requirement"]

REQUIREMENTS: tuple[Requirement, ...] = (
    *mission.ROWS,
    *surface_cli.ROWS,
    *surface_http.ROWS,
    *surface_live.ROWS,
    *surface_python.ROWS,
    *surface_settings.ROWS,
    *faults_door.ROWS,
    *faults_files.ROWS,
    *faults_machine.ROWS,
    *faults_added.ROWS,
    *issue_2.ROWS,
    *issue_3.ROWS,
    *issue_7.ROWS,
    *issue_8.ROWS,
    *issue_9.ROWS,
    *issue_10.ROWS,
    *issue_11.ROWS,
    *issue_12.ROWS,
)
