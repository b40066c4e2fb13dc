"""Environments made, filled, compared, exported and deleted."""
