"""Environments made, filled and deleted, each by a job."""
