"""Notices are told by a real room of jobs, whose programs are played."""

from __future__ import annotations

from tests.unit.jobs.conftest import executor, house

__all__ = ["executor", "house"]
