"""Jupyter's own routes of files for people without Lab: what the gate lets through, and the manager behind it."""
