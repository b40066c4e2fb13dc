"""Collecting streams: a job for each, what it is told, and what it says of itself."""
