"""Deployments: which models are served, and the inference server, a process that goes on while Jupyter restarts."""
