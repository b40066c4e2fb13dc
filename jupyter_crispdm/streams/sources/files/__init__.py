"""Samples from files that grow, and from folders that get new ones."""

from .source import FileSource

__all__ = ["FileSource"]
