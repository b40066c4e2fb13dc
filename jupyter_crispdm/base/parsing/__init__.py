"""Texts that people and programs hand in, read strictly: names, lengths of time."""
