"""Executing a notebook: its cells, what they show, what they ask for, how they end."""
