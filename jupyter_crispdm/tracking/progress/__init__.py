"""How far a program is, as the bars and the counts in its log say."""

from .reading import FIRST_BYTES, READ_BYTES, LogProgress, LogProgressReader, ProgressFinder

__all__ = ["FIRST_BYTES", "READ_BYTES", "LogProgress", "LogProgressReader", "ProgressFinder"]
