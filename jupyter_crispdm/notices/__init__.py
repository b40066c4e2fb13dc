"""Telling people and programs what happened: that a job is over, that a stream raised an alarm; by webhook and mail."""
