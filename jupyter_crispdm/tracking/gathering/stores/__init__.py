"""Databases in one file that other trackers write, read without a lock: no writer ever waits for us."""
