"""Processes: who one is, what it uses, what limits it, whether it waits for input."""
