"""The inference service: a process of its own that goes on while Jupyter restarts."""
