"""Samples from an address: asked for again and again, or as a stream of events, of lines, or a WebSocket."""

from .place import HttpPlace
from .source import HttpSource

__all__ = ["HttpPlace", "HttpSource"]
