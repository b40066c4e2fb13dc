"""Kept for tools that still look for it; everything is in pyproject.toml."""

__import__("setuptools").setup()
