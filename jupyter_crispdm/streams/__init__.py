"""Streams: samples of a running process, collected by a job day and night, watched live, kept in parquet."""
