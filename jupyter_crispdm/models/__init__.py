"""The registry: versions of trained models, their aliases and where they came from."""
