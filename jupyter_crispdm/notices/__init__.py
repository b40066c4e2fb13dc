"""Telling people and programs that a job is over: by webhook and by mail."""
