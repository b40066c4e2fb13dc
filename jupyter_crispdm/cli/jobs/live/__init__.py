"""Runs in a terminal: found and read in their directories, without a server, and drawn there."""
