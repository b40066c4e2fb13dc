"""Pickles, followed instruction by instruction without executing any: what they hold, and what they would import."""
