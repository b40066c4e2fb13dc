"""Runs: what jobs and programs outside jobs have trained, in one table: found, compared, run again, merged."""
