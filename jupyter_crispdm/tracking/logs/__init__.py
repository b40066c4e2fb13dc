"""Logs, looked into at any place: ranges of lines, a search over the whole file, errors, and when what was printed."""
