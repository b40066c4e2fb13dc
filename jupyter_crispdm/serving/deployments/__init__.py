"""Deployments in parts: which versions run for them, what is written for the inference server, and what is shown."""
